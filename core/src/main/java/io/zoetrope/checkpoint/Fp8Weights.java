package io.zoetrope.checkpoint;

import io.zoetrope.checkpoint.safetensors.SafetensorsHeader;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.record.Json;
import io.zoetrope.torch.PackedTensor;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.function.Function;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * Weights of 8-bit floats in safetensors, as ComfyUI marks them. Until 2025: a tensor {@code
 * scaled_fp8}, and beside {@code X.weight} its {@code X.scale_weight}, maybe {@code X.scale_input}.
 * Since: {@code X.comfy_quant} (JSON in bytes) or {@code _quantization_metadata} in the header,
 * with {@code X.weight_scale}, maybe {@code X.input_scale}. Without a mark they have no scale.
 * Scales of inputs are for products in 8 bits, which nothing here computes.
 */
final class Fp8Weights {
  private static final String MARK = "scaled_fp8";
  private static final String QUANT = ".comfy_quant";
  private static final String HEADER = "_quantization_metadata";
  private static final String WEIGHT = ".weight";
  private static final List<String> SCALES = List.of(".scale_weight", ".weight_scale");
  private static final List<String> INPUTS = List.of(".scale_input", ".input_scale");

  private static final Map<String, ScalarType> FORMATS =
      Map.of("F8_E4M3", ScalarType.Float8_e4m3fn, "F8_E5M2", ScalarType.Float8_e5m2);

  /** As ComfyUI names them. */
  private static final Map<String, String> NAMED =
      Map.of("float8_e4m3fn", "F8_E4M3", "float8_e5m2", "F8_E5M2");

  private final String source;
  private final SequencedMap<String, WeightEntry> entries;
  private final Function<String, Tensor> tensor;
  private final Set<String> marks = new LinkedHashSet<>();
  private final Map<String, String> scales = new LinkedHashMap<>();

  /** What says so. */
  private String by = "";

  private Fp8Weights(
      String source, SequencedMap<String, WeightEntry> entries, Function<String, Tensor> tensor) {
    this.source = source;
    this.entries = entries;
    this.tensor = tensor;
  }

  /** What is to be said of the 8-bit floats of a file, and how they are read. */
  static Fp8Weights of(
      String source,
      Map<String, String> metadata,
      SequencedMap<String, WeightEntry> entries,
      Function<String, Tensor> tensor) {
    Fp8Weights weights = new Fp8Weights(source, entries, tensor);
    weights.read(metadata);
    return weights;
  }

  /** How a file marks its 8-bit floats, in words; empty if it has none. */
  Optional<String> marking() {
    if (by.isEmpty()) {
      return entries.values().stream().anyMatch(e -> FORMATS.containsKey(e.format()))
          ? Optional.of("fp8 without scales")
          : Optional.empty();
    }
    return Optional.of("fp8, a scale for each of %s weights (%s)".formatted(scales.size(), by));
  }

  private static String last(String name) {
    return name.substring(name.lastIndexOf('.') + 1);
  }

  private void read(Map<String, String> metadata) {
    boolean scaled = false;
    Map<String, String> said = new LinkedHashMap<>(ofHeader(metadata));
    for (String name : entries.keySet()) {
      if (last(name).equals(MARK)) {
        marks.add(name);
        scaled = true;
        by = MARK;
      } else if (name.endsWith(QUANT)) {
        marks.add(name);
        by = QUANT.substring(1);
        String layer = name.substring(0, name.length() - QUANT.length());
        said.put(layer, format(layer, json(name)));
      }
    }
    entries.values().forEach(this::known);
    said.forEach((layer, format) -> requireSaid(layer + WEIGHT, format));
    if (scaled) {
      entries.values().stream()
          .filter(e -> FORMATS.containsKey(e.format()) && e.name().endsWith(WEIGHT))
          .filter(e -> !marks.contains(e.name()))
          .forEach(e -> requireScale(e.name()));
    }
  }

