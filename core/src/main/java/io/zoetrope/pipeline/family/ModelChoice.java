package io.zoetrope.pipeline.family;

import io.zoetrope.diffusion.discrete.TimestepSpacing;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.network.text.clip.ClipReading;
import io.zoetrope.network.unet.Inflation;
import io.zoetrope.network.unet.MotionNorms;
import io.zoetrope.network.unet.SpatialAttention;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

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
 * @param text the file of a text encoder, for models in files of their own
 * @param spacing of the timesteps of its scheduler, in place of its own
 * @param inflation by which an image U-Net becomes one for video, with layers that begin anew: to
 *     be trained
 * @param beside what its network is shown beside the latents, by channels more of its first layer
 *     that begin at zero: to be trained
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
    Optional<Path> text,
    Optional<TimestepSpacing> spacing,
    Optional<Inflation> inflation,
    Optional<Beside> beside,
    Optional<TunedChoice> tuned,
    Optional<MotionNorms> norms) {
  public ModelChoice {
    loras = List.copyOf(loras);
    controls = List.copyOf(controls);
    words = List.copyOf(words);
  }

  /** A model as it is, in the number form that is fastest here, on the processor. */
  public static ModelChoice of(Path model) {
    return new Copy(model).made();
  }

  /** A model as it is, in a number form. */
  public static ModelChoice of(Path model, String dtype) {
    return of(model).withDtype(dtype);
  }

  public ModelChoice withDtype(String name) {
    return with(copy -> copy.dtype = name);
  }

  public ModelChoice withPlacement(Placement other) {
    return with(copy -> copy.placement = other);
  }

  public ModelChoice withTokenizer(Optional<Path> folder) {
    return with(copy -> copy.tokenizer = folder);
  }

  public ModelChoice withMotion(Optional<Path> adapter) {
    return with(copy -> copy.motion = adapter);
  }

  public ModelChoice withVariant(Optional<String> name) {
    return with(copy -> copy.variant = name);
  }

  public ModelChoice withReading(ClipReading other) {
    return with(copy -> copy.reading = other);
  }

  public ModelChoice withLoras(List<LoraChoice> choices) {
    return with(copy -> copy.loras = choices);
  }

  public ModelChoice withAttention(Optional<SpatialAttention> pattern) {
    return with(copy -> copy.attention = pattern);
  }

  public ModelChoice withControls(List<ControlChoice> choices) {
    return with(copy -> copy.controls = choices);
  }

  public ModelChoice withPictures(Optional<PictureChoice> choice) {
    return with(copy -> copy.pictures = choice);
  }

  public ModelChoice withWords(List<WordChoice> choices) {
    return with(copy -> copy.words = choices);
  }

  /**
   * Requires that no variant is wished for, as a model in one file has none.
   *
   * @throws UserError if one is
   */
  void requireNoVariant() {
    variant.ifPresent(wish -> {
      throw new UserError(
          Fault.INVALID,
          "%s is one file; variants such as '%s' are of directories".formatted(model, wish),
          "leave it out");
    });
  }

  public ModelChoice withText(Optional<Path> file) {
    return with(copy -> copy.text = file);
  }

  public ModelChoice withVae(Optional<Path> other) {
    return with(copy -> copy.vae = other);
  }

  public ModelChoice withSpacing(Optional<TimestepSpacing> other) {
    return with(copy -> copy.spacing = other);
  }

  public ModelChoice withInflation(Optional<Inflation> by) {
    return with(copy -> copy.inflation = by);
  }

  public ModelChoice withBeside(Optional<Beside> what) {
    return with(copy -> copy.beside = what);
  }

  public ModelChoice withNorms(Optional<MotionNorms> reach) {
    return with(copy -> copy.norms = reach);
  }

  /** With what was tuned, inflated and shown beside the latents what that says. */
  public ModelChoice withTuned(Optional<TunedChoice> other) {
    return with(copy -> {
      copy.tuned = other;
      copy.inflation = other.flatMap(TunedChoice::inflation).map(Inflation::of).or(() -> inflation);
      copy.beside = other.flatMap(TunedChoice::beside).or(() -> beside);
    });
  }

  private ModelChoice with(Consumer<Copy> change) {
    Copy copy = new Copy(this);
    change.accept(copy);
    return copy.made();
  }

  /** One that is being put together. */
  private static final class Copy {
    private final Path model;
    private String dtype = "auto";
    private Placement placement = Placement.CPU;
    private Optional<Path> tokenizer = Optional.empty();
    private Optional<Path> motion = Optional.empty();
    private Optional<String> variant = Optional.empty();
    private ClipReading reading = ClipReading.USUAL;
    private List<LoraChoice> loras = List.of();
    private Optional<SpatialAttention> attention = Optional.empty();
    private List<ControlChoice> controls = List.of();
    private Optional<PictureChoice> pictures = Optional.empty();
    private List<WordChoice> words = List.of();
    private Optional<Path> vae = Optional.empty();
    private Optional<Path> text = Optional.empty();
    private Optional<TimestepSpacing> spacing = Optional.empty();
    private Optional<Inflation> inflation = Optional.empty();
    private Optional<Beside> beside = Optional.empty();
    private Optional<TunedChoice> tuned = Optional.empty();
    private Optional<MotionNorms> norms = Optional.empty();

    Copy(Path model) {
      this.model = model;
    }

    Copy(ModelChoice from) {
      model = from.model;
      dtype = from.dtype;
      placement = from.placement;
      tokenizer = from.tokenizer;
      motion = from.motion;
      variant = from.variant;
      reading = from.reading;
      loras = from.loras;
      attention = from.attention;
      controls = from.controls;
      pictures = from.pictures;
      words = from.words;
      vae = from.vae;
      text = from.text;
      spacing = from.spacing;
      inflation = from.inflation;
      beside = from.beside;
      tuned = from.tuned;
      norms = from.norms;
    }

    ModelChoice made() {
      return new ModelChoice(
          model, dtype, placement, tokenizer, motion, variant, reading, loras, attention, controls,
          pictures, words, vae, text, spacing, inflation, beside, tuned, norms);
    }
  }
}
