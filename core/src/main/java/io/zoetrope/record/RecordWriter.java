package io.zoetrope.record;

import java.lang.reflect.RecordComponent;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
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
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

  private RecordWriter() {}

  /** One line of JSON, in ASCII. */
  public static String write(Record value) {
    return JSON.writeValueAsString(tree(value));
  }

  /** As {@link #write}, to be looked at. */
  public static String pretty(Record value) {
    return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(tree(value));
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

  private static JsonNode node(Object value) {
    return switch (value) {
      case Record record -> tree(record);
      case Optional<?> optional -> node(optional.orElseThrow());
      case List<?> list -> {
        ArrayNode array = NODES.arrayNode();
        list.forEach(item -> array.add(node(item)));
        yield array;
      }
      case Boolean b -> NODES.booleanNode(b);
      case Integer i -> NODES.numberNode(i);
      case Long l -> NODES.numberNode(l);
      case Double d -> NODES.numberNode(d);
      case String s -> NODES.stringNode(s);
      case Path path -> NODES.stringNode(path.toString());
      case Enum<?> e -> NODES.stringNode(RecordReader.kebab(e.name()));
      default -> throw new IllegalArgumentException("no text for " + value.getClass());
    };
  }
}
