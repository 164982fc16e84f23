/** Commands that start processes: the studio, workers for it, and who may use it. */
@NullMarked
package io.zoetrope.app.serve;

import org.jspecify.annotations.NullMarked;
