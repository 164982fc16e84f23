package io.zoetrope.pipeline.family;

import io.zoetrope.diffusion.guidance.Downsampling;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.network.NetworkConfig;
import io.zoetrope.pixels.Annotators;
import io.zoetrope.record.Limits;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.Rearrange;
import io.zoetrope.torch.Tensors;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bytedeco.pytorch.Tensor;

/**
 * What a network is shown beside the noisy latents at every step, behind their channels ({@link
 * io.zoetrope.diffusion.condition.Conditioning#BESIDE}).
 */
public sealed interface Beside {
  /**
   * How many channels it has.
   *
   * @param latents channels of a latent
   */
  int channels(int latents);

  /** A network that sees it: with its channels, and told how noisy it is. */
  default NetworkConfig seenBy(NetworkConfig network) {
    int latents = network.gives();
    NetworkConfig taking = network.taking(latents + channels(latents));
    return noised() ? taking.telling(taking.told().ofBeside(true)) : taking;
  }

  /** The structure of a video, if it is that. */
  default Optional<Structure> structure() {
    return Optional.empty();
  }

  /** Whether it has noise, and the network is told how much. */
  default boolean noised() {
    return false;
  }

  /** Whether it is all zeros where nothing is known: then guidance can lead towards what is. */
  default boolean zeroIsNothing() {
    return false;
  }

  /** As headers and configs have it; {@link #of} reads it. */
  String text();

  /**
   * What a text says.
   *
   * @throws UserError if it is none
   */
  static Beside of(String text) {
    if (text.equals(Mask.TEXT)) {
      return new Mask();
    }
    if (text.equals(Known.TEXT)) {
      return new Known();
    }
    Matcher given = GivenFrames.FORM.matcher(text);
    if (given.matches()) {
      return new GivenFrames(Integer.parseInt(given.group(1)));
    }
    Matcher pieces = GivenPlaces.FORM.matcher(text);
    if (pieces.matches()) {
      return new GivenPlaces(Integer.parseInt(pieces.group(1)));
    }
    Matcher picture = Picture.FORM.matcher(text);
    if (picture.matches()) {
      return new Picture(Double.parseDouble(picture.group(1)));
    }
    Matcher smaller = Smaller.FORM.matcher(text);
    if (smaller.matches()) {
      return new Smaller(
          Downsampling.valueOf(smaller.group(1).toUpperCase(Locale.ROOT)),
          Integer.parseInt(smaller.group(2)),
          smaller.group(3) != null);
    }
    Matcher slower = Slower.FORM.matcher(text);
    if (slower.matches()) {
      return new Slower(
          Integer.parseInt(slower.group(1)),
          Fill.valueOf(slower.group(2).toUpperCase(Locale.ROOT)),
          slower.group(3) != null);
    }
    Matcher structure = Structure.TEXT.matcher(text);
    if (structure.matches()) {
      return new Structure(
          structure.group(1),
          Integer.parseInt(structure.group(2)),
          Integer.parseInt(structure.group(3)));
    }
    throw new UserError(
        Fault.INVALID,
        "unknown '%s' beside the latents".formatted(text),
        "it is mask, known, given:TIME, places:SPACE, picture:SCALE, smaller:KERNEL:TIMES[:noised], slower:TIMES:FILL[:noised], or"
            + " structure:ANNOTATOR:BLURS:CHANNELS");
  }

  /**
   * A mask, 1 where something is to be made and 0 where the video is known, and the latents of the
   * video with the masked part grey (Rombach et al., "Latent Diffusion", 2022, section 4.5; the
   * nine channels of Stable Diffusion's inpainting checkpoints).
   */
  record Mask() implements Beside {
    private static final String TEXT = "mask";

    @Override
    public String text() {
      return TEXT;
    }

    @Override
    public int channels(int latents) {
      return 1 + latents;
    }
  }

  /**
   * The structure of a video apart from its look: what an annotator draws of it, blurred and made
   * smaller some times and brought back to its size, encoded as a video is, and channels that say
   * how often (Esser et al., "Structure and Content-Guided Video Synthesis with Diffusion Models",
   * 2023, section 3.2; there it is depth).
   *
   * @param annotator that draws it, one of {@link Annotators#names}
   * @param blurs the most times, 0 to 12
   * @param told channels that say how many times: sines and cosines, an even number up to 64
   */
  record Structure(String annotator, int blurs, int told) implements Beside {
    private static final Pattern TEXT =
        Pattern.compile("structure:([a-z0-9-]{1,40}):([0-9]{1,2}):([0-9]{1,2})");

