package io.zoetrope.train.method;

import io.zoetrope.pipeline.family.LoraChoice;
import io.zoetrope.pipeline.family.ModelChoice;
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
 * @param loras merged into it before anything is trained
 */
record BaseBlock(
    Path model,
    Optional<Path> motion,
    Optional<Path> tokenizer,
    Optional<String> variant,
    @Default("[]") List<Merged> loras) {
  /**
   * A LoRA of a base.
   *
   * @param scale 1 is as it was trained
   */
  record Merged(Path file, @Default("1.0") double scale) {}

  public BaseBlock {
    loras = List.copyOf(loras);
  }

  /** What is loaded, in a number form. */
  ModelChoice choice(String dtype) {
    return ModelChoice.of(model, dtype)
        .withMotion(motion)
        .withTokenizer(tokenizer)
        .withVariant(variant)
        .withLoras(loras.stream().map(l -> new LoraChoice(l.file, l.scale)).toList());
  }
}
