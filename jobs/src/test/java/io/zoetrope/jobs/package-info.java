@NullMarked
package io.zoetrope.jobs;

import org.jspecify.annotations.NullMarked;
