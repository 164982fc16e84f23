package io.zoetrope.pipeline.family;

import io.zoetrope.network.text.clip.ClipReading;
import io.zoetrope.network.unet.SpatialAttention;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A model to load, and what to put into it.
 *
 * @param model a model directory, or a checkpoint of Stable Diffusion 1.x in one safetensors file
 * @param tokenizer a folder with the tokenizer to use in place of the model's
 * @param motion AnimateDiff's motion modules for an image model: a directory as diffusers saves a
 *     {@code MotionAdapter}, or an original file; they go in place of those in the directory
 * @param variant of the directory's weights, such as {@code fp16}
 * @param reading how prompts are read, where the text encoder is CLIP's
 * @param loras in any dialect that {@link io.zoetrope.checkpoint.lora.LoraFile} reads; they add up
 * @param attention whom the image layers of a U-Net look at, in place of its own pattern
 * @param controls beside the U-Net; what they add adds up
 */
public record ModelChoice(
    Path model,
    Optional<Path> tokenizer,
    Optional<Path> motion,
    Optional<String> variant,
    ClipReading reading,
    List<LoraChoice> loras,
    Optional<SpatialAttention> attention,
    List<ControlChoice> controls) {
  public ModelChoice {
    loras = List.copyOf(loras);
    controls = List.copyOf(controls);
  }

  /** A model as it is. */
  public static ModelChoice of(Path model) {
    return new ModelChoice(
        model,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        ClipReading.USUAL,
        List.of(),
        Optional.empty(),
        List.of());
  }

  public ModelChoice withTokenizer(Optional<Path> folder) {
    return new ModelChoice(model, folder, motion, variant, reading, loras, attention, controls);
  }

  public ModelChoice withMotion(Optional<Path> adapter) {
    return new ModelChoice(model, tokenizer, adapter, variant, reading, loras, attention, controls);
  }

  public ModelChoice withVariant(Optional<String> name) {
    return new ModelChoice(model, tokenizer, motion, name, reading, loras, attention, controls);
  }

  public ModelChoice withReading(ClipReading other) {
    return new ModelChoice(model, tokenizer, motion, variant, other, loras, attention, controls);
  }

  public ModelChoice withLoras(List<LoraChoice> choices) {
    return new ModelChoice(
        model, tokenizer, motion, variant, reading, choices, attention, controls);
  }

  public ModelChoice withAttention(Optional<SpatialAttention> pattern) {
    return new ModelChoice(model, tokenizer, motion, variant, reading, loras, pattern, controls);
  }

  public ModelChoice withControls(List<ControlChoice> choices) {
    return new ModelChoice(model, tokenizer, motion, variant, reading, loras, attention, choices);
  }
}
