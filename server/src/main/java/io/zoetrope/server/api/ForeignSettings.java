package io.zoetrope.server.api;

import io.zoetrope.pipeline.model.Size;
import io.zoetrope.pipeline.order.GenerateSpec;
import io.zoetrope.pipeline.order.ModelRef;
import io.zoetrope.pipeline.order.Tuning;
import io.zoetrope.pipeline.order.VideoOrder;
import io.zoetrope.pipeline.order.Wish;
import io.zoetrope.pipeline.schedule.Samplers;
import io.zoetrope.record.Json;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** Settings that other programs write into their files: prompts, seed, steps, guidance, size. */
final class ForeignSettings {
  private static final Pattern PAIR = Pattern.compile("\\s*([A-Z][\\w ]*?):\\s*([^,]*)(?:,|$)");
  private static final String NEGATIVE = "Negative prompt:";

  private ForeignSettings() {}

  /** Programs whose settings are read. */
  enum Program {
    /** AUTOMATIC1111 and its kin: lines of text under {@code parameters}. */
    A1111 {
      @Override
      Optional<VideoOrder> read(Map<String, String> texts, String model) {
        return Optional.ofNullable(texts.get("parameters"))
            .flatMap(ForeignSettings::lines)
            .map(found -> found.order(model));
      }
    },
    /** ComfyUI: the graph that was run, as JSON under {@code prompt}. */
    COMFYUI {
      @Override
      Optional<VideoOrder> read(Map<String, String> texts, String model) {
        return Optional.ofNullable(texts.get("prompt"))
            .flatMap(ForeignSettings::graph)
            .map(found -> found.order(model));
      }
    };

    /** As answers name it. */
    String text() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }

    /**
     * An order by its settings; empty if there are none of this program.
     *
     * @param texts that a file carries
     * @param model that makes it, for theirs is hardly here
     */
    abstract Optional<VideoOrder> read(Map<String, String> texts, String model);
  }

  /** What was found. */
  private record Found(
      String prompt,
      Optional<String> negative,
      Optional<Long> seed,
      Optional<Integer> steps,
      Optional<Double> guidance,
      Optional<String> sampler,
      Optional<Size> size) {
    VideoOrder order(String model) {
      Wish wish = Wish.of(prompt);
      wish = negative.isPresent() ? wish.withNegative(negative.get()) : wish;
      wish = seed.isPresent() ? wish.withSeed(seed.get()) : wish;
      wish = steps.isPresent() ? wish.withSteps(steps.get()) : wish;
      wish = guidance.isPresent() ? wish.withGuidance(guidance.get()) : wish;
      wish = sampler.isPresent() ? wish.withSampler(sampler.get()) : wish;
      wish = size.isPresent() ? wish.withSize(size.get()) : wish;
      return new VideoOrder(GenerateSpec.usual(), wish, ModelRef.of(model), Tuning.NONE);
    }
  }

  private static Optional<Found> lines(String text) {
    int settings = Math.max(text.lastIndexOf("\nSteps:"), text.startsWith("Steps:") ? 0 : -1);
    if (settings < 0) {
      return Optional.empty();
    }
    String words = text.substring(0, settings);
    int negative = words.indexOf(NEGATIVE);
    Map<String, String> pairs = new LinkedHashMap<>();
    Matcher pair = PAIR.matcher(text.substring(settings));
    while (pair.find()) {
      pairs.put(pair.group(1), pair.group(2).strip());
    }
    return Optional.of(
        new Found(
            (negative < 0 ? words : words.substring(0, negative)).strip(),
            negative < 0
                ? Optional.empty()
                : Optional.of(words.substring(negative + NEGATIVE.length()).strip()),
            whole(pairs.get("Seed")).filter(seed -> seed >= 0),
            whole(pairs.get("Steps")).map(Long::intValue),
            real(pairs.get("CFG scale")),
            sampler(pairs.getOrDefault("Sampler", "")),
            size(pairs.getOrDefault("Size", ""))));
  }

  private static Optional<Found> graph(String text) {
    JsonNode graph;
    try {
      graph = Json.MAPPER.readTree(text);
    } catch (JacksonException e) {
      return Optional.empty();
    }
    for (JsonNode node : graph) {
      JsonNode inputs = node.path("inputs");
      if (node.path("class_type").asString("").startsWith("KSampler")) {
        JsonNode latent = named(graph, inputs.path("latent_image")).path("inputs");
        return Optional.of(
            new Found(
                words(graph, inputs.path("positive")).orElse(""),
                words(graph, inputs.path("negative")).filter(words -> !words.isBlank()),
                number(inputs, "seed", "noise_seed").map(JsonNode::asLong).filter(s -> s >= 0),
                number(inputs, "steps").map(JsonNode::asInt),
                number(inputs, "cfg").map(JsonNode::asDouble),
                sampler(inputs.path("sampler_name").asString("")),
                latent.has("width") && latent.has("height")
                    ? size(latent.path("width").asInt(0) + "x" + latent.path("height").asInt(0))
                    : Optional.empty()));
      }
    }
    return Optional.empty();
  }

  private static Optional<JsonNode> number(JsonNode inputs, String... names) {
    for (String name : names) {
      if (inputs.path(name).isNumber()) {
        return Optional.of(inputs.path(name));
      }
    }
    return Optional.empty();
  }

  /** The node that a link of a graph leads to: {@code ["6", 0]}. */
  private static JsonNode named(JsonNode graph, JsonNode link) {
    return graph.path(link.isArray() ? link.path(0).asString("") : "");
  }

  /** The words at the end of a link, through nodes that only pass them on. */
  private static Optional<String> words(JsonNode graph, JsonNode link) {
    JsonNode node = named(graph, link);
    for (int hops = 0; hops < 8 && node.isObject(); hops++) {
      JsonNode text = node.path("inputs").path("text");
      if (text.isString()) {
        return Optional.of(text.asString());
      }
      JsonNode inputs = node.path("inputs");
      node =
          named(
              graph,
              text.isArray()
                  ? text
                  : inputs.path("conditioning").isArray()
                      ? inputs.path("conditioning")
                      : inputs.path("positive"));
    }
    return Optional.empty();
  }

  /** Of theirs those that bear one of our names. */
  private static Optional<String> sampler(String name) {
    String plain = name.toLowerCase(java.util.Locale.ROOT).replaceAll("[^a-z0-9]", "");
    return Samplers.NAMES.stream()
        .filter(own -> own.replaceAll("[^a-z0-9]", "").equals(plain))
        .findFirst();
  }

  private static Optional<Size> size(String text) {
    Matcher size = Pattern.compile("(\\d{2,4})x(\\d{2,4})").matcher(text);
    return size.matches()
        ? Optional.of(new Size(Integer.parseInt(size.group(1)), Integer.parseInt(size.group(2))))
        : Optional.empty();
  }

  private static Optional<Long> whole(@org.jspecify.annotations.Nullable String text) {
    return Optional.ofNullable(text).filter(t -> t.matches("\\d{1,18}")).map(Long::valueOf);
  }

  private static Optional<Double> real(@org.jspecify.annotations.Nullable String text) {
    return Optional.ofNullable(text)
        .filter(t -> t.matches("\\d{1,9}(\\.\\d{1,9})?"))
        .map(Double::valueOf);
  }
}
