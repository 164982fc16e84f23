package io.zoetrope.pipeline.family;

import io.zoetrope.checkpoint.Component;
import io.zoetrope.checkpoint.WeightSet;
import io.zoetrope.checkpoint.keys.StableVideoWeights;
import io.zoetrope.checkpoint.keys.VaeFile;
import io.zoetrope.network.unet.UNetConfig;
import io.zoetrope.network.vision.ClipVisionConfig;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.UnaryOperator;

/**
 * A checkpoint of Stable Video Diffusion in one file, by the names of the first code. It does not
 * say for how many frames it is: one whose name has "xt" in it is for 25.
 *
 * @param configs a directory with the configs of each component; empty for those that come with
 *     this library
 */
record StableVideoFile(Optional<ModelLayout> configs) implements ModelFamily {
  /** Frames of the second model. */
  private static final int LONG = 25;

  StableVideoFile() {
    this(Optional.empty());
  }

  @Override
  public String name() {
    return StableVideo.KIND;
  }

  /** Of directories it knows nothing. */
  @Override
  public boolean runs(String kind) {
    return false;
  }

  @Override
  public boolean recognises(ModelFiles files) {
    if (files.isDirectory()) {
      return false;
    }
    try (WeightSet set = WeightSet.open(files.model())) {
      return StableVideoWeights.isOne(set.entries().keySet());
    }
  }

  @Override
  public Blueprint read(ModelFiles files, ModelChoice choice) {
    Path model = files.model();
    choice.requireNoVariant();
    StableVideoWeights opened = StableVideoWeights.open(model);
    StableVideoWeights file = files.keep(opened, opened::close);
    VaeFile coded = VaeFile.open(model);
    VaeFile vae = files.keep(coded, coded::close);
    ModelLayout layout =
        configs.orElseGet(() -> new ModelLayout(BundledFolder.path("stable-video-diffusion")));
    Assembly assembly =
        new Assembly(
            files,
            choice,
            layout,
            (component, keys) ->
                Assembly.name(component).equals(UNetConfig.FOLDER)
                    ? new Place(file::unet, keys)
                    : new Place(vae::weights, keys));
    Component eye = Component.encoder(layout.directory().resolve(StableVideo.EYE));
    boolean xt = String.valueOf(model.getFileName()).toLowerCase(Locale.ROOT).contains("xt");
    return StableVideo.read(
        assembly,
        (UNetConfig) Networks.read(layout),
        new Eye(
            new Place(file::imageEncoder, UnaryOperator.identity()),
            eye.config(ClipVisionConfig.class)),
        xt ? OptionalInt.of(LONG) : OptionalInt.empty(),
        new Blueprint.Leftovers(List.of(), file.others()));
  }
}
