package io.zoetrope.network.unet;

import static io.zoetrope.torch.Rearrange.rearrange;

import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.network.ControlHint;
import io.zoetrope.network.ControlNetwork;
import io.zoetrope.nn.Conv2d;
import io.zoetrope.nn.Init;
import io.zoetrope.nn.Parameters;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.Segments;
import io.zoetrope.torch.Tensors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * A copy of a U-Net's way down that is shown something to follow, edges or poses say, and tells the
 * U-Net by {@link Residuals} (Zhang et al., "Adding Conditional Control to Text-to-Image Diffusion
 * Models", 2023, section 3.2). With motion modules and a mask of the frames that are shown anything
 * it is SparseCtrl (Guo et al., 2023). As in the U-Net, every frame has its own level.
 */
public final class ControlNet implements ControlNetwork {
  /** How strong what it adds is, from the finest activations to the bottom. */
  public enum Strength {
    EVEN,
    /** From a tenth to all of it: for guessing without a text what the hint is. */
    RISING
  }

  private final ControlNetConfig config;
  private final Encoder encoder;
  private final HintEncoder hint;
  private final List<Conv2d> kept = new ArrayList<>();
  private final Conv2d bottom;

  public ControlNet(ControlNetConfig config, Parameters p) {
    this.config = config;
    encoder = new Encoder(config.network(), p);
    hint =
        HintEncoder.of(
            config.hint(), p.at("controlnet_cond_embedding"), config.network().widths().getFirst());
    List<Integer> widths = encoder.widths();
    for (int i = 0; i < widths.size(); i++) {
      kept.add(joint(p.at("controlnet_down_blocks").at(i), widths.get(i)));
    }
    bottom = joint(p.at("controlnet_mid_block"), config.network().widths().getLast());
  }

  private static Conv2d joint(Parameters p, long width) {
    return Conv2d.of(p, width, width, 1, 1, Init.ZEROS);
  }

  public ControlNetConfig config() {
    return config;
  }

  @Override
  public ControlHint shows() {
    return config.shows();
  }

  /**
   * What is to be added to a U-Net for the same video.
   *
   * @param z_BCFHW the noisy video
   * @param t_BF what the U-Net is told of each frame's level
   * @param conditioning the text
   * @param hint_BCFHW pictures with values 0..1, {@link ControlNetConfig.Hint#factor} times as high
   *     and wide as z, or latents
   * @param mask_B1FHW 1 where the hint shows anything, else 0; for networks that ask for it
   * @param scale of what is added; 1 is as trained, 0 nothing
   */
  public Residuals forward(
      Tensor z_BCFHW,
      Tensor t_BF,
      Conditioning conditioning,
      Tensor hint_BCFHW,
      Optional<Tensor> mask_B1FHW,
      double scale,
      Strength strength,
      Segments segments) {
    // Pictures beside the text are for the U-Net alone, and so is whom its frames look at.
    Conditioning own = conditioning.only(slot -> !slot.equals(SpatialAttention.SLOT));
    Passes passes = encoder.passes(z_BCFHW.size(2), t_BF, own, Optional.empty(), segments);
    Pass shared = passes.at(0);
    Tensor z = config.sees() == ControlNetConfig.Sees.HINT ? torch.zeros_like(z_BCFHW) : z_BCFHW;
    Tensor shown = shown(z_BCFHW, hint_BCFHW, mask_B1FHW);
    Tensor start = encoder.enter(z, shared).add(hint.forward(shown).to(ScalarType.Float));
    Encoder.Features features = encoder.forward(segments.enter(start), passes, segments);
    List<Tensor> added = new ArrayList<>();
    int count = kept.size();
    for (int i = 0; i < count; i++) {
      added.add(add(kept.get(i), features.kept().get(i), scale * at(strength, i), segments));
    }
    return new Residuals(
        added, add(bottom, features.bottom(), scale * at(strength, count), segments));
  }

  private Tensor add(Conv2d joint, Tensor x, double factor, Segments segments) {
    return segments.run(
        at -> {
          Tensor y = Ops.mul(joint.forward(at.getFirst()).to(ScalarType.Float), factor);
          return config.reach() == ControlNetConfig.Reach.EACH_PLACE
              ? y
              : Ops.mean(y, 2, 3).unsqueeze(-1).unsqueeze(-1);
        },
        List.of(x));
  }

  private double at(Strength strength, int index) {
    // What reaches the whole picture does not rise in the reference.
    boolean even =
        strength == Strength.EVEN || config.reach() == ControlNetConfig.Reach.WHOLE_PICTURE;
    return even ? 1 : Math.pow(10, (double) index / kept.size() - 1);
  }

  /** The hint as [B * F, C, H, W], checked, in the order of channels of training. */
  private Tensor shown(Tensor z_BCFHW, Tensor hint_BCFHW, Optional<Tensor> mask_B1FHW) {
    Tensor all = hint_BCFHW;
    if (config.order() == ControlNetConfig.Order.BGR) {
      all = all.flip(1);
    }
    if (config.masked() != mask_B1FHW.isPresent()) {
      throw new IllegalArgumentException(
          "this control "
              + (config.masked() ? "needs a mask of the places that it is shown" : "has no mask"));
    }
    if (mask_B1FHW.isPresent()) {
      all = Tensors.cat(List.of(all, mask_B1FHW.get().to(all.scalar_type())), 1);
    }
    int factor = config.hint().factor();
    long[] expected = Tensors.shape(z_BCFHW);
    expected[1] = config.hint().channels();
    expected[3] *= factor;
    expected[4] *= factor;
    if (!Arrays.equals(Tensors.shape(all), expected)) {
      throw new IllegalArgumentException(
          "a hint of shape %s, its mask included, is not the %s that this control needs"
              .formatted(Arrays.toString(Tensors.shape(all)), Arrays.toString(expected)));
    }
    return Ops.channelsLast(rearrange(all, "b c f h w -> (b f) c h w"));
  }
}
