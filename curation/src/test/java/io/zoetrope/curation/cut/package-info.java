@NullMarked
package io.zoetrope.curation.cut;

import org.jspecify.annotations.NullMarked;
