/** Zoetrope in Spring Boot 4: the queue as a bean. */
@NullMarked
package io.zoetrope.spring;

import org.jspecify.annotations.NullMarked;
