package io.zoetrope.pipeline.family;

import io.zoetrope.checkpoint.Component;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.network.ControlNetwork;
import io.zoetrope.network.NetworkConfig;
import io.zoetrope.network.VideoNetwork;
import io.zoetrope.network.unet.ControlNet;
import io.zoetrope.network.unet.ControlNetConfig;
import io.zoetrope.network.unet.ControlledUNet;
import io.zoetrope.network.unet.DiffusersConfig;
import io.zoetrope.network.unet.PictureAdapter;
import io.zoetrope.network.unet.UNet;
import io.zoetrope.network.unet.UNetConfig;
import io.zoetrope.nn.Holding;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import tools.jackson.databind.JsonNode;

/** ControlNets and SparseCtrls beside a U-Net. */
final class Controls {
  private static final List<String> KINDS = List.of("ControlNetModel", "SparseControlNetModel");

  private Controls() {}

  /**
   * The controls of a choice, as parts.
   *
   * @throws UserError if one is missing or damaged, or is for another network
   */
  static List<Part<ControlNetwork>> parts(
      ModelFiles files, ModelChoice choice, NetworkConfig network, Holding holding) {
    List<Part<ControlNetwork>> parts = new ArrayList<>();
    for (ControlChoice control : choice.controls()) {
      Component component = Component.diffusion(control.folder());
      ControlNetConfig config = config(component);
      requireFit(control.folder(), config, network);
      parts.add(
          new Part<>(
              Role.CONTROL,
              "controlnet",
              List.of(
                  files.place("controlnet", component, Optional.empty(), UnaryOperator.identity())),
              holding,
              clip -> config.footprint(),
              config::build));
    }
    return parts;
  }

  /** Puts the controls and pictures of a choice beside its U-Net. */
  static VideoNetwork join(
      ModelChoice choice,
      VideoNetwork denoiser,
      List<ControlNetwork> controls,
      Optional<PictureAdapter> pictures) {
    if (controls.isEmpty() && pictures.isEmpty()) {
      return denoiser;
    }
    List<ControlledUNet.Control> scaled = new ArrayList<>();
    for (int i = 0; i < controls.size(); i++) {
      scaled.add(
          new ControlledUNet.Control(
              (ControlNet) controls.get(i),
              choice.controls().get(i).scale(),
              ControlNet.Strength.EVEN));
    }
    double scale = choice.pictures().map(PictureChoice::scale).orElse(0.0);
    return new ControlledUNet(
        (UNet) denoiser,
        scaled,
        pictures.map(adapter -> new ControlledUNet.Pictures(adapter, scale)));
  }

  private static ControlNetConfig config(Component component) {
    if (!component.exists()) {
      throw new UserError(
          Fault.NOT_FOUND,
          Files.isDirectory(component.folder())
              ? "%s has no config.json: it is no ControlNet".formatted(component.folder())
              : "there is no folder %s with a ControlNet".formatted(component.folder()));
    }
    String kind = component.className();
    if (!KINDS.contains(kind)) {
      throw new UserError(
          Fault.UNSUPPORTED,
          "%s holds a '%s', which is no %s"
              .formatted(component.folder(), kind, String.join(" or ", KINDS)));
    }
    try {
      return DiffusersConfig.control(component.config(JsonNode.class));
    } catch (UserError e) {
      throw e.at(component.folder());
    }
  }

  private static void requireFit(Path folder, ControlNetConfig config, NetworkConfig network) {
    if (!(network instanceof UNetConfig unet)) {
      throw new UserError(
          Fault.MISMATCH, "controls stand beside a U-Net of Stable Diffusion; this model has none");
    }
    UNetConfig own = config.network();
    if (own.channels() != unet.outChannels()
        || own.textWidth() != unet.textWidth()
        || own.blocks() != unet.blocks()
        || !own.widths().equals(unet.widths())) {
      throw new UserError(
          Fault.MISMATCH,
          "%s is for a U-Net of widths %s and text of %s features; the model's has %s and %s"
              .formatted(folder, own.widths(), own.textWidth(), unet.widths(), unet.textWidth()));
    }
  }
}
