package io.zoetrope.pipeline.order;

import io.zoetrope.diffusion.discrete.TimestepSpacing;
import io.zoetrope.network.text.clip.ClipReading;
import io.zoetrope.network.unet.MotionNorms;
import io.zoetrope.pipeline.family.ControlChoice;
import io.zoetrope.pipeline.family.LoraChoice;
import io.zoetrope.pipeline.family.ModelChoice;
import io.zoetrope.pipeline.family.PictureChoice;
import io.zoetrope.pipeline.family.Placement;
import io.zoetrope.pipeline.family.TunedChoice;
import io.zoetrope.pipeline.family.WordChoice;
import io.zoetrope.record.Default;
import io.zoetrope.torch.ComputeDevice;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/**
 * A model, and what is put into it and beside it.
 *
 * @param name as {@link Sources#model} knows it: a folder, a file, a name of the hub
 * @param dtype auto, f32 or bf16
 * @param device auto, cpu, cuda or cuda:N
 * @param tokenizer a folder with the tokenizer to use in place of the model's
 * @param motion AnimateDiff's motion modules for an image model
 * @param variant which weights of its folder, such as {@code fp16}
 * @param clipSkip how many of the last blocks of a CLIP text encoder are left out, 0 to 11
 * @param longPrompts whether such an encoder reads prompts of any length
 * @param loras they add up
 * @param controls they add up; only for tasks that can show them something
 * @param pictures that the video is to be like
 * @param embeddings words that its text encoder learned apart
 * @param vae an autoencoder in place of its own: a folder or a file
 * @param text the file of a text encoder, for models in files of their own
 * @param spacing of the timesteps of its scheduler: leading, linspace or trailing
 * @param tuned a file of weights that were trained on it, in place of its own
 * @param motionNorm how far norms of motion modules reach, in place of what their file says: {@link
 *     MotionNorms#TEXTS}
 * @param references pictures of what a video is to have in it, in the order in which it is shown
 *     them; only for tasks that make a clip of one piece, and models that are shown such (VACE)
 */
