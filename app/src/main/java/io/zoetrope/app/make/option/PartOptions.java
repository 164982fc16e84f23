package io.zoetrope.app.make.option;

import io.zoetrope.app.cli.option.RunOptions;
import io.zoetrope.app.cli.option.SamplingOptions;
import io.zoetrope.app.cli.option.Values;
import io.zoetrope.app.cli.terminal.Session;
import io.zoetrope.error.UserError;
import io.zoetrope.pipeline.order.ModelRef;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What is put into a model, and how it reads prompts: for those of Stable Diffusion. */
public final class PartOptions {
  @Option(
      names = "--motion-adapter",
      paramLabel = "MODEL",
      description = {
        "AnimateDiff's motion modules, which make an image model one for video: a folder, ORG/NAME"
            + " after 'zoetrope pull', or an original .safetensors file."
      })
  private @Nullable String adapter;

  @Option(
      names = "--motion-norm",
      paramLabel = "REACH",
      converter = Values.MotionNorm.class,
      description = {
        "How far norms of motion modules reach: clip, frame, or frame,clip for those of the image"
            + " network over clips too (default: as their file says, else clip)."
      })
  private @Nullable String motionNorm;

  @Option(
      names = "--tuned",
      paramLabel = "FILE",
      description = {
        "What 'zoetrope tune' made of this model for one video, or a training of weights in"
            + " general: a .safetensors file."
      })
  private @Nullable String tuned;

  @Mixin private final WeightOptions weights = new WeightOptions();

  @Option(
      names = "--clip-skip",
      paramLabel = "N",
      converter = Values.ClipSkip.class,
      defaultValue = "0",
      description = {
        "Leave out the last N blocks of a CLIP text encoder (default: ${DEFAULT-VALUE}). Web UIs"
            + " count from 1: their 2 is 1 here."
      })
  private int clipSkip;

  @Mixin private final LoraOption lora = new LoraOption();

  @Option(
      names = "--embedding",
      paramLabel = "[NAME=]FILE",
      description = {
        "A word that a CLIP text encoder learned apart (textual inversion), a .safetensors file or"
            + " ORG/NAME/FILE after 'zoetrope pull', for prompts and --negative to have. Its name is"
            + " that in the file, else the file's. May be given several times."
      })
  private List<String> embeddings = List.of();

  @Option(
      names = "--text-encoder",
      paramLabel = "FILE",
      description = {
        "The text encoder of a model in a file of its own, a .safetensors or .gguf file, or"
            + " ORG/NAME/FILE after 'zoetrope pull' (default: one that lies beside the model)."
      })
  private @Nullable String textEncoder;

  @Option(
      names = "--spacing",
      paramLabel = "HOW",
      converter = Values.Spacing.class,
      description = {
        "How sampling spaces the timesteps of a model of diffusers: leading, linspace or trailing"
            + " (default: as its scheduler says)."
      })
  private @Nullable String spacing;

  @Mixin private final PictureOptions pictures = new PictureOptions();

  @Option(
      names = "--long-prompts",
      description = "Let a CLIP text encoder read prompts of any length, 75 tokens at a time.")
  private boolean longPrompts;

  /** A model with all that belongs in it. */
  public ModelRef model(Session session, SamplingOptions sampling, RunOptions run) {
    ModelRef plain =
        new ModelRef(
            sampling.model(session),
            run.dtype(),
            run.device(),
            sampling.tokenizer(session),
            motion(session),
            Optional.empty(),
            clipSkip,
            longPrompts,
            lora.choices(session),
            List.of(),
            pictures.read(session),
            embeddings.stream().map(typed -> embedding(session, typed)).toList(),
            Optional.empty(),
            Optional.ofNullable(textEncoder)
                .map(typed -> PartFile.find(session, "--text-encoder", typed)),
            Optional.ofNullable(spacing),
            Optional.ofNullable(tuned).map(typed -> PartFile.find(session, "--tuned", typed)),
            Optional.ofNullable(motionNorm),
            List.of());
    return weights.of(session, plain);
  }

  private static ModelRef.Embedding embedding(Session session, String typed) {
    int at = typed.indexOf('=');
    // A name has no slash, a folder before a file may have anything.
    boolean named = at > 0 && typed.substring(0, at).chars().noneMatch(c -> c == '/' || c == '\\');
    String file = named ? typed.substring(at + 1) : typed;
    return new ModelRef.Embedding(
        PartFile.find(session, "--embedding", file),
        named ? Optional.of(typed.substring(0, at)) : Optional.empty());
  }

  /**
   * Where the motion adapter is.
   *
   * @throws UserError if there is none
   */
  private Optional<Path> motion(Session session) {
    return Optional.ofNullable(adapter)
        .map(typed -> PartFile.find(session, "--motion-adapter", typed));
  }
}
