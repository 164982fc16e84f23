package io.zoetrope.server.videos;

import io.javalin.http.Context;
import io.zoetrope.server.http.Bodies;
import io.zoetrope.server.http.Form;
import io.zoetrope.server.http.HttpError;
import io.zoetrope.server.http.ServerConfig;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What a request says, in JSON or as a form of several parts. */
final class Params implements AutoCloseable {
  /** What may come as a file. */
  private static final Set<String> FILES = Set.of("input_reference", "video");

  /** What may hold a whole picture as a URL. */
  private static final Set<String> REFERENCES =
      Set.of(
          "input_reference",
          "video",
          "image_reference",
          "video_reference",
          "extra_body",
          "extra_params");

  /** JSON of everything but pictures. */
  private static final int REST = 1 << 20;

  private final ObjectNode values;
  private final Map<String, Form.Part> files;
  private final Optional<Form> form;

  private Params(ObjectNode values, Map<String, Form.Part> files, Optional<Form> form) {
    this.values = values;
    this.files = files;
    this.form = form;
  }

  /**
   * Reads all of it.
   *
   * @param use what is made of it
   * @throws HttpError if it is neither, or broken, or too large
   */
  static <T> T read(Context ctx, ServerConfig config, Function<Params, T> use) {
    return switch (Bodies.type(ctx)) {
      case "application/json" -> {
        long most = Math.min(config.limits().body(), config.limits().dataUrl() + (long) REST);
        yield Bodies.json(ctx, config, most, node -> use.apply(ofJson(node)));
      }
      case "multipart/form-data" -> {
        try (Params params = ofForm(ctx, config)) {
          yield use.apply(params);
        }
      }
      default ->
          throw HttpError.of(
              415, "unsupported_media_type", "this takes multipart/form-data or application/json");
    };
  }

  private static Params ofJson(JsonNode node) {
    if (node instanceof ObjectNode object) {
      requireText(object, "");
      return new Params(object, Map.of(), Optional.empty());
    }
    throw HttpError.badBody("the body must be an object: {\"prompt\": ...}");
  }

  private static Params ofForm(Context ctx, ServerConfig config) {
    Form form = Form.read(ctx, config);
    try {
      FormTree tree = new FormTree();
      Map<String, Form.Part> files = new LinkedHashMap<>();
      for (Form.Part part : form.parts()) {
        if (FILES.contains(part.name())) {
          if (files.put(part.name(), part) != null) {
            throw HttpError.invalid(part.name(), "'%s' is there twice".formatted(part.name()));
          }
        } else {
          boolean picture = REFERENCES.contains(FormTree.first(part.name()));
          long most = picture ? config.limits().dataUrl() + 4096L : 4L * config.limits().prompt();
          tree.put(part.name(), part.text(most));
        }
      }
      requireText(tree.root(), "");
      return new Params(tree.root(), files, Optional.of(form));
    } catch (RuntimeException e) {
      form.close();
      throw e;
    }
  }

  /** No text may hold what no file, database or model takes. */
  private static void requireText(JsonNode node, String name) {
    switch (node) {
      case ObjectNode object ->
          object.forEachEntry((key, value) -> {
            requireText(key, name);
            requireText(value, name.isEmpty() ? key : name);
          });
      case ArrayNode array -> array.forEach(value -> requireText(value, name));
      default -> {
        if (node.isString()) {
          requireText(node.asString(), name);
        }
      }
    }
  }

  private static void requireText(String text, String name) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean half =
          Character.isSurrogate(c)
              && !(Character.isHighSurrogate(c)
                  ? i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))
                  : i > 0 && Character.isHighSurrogate(text.charAt(i - 1)));
      boolean control = Character.isISOControl(c) && "\n\r\t".indexOf(c) < 0;
      if (half || control) {
        throw HttpError.invalid(
            name.isEmpty() ? "body" : name,
            "character %s is U+%04X, which is no text".formatted(i + 1, (int) c));
      }
    }
  }

  /** Everything that is no file. May be changed. */
  ObjectNode values() {
    return values;
  }

  /** A file by its field's name. */
  Optional<Form.Part> file(String name) {
    return Optional.ofNullable(files.get(name));
  }

  @Override
  public void close() {
    form.ifPresent(Form::close);
  }
}
