package io.zoetrope.pipeline.family;

import io.zoetrope.checkpoint.keys.SingleFile;
import io.zoetrope.network.NetworkConfig;
import io.zoetrope.network.unet.DiffusersConfig;
import io.zoetrope.network.unet.UNetConfig;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * A checkpoint of Stable Diffusion 1.x in one file, whose tokenizer lies elsewhere.
 *
 * @param configs a directory with the configs of each component; empty for those that come with
 *     this library
 */
record StableDiffusionFile(Optional<ModelLayout> configs) implements ModelFamily {
  StableDiffusionFile() {
    this(Optional.empty());
  }

  @Override
  public String name() {
    return StableDiffusion.KIND;
  }

  @Override
  public boolean recognises(ModelFiles files) {
    return !files.isDirectory();
  }

  @Override
  public Blueprint read(ModelFiles files, ModelChoice choice) {
    Path model = files.model();
    choice.requireNoVariant();
    SingleFile opened = SingleFile.open(model);
    SingleFile file = files.keep(opened, opened::close);
    Path tokenizer = choice.tokenizer().orElseGet(() -> ClipTokenizers.system().find(model));
    ModelLayout layout =
        configs
            .orElseGet(() -> new ModelLayout(BundledFolder.path("stable-diffusion-1")))
            .withTokenizer(tokenizer);
    Assembly assembly =
        new Assembly(
            files,
            choice,
            layout,
            (component, keys) -> new Place(() -> file.weights(Assembly.name(component)), keys));
    return StableDiffusion.read(
        assembly, network(layout, file), new Blueprint.Leftovers(List.of(), file.others()));
  }

  /** As the configs say, with as many channels coming in as the file's first layer takes. */
  private static NetworkConfig network(ModelLayout layout, SingleFile file) {
    UNetConfig said =
        DiffusersConfig.unet(layout.network(UNetConfig.FOLDER).config(JsonNode.class));
    return file.shape(UNetConfig.FOLDER, UNetConfig.FIRST)
        .filter(shape -> shape.size() == 4)
        .map(shape -> Math.toIntExact(shape.get(1)))
        .map(said::taking)
        .orElse(said);
  }
}
