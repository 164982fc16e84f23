package io.zoetrope.app.make.option;

import io.zoetrope.app.cli.option.RunOptions;
import io.zoetrope.app.cli.option.SamplingOptions;
import io.zoetrope.app.cli.option.Values;
import io.zoetrope.app.cli.terminal.Session;
import io.zoetrope.pipeline.order.ModelRef;
import io.zoetrope.torch.UserError;
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
      names = "--variant",
      paramLabel = "NAME",
      description = "Which weights of a model's folder, as in fp16 (default: the plain ones).")
  private @Nullable String variant;

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

  @Mixin private final PictureOptions pictures = new PictureOptions();

  @Option(
      names = "--long-prompts",
      description = "Let a CLIP text encoder read prompts of any length, 75 tokens at a time.")
  private boolean longPrompts;

  /** A model with all that belongs in it. */
  public ModelRef model(Session session, SamplingOptions sampling, RunOptions run) {
    return new ModelRef(
        sampling.model(),
        run.dtype(),
        run.device(),
        sampling.tokenizer(session),
        motion(session),
        Optional.ofNullable(variant),
        clipSkip,
        longPrompts,
        lora.choices(session),
        List.of(),
        pictures.read(session));
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
