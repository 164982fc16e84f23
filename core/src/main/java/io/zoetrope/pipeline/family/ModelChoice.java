package io.zoetrope.pipeline.family;

import io.zoetrope.diffusion.discrete.TimestepSpacing;
import io.zoetrope.network.text.clip.ClipReading;
import io.zoetrope.network.unet.Inflation;
import io.zoetrope.network.unet.MotionNorms;
import io.zoetrope.network.unet.SpatialAttention;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A model to load, what to put into it, and how to hold it. Made by {@link #of}, and changed one
 * thing at a time.
 *
 * @param model a model directory, or a checkpoint in one safetensors file
 * @param dtype auto, f32 or bf16: see {@link io.zoetrope.torch.Precision#of(String, int)}
 * @param placement on which devices
 * @param tokenizer a folder with the tokenizer to use in place of the model's
 * @param motion AnimateDiff's motion modules for an image model: a directory as diffusers saves a
 *     {@code MotionAdapter}, or an original file; they go in place of those in the directory
 * @param variant of the directory's weights, such as {@code fp16}
 * @param reading how prompts are read, where the text encoder is CLIP's
 * @param loras in any dialect that {@link io.zoetrope.checkpoint.lora.LoraFile} reads; they add up
 * @param attention whom the image layers of a U-Net look at, in place of its own pattern
 * @param controls beside the denoiser; what they add adds up
 * @param pictures by what the denoiser is shown pictures
 * @param words that the text encoder learned apart
 * @param vae an autoencoder in place of the model's: a folder, or a safetensors file
 * @param spacing of the timesteps of its scheduler, in place of its own
 * @param inflation by which an image U-Net becomes one for video, with layers that begin anew: to
 *     be trained
 * @param tuned what a training made of some of its weights, in place of its own
 * @param norms how far those of motion modules reach, in place of what their file says
 */
public record ModelChoice(
    Path model,
    String dtype,
    Placement placement,
    Optional<Path> tokenizer,
    Optional<Path> motion,
    Optional<String> variant,
    ClipReading reading,
    List<LoraChoice> loras,
    Optional<SpatialAttention> attention,
    List<ControlChoice> controls,
    Optional<PictureChoice> pictures,
    List<WordChoice> words,
    Optional<Path> vae,
    Optional<TimestepSpacing> spacing,
    Optional<Inflation> inflation,
    Optional<TunedChoice> tuned,
    Optional<MotionNorms> norms) {
  public ModelChoice {
    loras = List.copyOf(loras);
    controls = List.copyOf(controls);
    words = List.copyOf(words);
  }

  /** A model as it is, in the number form that is fastest here, on the processor. */
  public static ModelChoice of(Path model) {
    return new ModelChoice(
        model,
        "auto",
        Placement.CPU,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        ClipReading.USUAL,
        List.of(),
        Optional.empty(),
        List.of(),
        Optional.empty(),
        List.of(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  /** A model as it is, in a number form. */
  public static ModelChoice of(Path model, String dtype) {
    return of(model).withDtype(dtype);
  }

  public ModelChoice withDtype(String name) {
    return new ModelChoice(
        model, name, placement, tokenizer, motion, variant, reading, loras, attention, controls,
        pictures, words, vae, spacing, inflation, tuned, norms);
  }

  public ModelChoice withPlacement(Placement other) {
    return new ModelChoice(
        model, dtype, other, tokenizer, motion, variant, reading, loras, attention, controls,
        pictures, words, vae, spacing, inflation, tuned, norms);
  }

  public ModelChoice withTokenizer(Optional<Path> folder) {
    return new ModelChoice(
        model, dtype, placement, folder, motion, variant, reading, loras, attention, controls,
        pictures, words, vae, spacing, inflation, tuned, norms);
  }

  public ModelChoice withMotion(Optional<Path> adapter) {
    return new ModelChoice(
        model, dtype, placement, tokenizer, adapter, variant, reading, loras, attention, controls,
        pictures, words, vae, spacing, inflation, tuned, norms);
  }

  public ModelChoice withVariant(Optional<String> name) {
    return new ModelChoice(
        model, dtype, placement, tokenizer, motion, name, reading, loras, attention, controls,
        pictures, words, vae, spacing, inflation, tuned, norms);
  }

  public ModelChoice withReading(ClipReading other) {
    return new ModelChoice(
        model, dtype, placement, tokenizer, motion, variant, other, loras, attention, controls,
        pictures, words, vae, spacing, inflation, tuned, norms);
  }

  public ModelChoice withLoras(List<LoraChoice> choices) {
    return new ModelChoice(
        model, dtype, placement, tokenizer, motion, variant, reading, choices, attention, controls,
        pictures, words, vae, spacing, inflation, tuned, norms);
  }

  public ModelChoice withAttention(Optional<SpatialAttention> pattern) {
    return new ModelChoice(
        model, dtype, placement, tokenizer, motion, variant, reading, loras, pattern, controls,
        pictures, words, vae, spacing, inflation, tuned, norms);
  }

  public ModelChoice withControls(List<ControlChoice> choices) {
    return new ModelChoice(
        model, dtype, placement, tokenizer, motion, variant, reading, loras, attention, choices,
        pictures, words, vae, spacing, inflation, tuned, norms);
  }

  public ModelChoice withPictures(Optional<PictureChoice> choice) {
    return new ModelChoice(
        model, dtype, placement, tokenizer, motion, variant, reading, loras, attention, controls,
        choice, words, vae, spacing, inflation, tuned, norms);
  }

  public ModelChoice withWords(List<WordChoice> choices) {
    return new ModelChoice(
        model, dtype, placement, tokenizer, motion, variant, reading, loras, attention, controls,
        pictures, choices, vae, spacing, inflation, tuned, norms);
  }

  public ModelChoice withVae(Optional<Path> other) {
    return new ModelChoice(
        model, dtype, placement, tokenizer, motion, variant, reading, loras, attention, controls,
        pictures, words, other, spacing, inflation, tuned, norms);
  }

  public ModelChoice withSpacing(Optional<TimestepSpacing> other) {
    return new ModelChoice(
        model, dtype, placement, tokenizer, motion, variant, reading, loras, attention, controls,
        pictures, words, vae, other, inflation, tuned, norms);
  }

  public ModelChoice withNorms(Optional<MotionNorms> reach) {
    return new ModelChoice(
        model, dtype, placement, tokenizer, motion, variant, reading, loras, attention, controls,
        pictures, words, vae, spacing, inflation, tuned, reach);
  }

  public ModelChoice withInflation(Optional<Inflation> by) {
    return new ModelChoice(
        model, dtype, placement, tokenizer, motion, variant, reading, loras, attention, controls,
        pictures, words, vae, spacing, by, tuned, norms);
  }

  /** With what was tuned, and inflated as that says. */
  public ModelChoice withTuned(Optional<TunedChoice> other) {
    return new ModelChoice(
        model,
        dtype,
        placement,
        tokenizer,
        motion,
        variant,
        reading,
        loras,
        attention,
        controls,
        pictures,
        words,
        vae,
        spacing,
        other.flatMap(TunedChoice::inflation).map(Inflation::of).or(() -> inflation),
        other,
        norms);
  }
}
