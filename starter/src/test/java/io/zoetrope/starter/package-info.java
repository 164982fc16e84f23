/** What is published, looked at as it is published. */
@NullMarked
package io.zoetrope.starter;

import org.jspecify.annotations.NullMarked;
