package io.zoetrope.record;

import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * The one mapper of JSON: what a text may look like is said to its readers and writers. Each mapper
 * costs a start some hundredths of a second.
 */
public final class Json {
  /** Writes properties in the order in which a record has them. */
  public static final JsonMapper MAPPER = mapper();

  private Json() {}

  private static JsonMapper mapper() {
    try {
      return JsonMapper.builder().disable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY).build();
    } catch (NoClassDefFoundError e) {
      // Jackson 2 and 3 share their annotations, and Spring Boot 3.5 brings older ones.
      throw new IllegalStateException(
          "Jackson 3 needs jackson-annotations 2.21 or newer, and older ones are on the class path:"
              + " name com.fasterxml.jackson.core:jackson-annotations:2.22 in your POM",
          e);
    }
  }
}
