@NullMarked
package io.zoetrope.curation.measure;

import org.jspecify.annotations.NullMarked;
