package io.zoetrope.checkpoint.hub;

import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The name of a safetensors file or of the index of several, taken apart: {@code
 * unet/diffusion_pytorch_model.fp16-00001-of-00002.safetensors} is the base {@code
 * unet/diffusion_pytorch_model} in the variant {@code fp16}.
 *
 * @param variant empty if the name has none
 */
record WeightName(String base, String variant) {
  private static final String KNOWN =
      "fp16|fp32|bf16|f16|f32|float16|float32|bfloat16|fp8|int8|ema|non_ema";

  // The variant stands before or after the number of the part; of the index, after "index" too.
  private static final Pattern NAME =
      Pattern.compile(
          "(.+?)(?:\\.(?<a>%1$s))?(?:-\\d{5}-of-\\d{5})?(?:\\.(?<b>%1$s))?\\.safetensors(?:\\.index(?:\\.(?<c>%1$s))?\\.json)?"
              .formatted(KNOWN));

  private static final List<String> ORDER = List.of("", "fp32", "f32", "fp16", "f16", "bf16");

  static Optional<WeightName> of(HubFile file) {
    Matcher name = NAME.matcher(file.name());
    if (!name.matches()) {
      return Optional.empty();
    }
    String variant = "";
    for (String group : List.of("a", "b", "c")) {
      String found = name.group(group);
      variant = found == null ? variant : found;
    }
    return Optional.of(new WeightName(file.folder() + name.group(1), variant));
  }

  /** The one that is taken if nobody asks for one. */
  static String preferred(NavigableSet<String> variants) {
    return ORDER.stream().filter(variants::contains).findFirst().orElseGet(variants::first);
  }

  String shown() {
    return variant.isEmpty() ? "the plain one" : variant;
  }
}
