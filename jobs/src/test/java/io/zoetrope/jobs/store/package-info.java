@NullMarked
package io.zoetrope.jobs.store;

import org.jspecify.annotations.NullMarked;
