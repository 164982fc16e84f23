package io.zoetrope.record;

import java.lang.reflect.RecordComponent;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Writes records as the JSON from which {@link RecordReader} makes them again. What is empty is
 * left out; defaults are written, so that a text means the same when they change.
 */
public final class RecordWriter {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  /** Letters of other alphabets are escaped: any file and any console can carry the text. */
  private static final ObjectWriter JSON =
      Json.MAPPER.writer().with(JsonWriteFeature.ESCAPE_NON_ASCII);

  private static final Map<Class<?>, Function<Object, JsonNode>> LEAVES =
      Map.of(
          Boolean.class, value -> NODES.booleanNode((Boolean) value),
          Integer.class, value -> NODES.numberNode((Integer) value),
          Long.class, value -> NODES.numberNode((Long) value),
          Double.class, value -> NODES.numberNode((Double) value),
          String.class, value -> NODES.stringNode((String) value));

  private RecordWriter() {}

  /** One line of JSON, in ASCII. */
  public static String write(Record value) {
    return JSON.writeValueAsString(tree(value));
  }

  /** As {@link #write}, to be looked at. */
  public static String pretty(Record value) {
    return JSON.withDefaultPrettyPrinter().writeValueAsString(tree(value));
  }

  /** The JSON itself. */
  public static ObjectNode tree(Record value) {
    ObjectNode node = NODES.objectNode();
    for (Class<?> type : value.getClass().getInterfaces()) {
      if (type.isSealed()) {
        node.put(RecordReader.KIND, RecordReader.kind(type, value.getClass()));
      }
    }
    for (RecordComponent component : value.getClass().getRecordComponents()) {
      Object part = Records.get(component, value);
      if (!(part instanceof Optional<?> optional) || optional.isPresent()) {
        node.set(component.getName(), node(part));
      }
    }
    return node;
  }

  // By conditions and a table: a switch over patterns is woven at each start.
  private static JsonNode node(Object value) {
    if (value instanceof Record record) {
      return tree(record);
    }
    if (value instanceof List<?> list) {
      ArrayNode array = NODES.arrayNode();
      list.forEach(item -> array.add(node(item)));
      return array;
    }
    if (value instanceof Optional<?> optional) {
      return node(optional.orElseThrow());
    }
    if (value instanceof Enum<?> e) {
      return NODES.stringNode(RecordReader.kebab(e.name()));
    }
    if (value instanceof Path path) {
      return NODES.stringNode(path.toString());
    }
    Function<Object, JsonNode> leaf = LEAVES.get(value.getClass());
    if (leaf == null) {
      throw new IllegalArgumentException("no text for " + value.getClass());
    }
    return leaf.apply(value);
  }
}
