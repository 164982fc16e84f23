@NullMarked
package io.zoetrope.curation.near;

import org.jspecify.annotations.NullMarked;