    public Structure {
      if (!Annotators.known(annotator)) {
        throw new UserError(
            Fault.INVALID,
            "unknown annotator '%s' of a structure".formatted(annotator),
            "it is one of " + Annotators.names());
      }
      if (blurs < 0 || blurs > 12 || told < 0 || told > 64 || told % 2 != 0) {
        throw new UserError(
            Fault.INVALID,
            "a structure is blurred 0 to 12 times and says so in 0 to 64 channels, an even number,"
                + " not %s times in %s".formatted(blurs, told));
      }
    }

    @Override
    public Optional<Structure> structure() {
      return Optional.of(this);
    }

    @Override
    public String text() {
      return "structure:%s:%s:%s".formatted(annotator, blurs, told);
    }

    @Override
    public int channels(int latents) {
      return latents + told;
    }
  }

  /**
   * Which frames are known, 1 or 0, and these frames; zeros elsewhere (Singer et al.,
   * "Make-A-Video", 2022, section 3.3; Bar-Tal et al., "Lumiere", 2024, section 4).
   */
  record Known() implements Beside {
    private static final String TEXT = "known";

    @Override
    public boolean zeroIsNothing() {
      return true;
    }

    @Override
    public String text() {
      return TEXT;
    }

    @Override
    public int channels(int latents) {
      return 1 + latents;
    }

    /**
     * What is seen, [B, 1 + C, F, h, w].
     *
     * @param known_B1F11 1 for frames that are known, else 0; B may be 1
     * @param z_BCFHW the frames; those that are not known make no difference
     */
    public Tensor seen(Tensor known_B1F11, Tensor z_BCFHW) {
      long[] shape = Tensors.shape(z_BCFHW);
      shape[1] = 1;
      Tensor mask = known_B1F11.to(z_BCFHW.device(), z_BCFHW.scalar_type());
      return Tensors.cat(List.of(mask.expand(shape), z_BCFHW.mul(mask)), 1);
    }
  }

  /**
   * Made of pixels of a video of which some are given: latents of it with the rest grey are other
   * ones than parts of its latents, where autoencoders mix frames.
   */
  sealed interface GivenPixels extends Beside {
    /**
     * What is seen, [1, C, L, h, w].
     *
     * @param x_13FHW pixels, -1 to 1, of frames that fill their latents
     * @param made_11FHW bool: true is to be made, and its pixels make no difference
     * @param encode pixels to latents
     */
    Tensor seen(Tensor x_13FHW, Tensor made_11FHW, UnaryOperator<Tensor> encode);

    /**
     * What is seen of a picture that the video is to take something from, as a latent more before
     * the video's.
     *
     * @param z_1C1HW the picture's latent
     * @throws UserError if a network that is shown this sees no such pictures
     */
    Tensor reference(Tensor z_1C1HW);
  }

  /**
   * Whole frames: of each latent which of its frames are given, and latents of the video with the
   * others grey (Wan 2.1's image to video, and from first and last frame). The first latent has one
   * frame, which counts for all.
   *
   * @param time frames of a latent
   */
  record GivenFrames(int time) implements GivenPixels {
    private static final Pattern FORM = Pattern.compile("given:([1-9])");

    @Override
    public String text() {
      return "given:" + time;
    }

    @Override
    public int channels(int latents) {
      return time + latents;
    }

    @Override
    public Tensor seen(Tensor x_13FHW, Tensor made_11FHW, UnaryOperator<Tensor> encode) {
      Tensor kept = made_11FHW.logical_not().to(x_13FHW.scalar_type());
      Tensor z = encode.apply(x_13FHW.mul(kept));
      Tensor whole_F = Ops.mean(kept, 0, 1, 3, 4).eq(Tensors.full(1, 1)).to(z.scalar_type());
      Tensor first = whole_F.narrow(0, 0, 1).expand(time - 1);
      Tensor each_LT = Tensors.cat(List.of(first, whole_F), 0).reshape(z.size(2), time);
      long[] shape = {1, time, z.size(2), z.size(3), z.size(4)};
      Tensor mask = each_LT.transpose(0, 1).reshape(1, time, z.size(2), 1, 1).expand(shape);
      return Tensors.cat(List.of(mask.to(z.device(), z.scalar_type()), z), 1);
    }

    @Override
    public Tensor reference(Tensor z_1C1HW) {
      throw new UserError(
          Fault.UNSUPPORTED,
          "this model is shown frames of its video alone, and no other pictures");
    }
  }

  /**
   * Places: latents of what is kept, latents of what is under the mask, and the mask, each pixel of
   * a latent being a channel of it (VACE: Jiang et al., 2025, section 3.2).
   *
   * @param space pixels on a side of a latent
   */
  record GivenPlaces(int space) implements GivenPixels {
    private static final Pattern FORM = Pattern.compile("places:([1-9][0-9]?)");

    @Override
    public String text() {
      return "places:" + space;
    }

    @Override
    public int channels(int latents) {
      return 2 * latents + space * space;
    }

