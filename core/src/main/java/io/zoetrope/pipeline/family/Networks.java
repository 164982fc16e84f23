package io.zoetrope.pipeline.family;

import io.zoetrope.checkpoint.Component;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.network.NetworkConfig;
import io.zoetrope.network.dit.DitConfig;
import io.zoetrope.network.unet.DiffusersConfig;
import io.zoetrope.network.unet.Inflation;
import io.zoetrope.network.unet.UNetConfig;
import io.zoetrope.network.wan.WanConfig;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;

/** Denoisers by the names that people type, and by what lies in a model directory. */
public final class Networks {
  private static final String UNET = "unet-";

  private Networks() {}

  /** All names: sizes of the transformer, and those of the U-Net with {@code unet-} before them. */
  public static List<String> names() {
    TreeSet<String> names = new TreeSet<>(DitConfig.SIZES.keySet());
    UNetConfig.SIZES.keySet().forEach(size -> names.add(UNET + size));
    return List.copyOf(names);
  }

  /**
   * The network of a name.
   *
   * @param inflation recipe by which a U-Net becomes one for video, see {@link Inflation#of}; empty
   *     for its own
   * @throws UserError if there is none of that name, or it is not inflated by recipe
   */
  public static NetworkConfig of(String name, Optional<String> inflation) {
    if (!names().contains(name)) {
      throw new UserError(
          Fault.INVALID, "unknown size '%s'".formatted(name), "use one of %s".formatted(names()));
    }
    if (name.startsWith(UNET)) {
      UNetConfig unet = UNetConfig.size(name.substring(UNET.length()));
      return inflation.map(by -> unet.inflated(Inflation.of(by))).orElse(unet);
    }
    if (inflation.isPresent()) {
      throw new UserError(
          Fault.INVALID,
          "inflation is for U-Nets, whose names begin with '%s'; '%s' is a transformer"
              .formatted(UNET, name));
    }
    return DitConfig.size(name);
  }

  /** The network of a model directory. */
  static NetworkConfig read(ModelLayout layout) {
    boolean unet = layout.network(UNetConfig.FOLDER).exists();
    boolean transformer = layout.network(DitConfig.FOLDER).exists();
    if (unet && transformer) {
      throw new UserError(
          Fault.INVALID,
          "%s holds both a %s and a %s"
              .formatted(layout.directory(), UNetConfig.FOLDER, DitConfig.FOLDER),
          "remove the one that is not its network");
    }
    if (!unet) {
      Component component = layout.network(DitConfig.FOLDER);
      return WanConfig.isWan(component.className())
          ? component.config(WanConfig.class)
          : component.config(DitConfig.class);
    }
    Component component = layout.network(UNetConfig.FOLDER);
    return DiffusersConfig.isUNet(component.className())
        ? DiffusersConfig.unet(component.config(JsonNode.class))
        : component.config(UNetConfig.class);
  }
}
