package io.zoetrope.train.method;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.network.unet.Inflation;
import io.zoetrope.network.unet.MotionNorms;
import io.zoetrope.pipeline.family.Beside;
import io.zoetrope.pipeline.family.LoraChoice;
import io.zoetrope.pipeline.family.ModelChoice;
import io.zoetrope.pipeline.family.TunedChoice;
import io.zoetrope.record.Default;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A model to build on: anything that can be generated with.
 *
 * @param model a model directory, or a checkpoint in one file
 * @param motion motion modules for an image model
 * @param tokenizer a folder with the tokenizer to use in place of the model's
 * @param variant of the directory's weights, such as {@code fp16}
 * @param inflation a recipe of {@link Inflation#RECIPES} by which an image U-Net becomes one for
 *     video, with layers that begin anew
 * @param beside what its network is to be shown beside the latents, see {@link Beside#of}: {@code
 *     structure:ANNOTATOR:BLURS:CHANNELS}
 * @param tuned a file of weights that were trained on it, to go on from
 * @param norms how far norms of motion modules reach: {@link MotionNorms#TEXTS}; without it as
 *     their file says
 * @param loras merged into it before anything is trained
 */
record BaseBlock(
    Path model,
    Optional<Path> motion,
    Optional<Path> tokenizer,
    Optional<String> variant,
    Optional<String> inflation,
    Optional<String> beside,
    Optional<Path> tuned,
    Optional<String> norms,
    @Default("[]") List<Merged> loras) {
  /**
   * A LoRA of a base.
   *
   * @param scale 1 is as it was trained
   */
  record Merged(Path file, @Default("1.0") double scale) {}

  public BaseBlock {
    loras = List.copyOf(loras);
    if (inflation.isPresent() && motion.isPresent()) {
      throw new UserError(
          Fault.INVALID,
          "base.motion and base.inflation both make a model for video",
          "leave one out: motion goes on from modules that are there");
    }
    if (inflation.isPresent() && tuned.isPresent()) {
      throw new UserError(
          Fault.INVALID,
          "a tuned file says itself how its network is inflated: leave out base.inflation");
    }
    Optional<MotionNorms> alsoUnused = norms.map(MotionNorms::of);
    if (beside.isPresent() && tuned.isPresent()) {
      throw new UserError(
          Fault.INVALID,
          "a tuned file says itself what its network is shown: leave out base.beside");
    }
    Optional<Inflation> unused = inflation.map(Inflation::of);
    Optional<Beside> read = beside.map(Beside::of);
  }

  /** What is loaded, in a number form. */
  ModelChoice choice(String dtype) {
    return ModelChoice.of(model, dtype)
        .withMotion(motion)
        .withTokenizer(tokenizer)
        .withVariant(variant)
        .withNorms(norms.map(MotionNorms::of))
        .withInflation(inflation.map(Inflation::of))
        .withBeside(beside.map(Beside::of))
        .withTuned(tuned.map(TunedChoice::of))
        .withLoras(loras.stream().map(l -> new LoraChoice(l.file, l.scale)).toList());
  }

  /** The recipe by which the network is inflated; empty if it is as it was loaded. */
  Optional<String> inflatedBy() {
    return inflation.or(() -> tuned.map(TunedChoice::of).flatMap(TunedChoice::inflation));
  }
}
