package io.zoetrope.network.unet;

import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.diffusion.condition.Signature;
import io.zoetrope.diffusion.condition.Slot;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.network.PictureSlots;
import io.zoetrope.network.VideoNetwork;
import io.zoetrope.torch.Segments;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.bytedeco.pytorch.Tensor;

/**
 * A U-Net under controls, whose residuals add up, and shown pictures beside its text. The i-th
 * control is shown {@link Conditioning#hint} and {@link Conditioning#hintMask}; controls do not see
 * the pictures.
 */
public final class ControlledUNet implements VideoNetwork {
  private final UNet unet;
  private final List<Control> controls;
  private final Optional<Pictures> pictures;

  /**
   * Pictures, by {@link PictureSlots}.
   *
   * @param scale of what is seen in them; 1 is as trained, 0 is the U-Net without, to the bit
   */
  public record Pictures(PictureAdapter adapter, double scale) {}

  /**
   * A control.
   *
   * @param scale of what it adds; 1 is as trained
   */
  public record Control(ControlNet network, double scale, ControlNet.Strength strength) {}

  public ControlledUNet(UNet unet, List<Control> controls) {
    this(unet, controls, Optional.empty());
  }

  public ControlledUNet(UNet unet, List<Control> controls, Optional<Pictures> pictures) {
    this.unet = unet;
    this.controls = List.copyOf(controls);
    this.pictures = pictures;
  }

  /**
   * A U-Net, as one that things may stand beside.
   *
   * @throws UserError if it is no U-Net
   */
  public static ControlledUNet of(VideoNetwork network) {
    return switch (network) {
      case ControlledUNet already -> already;
      case UNet unet -> new ControlledUNet(unet, List.of());
      default ->
          throw new UserError(
              Fault.MISMATCH, "pictures and controls stand beside a U-Net; this model has none");
    };
  }

  /** The same, shown pictures. */
  public ControlledUNet with(Pictures shown) {
    return new ControlledUNet(unet, controls, Optional.of(shown));
  }

  /** The same under one more control, which is shown the next hint. */
  public ControlledUNet with(Control control) {
    List<Control> more = new ArrayList<>(controls);
    more.add(control);
    return new ControlledUNet(unet, more, pictures);
  }

  @Override
  public UNetConfig config() {
    return unet.config();
  }

  /** Also what each control is to be shown; one that adds nothing may be shown nothing. */
  @Override
  public Optional<Signature> signature() {
    Signature all = config().signature();
    if (pictures.isPresent()) {
      boolean sees = pictures.get().scale != 0;
      all = all.and(sees ? Set.of(PictureSlots.TOKENS) : Set.of(), PictureSlots.ALL);
    }
    for (int i = 0; i < controls.size(); i++) {
      Slot<?> hint = Conditioning.hint(i);
      all =
          all.and(
              controls.get(i).scale == 0 ? Set.of() : Set.of(hint),
              Set.of(hint, Conditioning.hintMask(i)));
    }
    return Optional.of(all);
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalArgumentException if the conditioning lacks what a control is to be shown
   */
  @Override
  public Tensor predict(Tensor z_BCFHW, Tensor t_BF, Conditioning conditioning, Segments segments) {
    List<Residuals> residuals = new ArrayList<>();
    for (int i = 0; i < controls.size(); i++) {
      Control control = controls.get(i);
      if (control.scale == 0) {
        continue;
      }
      Slot<Tensor> slot = Conditioning.hint(i);
      residuals.add(
          control.network.forward(
              z_BCFHW.narrow(1, 0, control.network.config().network().channels()),
              t_BF,
              conditioning,
              conditioning
                  .get(slot)
                  .orElseThrow(
                      () -> new IllegalArgumentException("a control is shown nothing: no " + slot)),
              conditioning.get(Conditioning.hintMask(i)),
              control.scale,
              control.strength,
              segments));
    }
    Optional<PictureAdapter.Seen> seen =
        pictures
            .filter(p -> p.scale != 0)
            .map(p ->
                p.adapter.seen(conditioning, p.scale, z_BCFHW.size(0), z_BCFHW.size(2), segments));
    return unet.predict(z_BCFHW, t_BF, conditioning, residuals, seen, segments);
  }
}
