@NullMarked
package io.zoetrope.curation;

import org.jspecify.annotations.NullMarked;