  /** Takes note of a scale; one that nothing here knows is an error. */
  private void known(WeightEntry entry) {
    String name = entry.name();
    for (String end : SCALES) {
      if (name.endsWith(end)) {
        String weight = name.substring(0, name.length() - end.length()) + WEIGHT;
        WeightEntry of = entries.get(weight);
        if (of == null || !FORMATS.containsKey(of.format())) {
          throw bad(
              Fault.UNSUPPORTED,
              "'%s' is the scale of '%s', which is %s: of quantised safetensors only fp8 is read"
                  .formatted(name, weight, of == null ? "not there" : of.format()));
        }
        if (entry.numbers() != 1) {
          throw bad(
              Fault.UNSUPPORTED,
              "'%s' has %s numbers; a scale for a whole weight is read"
                  .formatted(name, entry.numbers()));
        }
        marks.add(name);
        if (scales.put(weight, name) != null) {
          throw bad(Fault.DAMAGED, "'%s' has two scales".formatted(weight));
        }
        return;
      }
    }
    if (INPUTS.stream().anyMatch(name::endsWith)) {
      marks.add(name);
      return;
    }
    int dot = name.lastIndexOf('.');
    WeightEntry beside = dot < 0 ? null : entries.get(name.substring(0, dot) + WEIGHT);
    boolean foreign =
        beside != null
            && !name.endsWith(WEIGHT)
            && !marks.contains(name)
            && (last(name).contains("scale") || last(name).contains("quant"));
    if (foreign && beside != null && FORMATS.containsKey(beside.format())) {
      throw bad(
          Fault.UNSUPPORTED,
          "'%s' stands beside the fp8 weight '%s' and is no scale that is known"
              .formatted(name, beside.name()));
    }
  }

  private void requireSaid(String weight, String format) {
    WeightEntry entry = entries.get(weight);
    if (entry == null || !entry.format().equals(format)) {
      throw bad(
          Fault.DAMAGED,
          "it says that '%s' is %s, and it is %s"
              .formatted(weight, format, entry == null ? "not there" : entry.format()));
    }
    requireScale(weight);
  }

  private void requireScale(String weight) {
    if (!scales.containsKey(weight)) {
      throw bad(Fault.DAMAGED, "'%s' is scaled fp8 and has no scale".formatted(weight));
    }
  }

  private Map<String, String> ofHeader(Map<String, String> metadata) {
    Map<String, String> said = new LinkedHashMap<>();
    Optional.ofNullable(metadata.get(HEADER))
        .ifPresent(text -> {
          by = HEADER;
          parse(HEADER, text)
              .path("layers")
              .properties()
              .forEach(layer -> said.put(layer.getKey(), format(layer.getKey(), layer.getValue())));
        });
    return said;
  }

  private JsonNode json(String name) {
    return parse(name, new String(Tensors.toBytes(tensor.apply(name)), StandardCharsets.UTF_8));
  }

  private JsonNode parse(String where, String text) {
    try {
      return Json.MAPPER.readTree(text);
    } catch (JacksonException e) {
      throw bad(Fault.DAMAGED, "'%s' is not JSON".formatted(where));
    }
  }

  private String format(String layer, JsonNode said) {
    String format = said.path("format").asString("");
    String ours = NAMED.get(format);
    if (ours == null) {
      throw bad(
          Fault.UNSUPPORTED,
          "layer '%s' is quantised as '%s'; float8_e4m3fn and float8_e5m2 are read"
              .formatted(layer, format));
    }
    return ours;
  }

  private UserError bad(Fault fault, String cause) {
    return new UserError(fault, source + ": " + SafetensorsHeader.clean(cause));
  }

  /** The weights by name: without marks and scales, 8-bit floats packed with theirs. */
  SequencedMap<String, Tensor> tensors(Map<String, Tensor> packed) {
    SequencedMap<String, Tensor> all = new LinkedHashMap<>();
    for (WeightEntry entry : entries.values()) {
      if (!marks.contains(entry.name())) {
        all.put(entry.name(), weight(entry, packed));
      }
    }
    return Collections.unmodifiableSequencedMap(all);
  }

  private Tensor weight(WeightEntry entry, Map<String, Tensor> packed) {
    ScalarType type = FORMATS.get(entry.format());
    if (type == null || entry.numbers() == 0) {
      return tensor.apply(entry.name());
    }
    return packed.computeIfAbsent(
        entry.name(),
        name -> {
          float scale = Optional.ofNullable(scales.get(name)).map(this::scale).orElse(1f);
          return Scopes.keep(
              Scopes.tensor(() ->
                  PackedTensor.of(
                      Fp8.of(entry.format(), type, scale),
                      tensor.apply(name).view(ScalarType.Byte).flatten(),
                      entry.shape().stream().mapToLong(Long::longValue).toArray())));
        });
  }

  private float scale(String name) {
    float scale = Tensors.toFloats(tensor.apply(name))[0];
    if (!Float.isFinite(scale)) {
      throw bad(Fault.NOT_FINITE, "the scale '%s' is %s".formatted(name, scale));
    }
    return scale;
  }
}
