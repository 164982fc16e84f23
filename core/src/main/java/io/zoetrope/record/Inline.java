package io.zoetrope.record;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A record whose keys stand among those of the record around it: what several blocks have in common
 * is one record, and recipes stay flat. With a {@link Default} beside it, that is a block of values
 * that go before the record's own.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Inline {}
