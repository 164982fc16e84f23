package io.zoetrope.network.unet;

import io.zoetrope.diffusion.Conditioning;
import io.zoetrope.network.VideoNetwork;
import io.zoetrope.torch.Segments;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * A U-Net under controls, whose residuals add up. The i-th is shown {@link Conditioning#hint} and
 * {@link Conditioning#hintMask}.
 */
public final class ControlledUNet implements VideoNetwork {
  private final UNet unet;
  private final List<Control> controls;

  /**
   * A control.
   *
   * @param scale of what it adds; 1 is as trained
   */
  public record Control(ControlNet network, double scale, ControlNet.Strength strength) {}

  public ControlledUNet(UNet unet, List<Control> controls) {
    this.unet = unet;
    this.controls = List.copyOf(controls);
  }

  @Override
  public UNetConfig config() {
    return unet.config();
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
      String name = Conditioning.hint(i);
      residuals.add(
          control.network.forward(
              z_BCFHW,
              t_BF,
              conditioning,
              conditioning
                  .get(name)
                  .orElseThrow(() ->
                      new IllegalArgumentException(
                          "a control is shown nothing: no '" + name + "'")),
              conditioning.get(Conditioning.hintMask(i)),
              control.scale,
              control.strength,
              segments));
    }
    return unet.predict(z_BCFHW, t_BF, conditioning, residuals, segments);
  }
}
