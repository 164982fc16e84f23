package io.zoetrope.app.cli.option;

import io.zoetrope.app.cli.terminal.Session;
import io.zoetrope.error.UserError;
import io.zoetrope.pipeline.family.ModelIndex;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which model samples, and how; what is not said is up to the model. */
public final class SamplingOptions {
  /** The model that comes with zoetrope. */
  public static final String BUNDLED = "toybox";

  @Option(
      names = {"-m", "--model"},
      paramLabel = "MODEL",
      defaultValue = BUNDLED,
      description = {
        "A folder, a name that 'zoetrope models' lists, ORG/NAME after 'zoetrope pull', or a"
            + " .safetensors file of Stable Diffusion 1.x (default: ${DEFAULT-VALUE})."
      })
  private String model = BUNDLED;

  @Option(
      names = "--fast",
      description = "Take the few-step model beside it, which was distilled from it.")
  private boolean fast;

  @Option(
      names = "--tokenizer",
      paramLabel = "FOLDER",
      description = {
        "The tokenizer to use in place of the model's: a folder with tokenizer.json, or with"
            + " vocab.json and merges.txt."
      })
  private @Nullable Path tokenizer;

  @Option(
      names = "--steps",
      paramLabel = "N",
      converter = Values.Steps.class,
      description = "Sampler steps: more is slower and finer (default: the model's).")
  private @Nullable Integer steps;

  @Option(
      names = {"-g", "--guidance"},
      paramLabel = "SCALE",
      converter = Values.Guidance.class,
      description = {
        "How strictly to follow the prompt; 1 is without guidance (default: the model's)."
      })
  private @Nullable Double guidance;

  @Option(
      names = "--negative",
      paramLabel = "PROMPT",
      defaultValue = "",
      description = "What not to show.")
  private String negative = "";

  @Option(
      names = "--sampler",
      paramLabel = "NAME",
      converter = Values.SamplerName.class,
      completionCandidates = Values.SamplerName.Names.class,
      description = "${COMPLETION-CANDIDATES} (default: the model's).")
  private @Nullable String sampler;

  /**
   * The model to sample.
   *
   * @throws UserError if its few-step sibling is asked for and there is none
   */
  public String model(Session session) {
    if (!fast) {
      return model;
    }
    ModelFolders models = new ModelFolders(session);
    Path slow = models.find(model);
    Path quick =
        ModelIndex.fast(slow)
            .orElseThrow(() ->
                new UserError(
                    "--fast: no few-step model belongs to %s: 'zoetrope train' makes one (docs/methods/distillation.md)"
                        .formatted(model)));
    String name = quick.getFileName().toString();
    return models.models().contains(quick) ? name : quick.toString();
  }

  /**
   * The folder of another tokenizer than the model's.
   *
   * @throws UserError if there is no such folder
   */
  public Optional<Path> tokenizer(Session session) {
    Optional<Path> folder = Optional.ofNullable(tokenizer).map(session::resolve);
    folder
        .filter(f -> !Files.isDirectory(f))
        .ifPresent(f -> {
          throw new UserError("--tokenizer: there is no folder '%s'".formatted(f));
        });
    return folder;
  }

  public OptionalInt steps() {
    return steps == null ? OptionalInt.empty() : OptionalInt.of(steps);
  }

  public OptionalDouble guidance() {
    return guidance == null ? OptionalDouble.empty() : OptionalDouble.of(guidance);
  }

  public String negative() {
    return negative;
  }

  public Optional<String> sampler() {
    return Optional.ofNullable(sampler);
  }
}
