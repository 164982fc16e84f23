package io.zoetrope.record;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/**
 * Settings put over a text, as in {@code objective.perFrame=0.5}: keys with dots between, values as
 * one would write them there.
 */
final class Overrides {
  /** The line of nodes that no line of the text says. */
  static final int LINE = 0;

  private Overrides() {}

  /**
   * @param name of settings, for errors
   * @throws UserError if a setting is not of this form, or leads through a value that has no keys
   */
  static Node apply(Node root, String name, List<String> settings) {
    Node changed = root;
    for (String setting : settings) {
      int equals = setting.indexOf('=');
      String key = equals < 0 ? "" : setting.substring(0, equals).strip();
      if (key.isEmpty() || List.of(key.split("\\.", -1)).contains("")) {
        throw new UserError(
            Fault.INVALID,
            "%s %s: must be a key and a value, as in objective.perFrame=0.5"
                .formatted(name, setting));
      }
      String text = setting.substring(equals + 1);
      Node value =
          text.isBlank()
              ? new Node.Scalar("", true, LINE)
              : withoutLines(Node.parse(name + " " + setting, text));
      changed = put(changed, name, List.of(key.split("\\.", -1)), value, setting);
    }
    return changed;
  }

  private static Node put(Node at, String name, List<String> keys, Node value, String setting) {
    if (keys.isEmpty()) {
      return value;
    }
    if (!(at instanceof Node.Mapping mapping)) {
      throw new UserError(
          Fault.INVALID, "%s %s: there are no keys below that".formatted(name, setting));
    }
    SequencedMap<String, Node> fields = new LinkedHashMap<>(mapping.fields());
    Node below =
        fields.getOrDefault(keys.getFirst(), new Node.Mapping(new LinkedHashMap<>(), LINE));
    fields.put(keys.getFirst(), put(below, name, keys.subList(1, keys.size()), value, setting));
    return new Node.Mapping(fields, mapping.line());
  }

  private static Node withoutLines(Node node) {
    return switch (node) {
      case Node.Scalar s -> new Node.Scalar(s.text(), s.isNull(), LINE);
      case Node.Sequence s ->
          new Node.Sequence(s.items().stream().map(Overrides::withoutLines).toList(), LINE);
      case Node.Mapping m -> {
        SequencedMap<String, Node> fields = new LinkedHashMap<>();
        m.fields().forEach((key, value) -> fields.put(key, withoutLines(value)));
        yield new Node.Mapping(fields, LINE);
      }
    };
  }
}
