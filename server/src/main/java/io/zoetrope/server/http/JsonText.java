package io.zoetrope.server.http;

import io.javalin.json.JsonMapper;
import io.zoetrope.record.Json;
import java.lang.reflect.Type;

/** Answers in JSON, by the one mapper. */
final class JsonText implements JsonMapper {
  @Override
  public String toJsonString(Object value, Type type) {
    return Json.MAPPER.writeValueAsString(value);
  }
}