public record ModelRef(
    String name,
    @Default("auto") String dtype,
    @Default("auto") String device,
    Optional<Path> tokenizer,
    Optional<Path> motion,
    Optional<String> variant,
    @Default("0") int clipSkip,
    @Default("false") boolean longPrompts,
    @Default("[]") List<Lora> loras,
    @Default("[]") List<Control> controls,
    Optional<Pictures> pictures,
    @Default("[]") List<Embedding> embeddings,
    Optional<Path> vae,
    Optional<Path> text,
    Optional<String> spacing,
    Optional<Path> tuned,
    Optional<String> motionNorm,
    @Default("[]") List<SourceRef> references) {
  /** Scales beyond this are slips of the finger. */
  private static final double LARGEST_SCALE = 100;

  /** How timesteps can be spaced. */
  public static final List<String> SPACINGS = List.of("leading", "linspace", "trailing");

  /** How far norms of motion modules can reach. */
  public static final List<String> MOTION_NORMS = MotionNorms.TEXTS;

  private static final Pattern DEVICE = Pattern.compile("auto|cpu|cuda(:\\d{1,2})?");

  /**
   * A LoRA.
   *
   * @param file a safetensors file, or a folder with one
   * @param scale -100 to 100; 1 is as it was trained, 0 is nothing
   */
  public record Lora(Path file, @Default("1.0") double scale) {
    public Lora {
      Checks.real("scale", -LARGEST_SCALE, LARGEST_SCALE, scale);
    }
  }

  /**
   * A ControlNet or SparseCtrl, and what it is shown.
   *
   * @param net its folder
   * @param shown a picture for all frames, or a video or folder of pictures
   * @param scale of what it adds, -100 to 100
   * @param at the frames at which the pictures stand, rising from 0; empty if that is not said
   * @param drawn how what it is shown is drawn of the pictures; empty shows them as they are
   */
  public record Control(
      Path net,
      SourceRef shown,
      @Default("1.0") double scale,
      @Default("[]") List<Integer> at,
      Optional<Annotation> drawn) {
    /** One that is shown pictures as they are. */
    public Control(Path net, SourceRef shown, double scale, List<Integer> at) {
      this(net, shown, scale, at, Optional.empty());
    }

    /**
     * Looks at what it is to be shown.
     *
     * @throws io.zoetrope.error.UserError if that will not do
     */
    void check(SourceFiles files) {
      files.video(shown);
      UnaryOperator<Path> file = path -> files.sources().file(path.toString());
      drawn.ifPresent(d -> d.check(file.apply(net), file));
    }

    public Control {
      Checks.real("scale", -LARGEST_SCALE, LARGEST_SCALE, scale);
      at = List.copyOf(at);
      for (int i = 0; i < at.size(); i++) {
        if (at.get(i) < 0 || (i > 0 && at.get(i) <= at.get(i - 1))) {
          throw Checks.wrong("at must be frames that rise from 0 on, is " + at);
        }
      }
    }
  }

  /**
   * Pictures that a video is to be like, beside its prompt (IP-Adapter).
   *
   * @param adapter its file, or the folder with it; empty for models that are told pictures as they
   *     are
   * @param encoder the folder of the encoder of pictures that it goes with; empty for that beside
   *     it
   * @param shown at least one; each of all frames, or from a frame on
   * @param scale how much they count beside the prompt, 0 to {@value #MOST}; 1 is as trained
   */
  public record Pictures(
      Optional<Path> adapter,
      Optional<Path> encoder,
      List<Picture> shown,
      @Default("1.0") double scale) {
    /** Scales beyond this show nothing but noise. */
    static final int MOST = 10;

    public Pictures {
      shown = List.copyOf(shown);
      Checks.real("scale", 0, MOST, scale);
      if (shown.isEmpty()) {
        throw Checks.wrong("shown is empty: an IP-Adapter is to be shown a picture");
      }
      List<Integer> at = shown.stream().flatMap(picture -> picture.frame().stream()).toList();
      boolean all = at.isEmpty();
      boolean rising = at.size() == shown.size();
      for (int i = 1; i < at.size(); i++) {
        rising &= at.get(i) > at.get(i - 1);
      }
      if (!all && !rising) {
        throw Checks.wrong(
            "pictures stand at frames that rise, or at none: %s of %s stand at %s"
                .formatted(at.size(), shown.size(), at));
      }
    }
  }

  /**
   * A picture to be like.
   *
   * @param frame at which it counts alone, from 0: between two such frames one turns into the
   *     other; empty if it counts for all
   */
  public record Picture(SourceRef picture, Optional<Integer> frame) {
    public Picture {
      frame.ifPresent(value -> Checks.whole("frame", 0, Wish.MOST_FRAMES, value));
    }
  }

  public ModelRef {
    loras = List.copyOf(loras);
    controls = List.copyOf(controls);
    embeddings = List.copyOf(embeddings);
    references = List.copyOf(references);
    spacing.ifPresent(value -> {
      if (!SPACINGS.contains(value)) {
        throw Checks.wrong(
            "spacing must be one of %s, is '%s'".formatted(String.join(", ", SPACINGS), value));
      }
    });
    motionNorm.ifPresent(value -> {
      if (!MotionNorms.TEXTS.contains(value)) {
        throw Checks.wrong(
            "motionNorm must be one of %s, is '%s'"
                .formatted(String.join(", ", MotionNorms.TEXTS), value));
      }
    });
    Checks.named("name", name);
    if (!List.of("auto", "f32", "bf16").contains(dtype)) {
      throw Checks.wrong("dtype must be auto, f32 or bf16, is '%s'".formatted(dtype));
    }
    if (!DEVICE.matcher(device).matches()) {
      throw Checks.wrong("device must be auto, cpu, cuda or cuda:N, is '%s'".formatted(device));
    }
    Checks.whole("clipSkip", 0, 11, clipSkip);
  }

  /**
   * A word that a text encoder learned apart (textual inversion).
   *
   * @param file a safetensors file
   * @param name of the word in prompts; empty for that in the file, or the file's own
   */
  public record Embedding(Path file, Optional<String> name) {}

  /** A model as it is. */
  public static ModelRef of(String name) {
    return new ModelRef(
        name,
        "auto",
        "auto",
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        0,
        false,
        List.of(),
        List.of(),
        Optional.empty(),
        List.of(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        List.of());
  }

  /** This in another number format. */
  public ModelRef withDtype(String other) {
    return with(copy -> copy.dtype = other);
  }

  /** The same parts in another model. */
  public ModelRef named(String other) {
    return with(copy -> copy.name = other);
  }

  public ModelRef withControls(List<Control> others) {
    return with(copy -> copy.controls = others);
  }

  /** This shown other pictures. */
  public ModelRef withPictures(Optional<Pictures> others) {
    return with(copy -> copy.pictures = others);
  }

  /** This shown other pictures to take something from. */
  public ModelRef withReferences(List<SourceRef> others) {
    return with(copy -> copy.references = others);
  }

  /** This with another tokenizer. */
  public ModelRef withTokenizer(Optional<Path> other) {
    return with(copy -> copy.tokenizer = other);
  }

  /** This with another autoencoder. */
  public ModelRef withVae(Path other) {
    return with(copy -> copy.vae = Optional.of(other));
  }

  /** This on another device. */
  public ModelRef withDevice(String other) {
    return with(copy -> copy.device = other);
  }

  /** This with other weights of its folder. */
  public ModelRef withVariant(Optional<String> other) {
    return with(copy -> copy.variant = other);
  }

  /** This with other LoRAs. */
  public ModelRef withLoras(List<Lora> others) {
    return with(copy -> copy.loras = others);
  }

  /**
   * What is loaded for an order with this.
   *
   * @param folder the model's
   * @param file where a file lies
   * @throws io.zoetrope.error.UserError if the device is not there
   */
  public ModelChoice choice(Path folder, UnaryOperator<Path> file) {
    return beside(folder, file)
        .withTokenizer(tokenizer.map(file))
        .withVariant(variant)
        .withVae(vae.map(file))
        .withText(text.map(file))
        .withSpacing(spacing.map(TimestepSpacing::of))
        .withControls(
            controls.stream()
                .map(control -> new ControlChoice(file.apply(control.net()), control.scale()))
                .toList())
        .withPictures(
            pictures.flatMap(p ->
                p.adapter()
                    .map(file)
                    .map(own -> new PictureChoice(own, p.encoder().map(file), p.scale()))));
  }

  /** Another model with what is put into each model of an order. */
  ModelChoice beside(Path folder, UnaryOperator<Path> file) {
    ClipReading reading = ClipReading.USUAL.withSkip(clipSkip);
    return ModelChoice.of(folder, dtype)
        .withPlacement(Placement.on(ComputeDevice.of(device)))
        .withMotion(motion.map(file))
        .withTuned(tuned.map(file).map(TunedChoice::of))
        .withNorms(motionNorm.map(MotionNorms::of))
        .withWords(
            embeddings.stream()
                .map(word -> new WordChoice(file.apply(word.file()), word.name()))
                .toList())
        .withReading(longPrompts ? reading.withLength(ClipReading.Length.CHUNKS) : reading)
        .withLoras(
            loras.stream()
                .map(lora -> new LoraChoice(file.apply(lora.file()), lora.scale()))
                .toList());
  }

  /** Whether nothing is put into it or stands beside it. */
  boolean bare() {
    return equals(of(name).withDtype(dtype).withDevice(device));
  }

  /** Another model with nothing of an order's put into it, in its number format, on its device. */
  ModelChoice alone(Path folder) {
    return ModelChoice.of(folder, dtype).withPlacement(Placement.on(ComputeDevice.of(device)));
  }

  private ModelRef with(Consumer<ModelRefCopy> change) {
    ModelRefCopy copy = new ModelRefCopy(this);
    change.accept(copy);
    return copy.made();
  }
}
