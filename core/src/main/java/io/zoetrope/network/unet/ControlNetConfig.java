package io.zoetrope.network.unet;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.network.ControlHint;
import io.zoetrope.nn.Footprint;
import io.zoetrope.nn.Parameters;
import java.util.List;
import java.util.Map;

/**
 * Shape of a {@link ControlNet}.
 *
 * @param network the U-Net whose way down it copies; its way up does not matter
 * @param hint what it is shown
 * @param masked whether the last channel of the hint says where it shows anything
 * @param sees what it makes of the noisy video
 * @param order of the channels that its first convolution was trained with
 * @param reach of what it adds
 */
public record ControlNetConfig(
    UNetConfig network, Hint hint, boolean masked, Sees sees, Order order, Reach reach) {
  /** What a control is shown. */
  public sealed interface Hint {
    /** Channels, with that of the mask. */
    int channels();

    /** Pixels a side for each of the latents. */
    int factor();

    /**
     * Pictures, made as small as latents by convolutions.
     *
     * @param channels with that of the mask
     * @param widths of the convolutions; all but the first halve the size
     */
    record Pictures(int channels, List<Integer> widths) implements Hint {
      public Pictures {
        widths = List.copyOf(widths);
        if (channels < 1 || widths.isEmpty()) {
          throw new UserError(
              Fault.INVALID, "a control needs channels and conditioning_embedding_out_channels");
        }
      }

      @Override
      public int factor() {
        return 1 << (widths.size() - 1);
      }
    }

    /**
     * Latents.
     *
     * @param channels with that of the mask
     */
    record Latents(int channels) implements Hint {
      public Latents {
        if (channels < 1) {
          throw new UserError(Fault.INVALID, "a control needs channels");
        }
      }

      @Override
      public int factor() {
        return 1;
      }
    }
  }

  /** What a control makes of the noisy video. */
  public enum Sees {
    /** Adds the hint to it. */
    NOISE_AND_HINT,
    /** Nothing: frames without a hint would only show it noise (SparseCtrl, section 3.2). */
    HINT
  }

  /** Order of a picture's channels. */
  public enum Order {
    RGB,
    BGR
  }

  /** How far what a control adds reaches. */
  public enum Reach {
    EACH_PLACE,
    /** Averaged over the picture. */
    WHOLE_PICTURE
  }

  /**
   * One to be trained beside a U-Net: a copy of its way down that is shown pictures.
   *
   * @param unet whose inflation it does without: it looks at each frame
   * @param widths of the convolutions by which pictures become as small as latents
   * @throws UserError if files of controls have no word for such a U-Net
   */
  public static ControlNetConfig beside(UNetConfig unet, List<Integer> widths) {
    LayerStyle style = unet.style();
    if (style.headNorm()
        || style.pooled()
        || style.modulation() != LayerStyle.Modulation.SHIFT
        || unet.middle().kind() != Middle.Kind.ATTENDS) {
      throw new UserError(
          Fault.MISMATCH, "controls stand beside a U-Net of Stable Diffusion; this is another");
    }
    return new ControlNetConfig(
        unet.inflated(Inflation.NONE),
        new Hint.Pictures(3, widths),
        false,
        Sees.NOISE_AND_HINT,
        Order.RGB,
        Reach.EACH_PLACE);
  }

  /**
   * As diffusers has it in {@code config.json}; of those that {@link #beside} makes.
   *
   * @throws UserError if it is shown latents
   */
  public Map<String, Object> toDiffusers() {
    return switch (hint) {
      case Hint.Pictures pictures -> DiffusersConfig.controlOf(network, pictures);
      case Hint.Latents latents ->
          throw new UserError(Fault.UNSUPPORTED, "a control that is shown latents is not written");
    };
  }

  /** What it is to be shown. */
  public ControlHint shows() {
    ControlHint.Kind kind =
        switch (hint) {
          case Hint.Pictures p -> ControlHint.Kind.PICTURES;
          case Hint.Latents l -> ControlHint.Kind.LATENTS;
        };
    return new ControlHint(kind, hint.channels() - (masked ? 1 : 0), hint.factor(), masked);
  }

  /** What it takes of memory beside its weights while the U-Net runs is the U-Net's to estimate. */
  public Footprint footprint() {
    return new Footprint(network.perWeight(), 0);
  }

  public ControlNet build(Parameters p) {
    return new ControlNet(this, p);
  }
}
