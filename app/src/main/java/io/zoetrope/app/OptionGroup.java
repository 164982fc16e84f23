package io.zoetrope.app;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import picocli.CommandLine.Model.OptionSpec;

/**
 * The groups in which help shows options, each with its options by their long names in the order
 * that help has. An option means the same thing wherever it is, so one table is enough for all
 * commands.
 */
enum OptionGroup {
  WHAT(
      "What",
      "--prompt-file",
      "--expand",
      "--by",
      "--again",
      "--keep",
      "--measure",
      "--sample",
      "--shortest",
      "--longest",
      "--copies",
      "--any-format",
      "--at",
      "--blend",
      "--turn",
      "--negative",
      "--preset",
      "--set",
      "--from",
      "--stage",
      "--from-stage",
      "--source",
      "--suite",
      "--cascade",
      "--split",
      "--first",
      "--count",
      "--truth",
      "--videos",
      "--autoencoder",
      "--latent-noise",
      "--reference",
      "--frechet",
      "--features",
      "--seams",
      "--component",
      "--inputs",
      "--include",
      "--exclude",
      "--check",
      "--workers",
      "--learning-rate",
      "--windows",
      "--random-crop",
      "--resume"),
  SIZE("Size and time", "--size", "--scale", "--frames", "--fps", "--start", "--fit"),
  SAMPLING(
      "Sampling",
      "--seed",
      "--fast",
      "--steps",
      "--guidance",
      "--temporal-guidance",
      "--context-guidance",
      "--easy-cache",
      "--tea-cache",
      "--cfg-zero",
      "--skip-layers",
      "--skip-layers-from",
      "--skip-layers-until",
      "--skip-layers-scale",
      "--guidance-first",
      "--guidance-late",
      "--guidance-oscillate",
      "--guidance-apart",
      "--dynamic-threshold",
      "--motion-bucket",
      "--told-fps",
      "--augmentation",
      "--decode-frames",
      "--sampler",
      "--spacing",
      "--strength",
      "--mask",
      "--blur",
      "--inverted",
      "--inversion-passes",
      "--inversion-prompt",
      "--inversion-away",
      "--inversion-check",
      "--noise",
      "--course",
      "--plan",
      "--upscale",
      "--method",
      "--moments",
      "--motion-field",
      "--foreground",
      "--delay",
      "--jump"),
  MODEL(
      "Model",
      "--model",
      "--refiner",
      "--motion-adapter",
      "--motion-norm",
      "--tuned",
      "--lora",
      "--embedding",
      "--text-encoder",
      "--vae",
      "--picture-prompt",
      "--ip-adapter",
      "--image-encoder",
      "--picture-scale",
      "--reference-picture",
      "--variant",
      "--tokenizer",
      "--clip-skip",
      "--long-prompts"),
  LONG(
      "Long videos",
      "--clip",
      "--overlap",
      "--context",
      "--given",
      "--window",
      "--window-overlap",
      "--window-strides",
      "--window-loop",
      "--window-fuse",
      "--motion-scale",
      "--motion-effect",
      "--free-noise",
      "--free-init"),
  CONTROL(
      "Control",
      "--control",
      "--depth-model",
      "--pose-model",
      "--cross-frame",
      "--smooth",
      "--smoother",
      "--hierarchical",
      "--hold",
      "--weight"),
  OUTPUT(
      "Output",
      "--out",
      "--format",
      "--preview",
      "--no-metadata",
      "--save-latents",
      "--keep-stages",
      "--ascii",
      "--plain",
      "--png",
      "--gif",
      "--save",
      "--sheet",
      "--sheet-columns",
      "--plots",
      "--runs",
      "--kept",
      "--shard-size",
      "--summary",
      "--dry-run",
      "--yes",
      "--json",
      "--quiet",
      "--debug",
      "--help"),
  SERVER(
      "Server",
      "--host",
      "--port",
      "--auth",
      "--known-as",
      "--origin",
      "--allow-url",
      "--webhook-host",
      "--limit",
      "--no-workers",
      "--paused",
      "--drain",
      "--store",
      "--database",
      "--name",
      "--role"),
  MACHINE(
      "Machine", "--device", "--devices", "--heap", "--dtype", "--batch", "--jobs", "--no-test");

  private final String heading;
  private final List<String> options;

  OptionGroup(String heading, String... options) {
    this.heading = heading;
    this.options = List.of(options);
  }

  /** What stands above it. */
  String heading() {
    return heading;
  }

  /** The group of an option; empty if it stands in none, which a test forbids. */
  static Optional<OptionGroup> of(OptionSpec option) {
    return Arrays.stream(values())
        .filter(group -> group.options.contains(option.longestName()))
        .findFirst();
  }

  /** Whether some command has an option of this long name. */
  static boolean known(String name) {
    return names().anyMatch(name::equals);
  }

  /** The long names of all options. */
  static Stream<String> names() {
    return Arrays.stream(values()).flatMap(group -> group.options.stream());
  }

  /** Those of its options that there are, in its order. */
  List<OptionSpec> of(List<OptionSpec> all) {
    return all.stream()
        .filter(option -> !option.hidden())
        .filter(option -> options.contains(option.longestName()))
        .sorted(Comparator.comparingInt(option -> options.indexOf(option.longestName())))
        .toList();
  }
}
