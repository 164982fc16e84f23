@NullMarked
package io.zoetrope.curation.choose;

import org.jspecify.annotations.NullMarked;
