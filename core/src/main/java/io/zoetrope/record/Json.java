package io.zoetrope.record;

import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * The one mapper of JSON: what a text may look like is said to its readers and writers. Each mapper
 * costs a start some hundredths of a second.
 */
public final class Json {
  /** Writes properties in the order in which a record has them. */
  public static final JsonMapper MAPPER =
      JsonMapper.builder().disable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY).build();

  private Json() {}
}
