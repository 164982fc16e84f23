package io.zoetrope.record;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.torch.TextFiles;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.dataformat.yaml.YAMLFactory;
import tools.jackson.dataformat.yaml.YAMLParser;

/** A YAML value that knows its line. JSON is read as the YAML that it is. */
sealed interface Node {
  int line();

  /**
   * @param text as written
   * @param isNull whether it is {@code null}, {@code ~} or empty
   */
  record Scalar(String text, boolean isNull, int line) implements Node {}

  record Sequence(List<Node> items, int line) implements Node {}

  /** Values by key; each value's line is that of its key. */
  record Mapping(SequencedMap<String, Node> fields, int line) implements Node {}

  YAMLFactory YAML =
      YAMLFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  /**
   * Reads one document.
   *
   * @param what names its origin in errors
   */
  static Node parse(String what, String text) {
    try (YAMLParser p =
        (YAMLParser) YAML.createParser(ObjectReadContext.empty(), TextFiles.unmarked(text))) {
      if (p.nextToken() == null) {
        return new Mapping(new LinkedHashMap<>(), 1);
      }
      Node node = read(what, p, line(p));
      if (p.nextToken() != null) {
        throw new UserError(
            Fault.INVALID, "%s line %s: a second document begins".formatted(what, line(p)));
      }
      return node;
    } catch (JacksonException e) {
      int line = e.getLocation() == null ? 1 : e.getLocation().getLineNr();
      List<String> reason =
          e.getOriginalMessage().lines().map(String::strip).filter(s -> !s.isEmpty()).toList();
      // A long report of the parser ends in the reason proper; the rest draws pictures.
      String cause =
          reason.stream()
              .filter(s -> s.startsWith("expected") || s.startsWith("found"))
              .findFirst()
              .orElse(reason.isEmpty() ? "not YAML" : reason.getFirst());
      throw new UserError(Fault.INVALID, "%s line %s: %s".formatted(what, line, cause), e);
    }
  }

  private static Node read(String what, YAMLParser p, int line) {
    if (p.isCurrentAlias() || p.getObjectId() != null) {
      throw new UserError(
          Fault.INVALID, "%s line %s: anchors and aliases are not used here".formatted(what, line));
    }
    return switch (p.currentToken()) {
      case START_OBJECT -> {
        SequencedMap<String, Node> fields = new LinkedHashMap<>();
        while (p.nextToken() == JsonToken.PROPERTY_NAME) {
          String name = p.currentName();
          int at = line(p);
          p.nextToken();
          fields.put(name, read(what, p, at));
        }
        yield new Mapping(fields, line);
      }
      case START_ARRAY -> {
        List<Node> items = new ArrayList<>();
        while (p.nextToken() != JsonToken.END_ARRAY) {
          items.add(read(what, p, line(p)));
        }
        yield new Sequence(List.copyOf(items), line);
      }
      case VALUE_NULL -> new Scalar("", true, line);
      default -> new Scalar(p.getString(), p.getString().isEmpty(), line);
    };
  }

  private static int line(YAMLParser p) {
    return p.currentTokenLocation().getLineNr();
  }
}
