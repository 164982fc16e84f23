package io.zoetrope.pipeline.model;

import io.zoetrope.checkpoint.Component;
import io.zoetrope.checkpoint.LoadReport;
import io.zoetrope.checkpoint.WeightSet;
import io.zoetrope.checkpoint.WeightSource;
import io.zoetrope.network.VideoNetwork;
import io.zoetrope.network.unet.ControlNet;
import io.zoetrope.network.unet.ControlNetConfig;
import io.zoetrope.network.unet.ControlledUNet;
import io.zoetrope.network.unet.DiffusersConfig;
import io.zoetrope.network.unet.UNet;
import io.zoetrope.network.unet.UNetConfig;
import io.zoetrope.nn.ParameterStore;
import io.zoetrope.pipeline.family.ControlChoice;
import io.zoetrope.torch.Fault;
import io.zoetrope.torch.Precision;
import io.zoetrope.torch.UserError;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import tools.jackson.databind.JsonNode;

/** ControlNets and SparseCtrls beside a U-Net, loaded. */
final class Controls {
  private final List<ControlledUNet.Control> networks = new ArrayList<>();

  /**
   * Loads them.
   *
   * @param stores takes what is to be closed
   * @param reports takes what became of each key
   * @throws UserError if one is missing or damaged, or is for another network
   */
  static Controls load(
      List<ControlChoice> choices,
      VideoNetwork network,
      Precision precision,
      List<ParameterStore> stores,
      List<LoadReport> reports) {
    Controls controls = new Controls();
    for (ControlChoice choice : choices) {
      controls.networks.add(load(choice, network, precision, stores, reports));
    }
    return controls;
  }

  private static ControlledUNet.Control load(
      ControlChoice choice,
      VideoNetwork network,
      Precision precision,
      List<ParameterStore> stores,
      List<LoadReport> reports) {
    Component component = Component.diffusion(choice.folder());
    if (!component.exists()) {
      throw new UserError(
          Fault.NOT_FOUND,
          Files.isDirectory(choice.folder())
              ? "%s has no config.json: it is no ControlNet".formatted(choice.folder())
              : "there is no folder %s with a ControlNet".formatted(choice.folder()));
    }
    ControlNetConfig config = config(component);
    requireFit(choice, config, network);
    try (WeightSet files = component.open(Optional.empty())) {
      WeightSource weights = WeightSource.of("controlnet", files, UnaryOperator.identity());
      ParameterStore store = ParameterStore.forInference(weights.tensors(), precision);
      stores.add(store);
      ControlNet made = config.build(store.root());
      reports.add(weights.report(store).requireWhole());
      return new ControlledUNet.Control(made, choice.scale(), ControlNet.Strength.EVEN);
    }
  }

  private static ControlNetConfig config(Component component) {
    String kind = component.className();
    if (!List.of("ControlNetModel", "SparseControlNetModel").contains(kind)) {
      throw new UserError(
          Fault.UNSUPPORTED,
          "%s holds a '%s', which is no ControlNetModel or SparseControlNetModel"
              .formatted(component.folder(), kind));
    }
    try {
      return DiffusersConfig.control(component.config(JsonNode.class));
    } catch (UserError e) {
      throw e.at(component.folder());
    }
  }

  private static void requireFit(
      ControlChoice choice, ControlNetConfig config, VideoNetwork network) {
    if (!(network.config() instanceof UNetConfig unet)) {
      throw new UserError(
          Fault.MISMATCH, "controls stand beside a U-Net of Stable Diffusion; this model has none");
    }
    UNetConfig own = config.network();
    if (own.channels() != unet.channels()
        || own.textWidth() != unet.textWidth()
        || own.blocks() != unet.blocks()
        || !own.widths().equals(unet.widths())) {
      throw new UserError(
          Fault.MISMATCH,
          "%s is for a U-Net of widths %s and text of %d features; the model's has %s and %d"
              .formatted(
                  choice.folder(), own.widths(), own.textWidth(), unet.widths(), unet.textWidth()));
    }
  }

  /** What each is to be shown. */
  List<ControlNetConfig> configs() {
    return networks.stream().map(c -> c.network().config()).toList();
  }

  /** The network under them. */
  VideoNetwork over(VideoNetwork network) {
    return networks.isEmpty() || !(network instanceof UNet unet)
        ? network
        : new ControlledUNet(unet, networks);
  }
}