    @Override
    public Tensor seen(Tensor x_13FHW, Tensor made_11FHW, UnaryOperator<Tensor> encode) {
      Tensor made = made_11FHW.to(x_13FHW.scalar_type());
      Tensor kept = made_11FHW.logical_not().to(x_13FHW.scalar_type());
      Tensor still = encode.apply(x_13FHW.mul(kept));
      Tensor moving = encode.apply(x_13FHW.mul(made));
      long frames = x_13FHW.size(2);
      long latents = still.size(2);
      Tensor pixels =
          Rearrange.rearrange(
              made,
              "b c f (h p) (w q) -> b (c p q) f h w",
              Map.of("p", (long) space, "q", (long) space));
      long[] nearest = new long[Math.toIntExact(latents)];
      for (int i = 0; i < latents; i++) {
        nearest[i] = (2L * i + 1) * frames / (2 * latents);
      }
      Tensor mask =
          pixels.index_select(2, Tensors.beside(pixels, Tensors.of(nearest, nearest.length)));
      return Tensors.cat(List.of(still, moving, mask.to(still.device(), still.scalar_type())), 1);
    }

    @Override
    public Tensor reference(Tensor z_1C1HW) {
      long[] rest = Tensors.shape(z_1C1HW);
      rest[1] = channels(Math.toIntExact(rest[1])) - rest[1];
      return Tensors.cat(
          List.of(z_1C1HW, Tensors.zeros(rest).to(z_1C1HW.device(), z_1C1HW.scalar_type())), 1);
    }
  }

  /**
   * The picture that the video is made of, on every frame: its latent as the encoder gives it, not
   * scaled as those of the video are (Blattmann et al., "Stable Video Diffusion", 2023, appendix
   * D).
   *
   * @param scale of the video's latents, by which the picture's is divided; above 0
   */
  record Picture(double scale) implements Beside {
    private static final Pattern FORM = Pattern.compile("picture:([0-9]{1,3}(\\.[0-9]{1,9})?)");

    public Picture {
      if (!(scale > 0)) {
        throw new UserError(Fault.INVALID, "latents are scaled by a number above 0, not " + scale);
      }
    }

    @Override
    public String text() {
      return "picture:" + scale;
    }

    @Override
    public int channels(int latents) {
      return latents;
    }
  }

  /**
   * The video made smaller, enlarged again bilinearly, perhaps with noise (Ho et al., "Imagen
   * Video", 2022, section 2.4).
   *
   * @param kernel by which small videos were made in training
   * @param times how many times as large what is made is, 2 to 8
   * @param noised whether it has noise, of which the network is told how much
   */
  record Smaller(Downsampling kernel, int times, boolean noised) implements Beside {
    private static final Pattern FORM =
        Pattern.compile("smaller:(area|bilinear):([2-8])(:noised)?");

    public Smaller {
      Limits.USUAL.whole("times", 2, 8, times);
    }

    @Override
    public String text() {
      return "smaller:%s:%s%s"
          .formatted(kernel.name().toLowerCase(Locale.ROOT), times, noised ? ":noised" : "");
    }

    @Override
    public int channels(int latents) {
      return latents;
    }
  }

  /** What stands where a slower video has no frame. */
  enum Fill {
    /** The frame before once more. */
    REPEAT,
    /** Zeros. */
    BLANK
  }

  /**
   * The video at a lower rate, at the places of its frames, perhaps with noise (Ho et al., "Imagen
   * Video", 2022, section 2.4).
   *
   * @param times how many frames what is made has for each one of it, 2 to 8
   * @param fill what stands between
   * @param noised whether it has noise, of which the network is told how much
   */
  record Slower(int times, Fill fill, boolean noised) implements Beside {
    private static final Pattern FORM = Pattern.compile("slower:([2-8]):(repeat|blank)(:noised)?");

    public Slower {
      Limits.USUAL.whole("times", 2, 8, times);
    }

    @Override
    public String text() {
      return "slower:%s:%s%s"
          .formatted(times, fill.name().toLowerCase(Locale.ROOT), noised ? ":noised" : "");
    }

    @Override
    public int channels(int latents) {
      return latents;
    }
  }

  /**
   * The pixels of the video made smaller, -1 to 1, as many as there are latents, with noise, of
   * which the network is told how much as a label (Stable Diffusion's x4 upscaler). No such network
   * is trained here: its {@link #text} is only said.
   *
   * @param times how many times as large what is made is: pixels on a side of a latent
   * @param labels of its noise
   */
  record Pixels(int times, NoiseLabels labels) implements Beside {
    @Override
    public boolean noised() {
      return true;
    }

    @Override
    public String text() {
      return "pixels:" + times;
    }

    /** Red, green and blue. */
    @Override
    public int channels(int latents) {
      return 3;
    }
  }
}
