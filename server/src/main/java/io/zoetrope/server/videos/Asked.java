package io.zoetrope.server.videos;

import io.zoetrope.error.UserError;
import io.zoetrope.record.Json;
import io.zoetrope.record.RecordReader;
import io.zoetrope.server.http.Bodies;
import io.zoetrope.server.http.HttpError;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.node.ObjectNode;

/**
 * The values of a request by the names that they have there: those of the protocol, and those by
 * which other servers take more.
 *
 * @param plain numbers and words
 * @param references what stands under names that mean a picture or video
 * @param zoetrope an order without what stands beside it
 * @param ignored names that were let pass
 */
record Asked(
    Plain plain, Map<String, JsonNode> references, ObjectNode zoetrope, List<String> ignored) {
  /** Values of one word or number; their names are those of requests. */
  @SuppressWarnings("MemberName")
  record Plain(
      Optional<String> prompt,
      Optional<String> model,
      Optional<Double> seconds,
      Optional<String> size,
      Optional<Long> seed,
      Optional<Double> fps,
      Optional<Integer> num_frames,
      Optional<Integer> width,
      Optional<Integer> height,
      Optional<Integer> num_inference_steps,
      Optional<Double> guidance_scale,
      Optional<String> negative_prompt,
      Optional<String> input_reference,
      Optional<String> image_reference,
      Optional<String> video_reference,
      Optional<String> video,
      Optional<String> zoetrope,
      Optional<String> extra_body,
      Optional<String> extra_params) {}

  /** Names of pictures and videos. */
  static final Set<String> REFERENCES =
      Set.of("input_reference", "image_reference", "video_reference", "video");

  /** Objects whose values may as well stand beside them. */
  private static final List<String> MORE = List.of("extra_body", "extra_params");

  private static final Set<String> PROMPTS = Set.of("prompt", "negative_prompt");

  /** Characters of any other value. */
  private static final int OTHERS = 1 << 17;

  /** What clients send that means nothing here. */
  private static final Set<String> PASSED = Set.of("user", "quality", "metadata");

  private static final ObjectWriter ASCII =
      Json.MAPPER.writer().with(JsonWriteFeature.ESCAPE_NON_ASCII);

  private static final Pattern LINE =
      Pattern.compile("\\w+(?: line \\d+)?: ((\\w+).*)", Pattern.DOTALL);

  /**
   * Reads a request.
   *
   * @throws HttpError if a name is not known or a value makes no sense
   */
  static Asked of(Params params, int longestPrompt) {
    ObjectNode values = params.values();
    for (String more : MORE) {
      merge(values, more);
    }
    List<String> ignored = new ArrayList<>();
    for (String name : List.copyOf(values.propertyNames())) {
      if (PASSED.contains(name)) {
        values.remove(name);
        ignored.add(name);
      }
    }
    Map<String, JsonNode> references = new TreeMap<>();
    for (String name : REFERENCES) {
      JsonNode value = values.remove(name);
      if (value != null && !value.isNull()) {
        references.put(name, object(name, value));
      }
    }
    JsonNode own = values.remove("zoetrope");
    values.forEachEntry((name, value) -> requireShort(name, value, longestPrompt));
    ObjectNode zoetrope =
        own == null || own.isNull() ? Json.MAPPER.createObjectNode() : whole("zoetrope", own);
    requireShort("zoetrope", zoetrope, longestPrompt);
    return new Asked(plain(values), references, zoetrope, List.copyOf(ignored));
  }

  /** Before anybody reads it closely. */
  private static void requireShort(String name, JsonNode value, int longestPrompt) {
    int most = PROMPTS.contains(name) ? longestPrompt : OTHERS;
    int length =
        value.isString()
            ? value.asString().length()
            : value.isContainer() ? text(value).length() : 0;
    if (length > most) {
      throw HttpError.invalid(
          name, "%s has %s characters, and %s are taken".formatted(name, length, most));
    }
  }

  private static Plain plain(ObjectNode values) {
    try {
      return RecordReader.read("body", text(values), Plain.class);
    } catch (UserError e) {
      Matcher line = LINE.matcher(e.reason());
      if (!line.matches()) {
        throw HttpError.badBody(e.reason());
      }
      String name = line.group(2);
      String reason = line.group(1);
      throw reason.startsWith(name + " is not a key here")
          ? HttpError.badRequest(
              "unknown_parameter", name, reason.replaceFirst("is not a key", "is no parameter"))
          : HttpError.invalid(name, reason);
    }
  }

  /** Whichever way it is nested, a name means the same; what stands outside wins. */
  private static void merge(ObjectNode values, String name) {
    JsonNode more = values.remove(name);
    if (more != null && !more.isNull()) {
      whole(name, more)
          .forEachEntry((key, value) -> {
            if (!values.has(key) && !MORE.contains(key)) {
              values.set(key, value);
            }
          });
    }
  }

  /** An object, as JSON or as its text. */
  private static ObjectNode whole(String name, JsonNode value) {
    if (object(name, value) instanceof ObjectNode object) {
      return object;
    }
    throw HttpError.invalid(name, "%s must be an object, as JSON".formatted(name));
  }

  private static JsonNode object(String name, JsonNode value) {
    boolean text = value.isString() && value.asString().stripLeading().startsWith("{");
    return text ? Bodies.parse(name, value.asString()) : value;
  }

  /** JSON in ASCII, which is YAML too. */
  static String text(JsonNode node) {
    return ASCII.writeValueAsString(node);
  }
}
