package io.zoetrope.pipeline.family;

import io.zoetrope.checkpoint.Component;
import io.zoetrope.network.NetworkConfig;
import io.zoetrope.pipeline.schedule.Scheduling;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * AnimateDiff in a directory of diffusers: Stable Diffusion 1.x with motion modules, in its U-Net
 * or beside it.
 */
final class AnimateDiff implements ModelFamily {
  static final String KIND = "AnimateDiffPipeline";

  @Override
  public String name() {
    return KIND;
  }

  /** From videos they are made by the same parts. */
  @Override
  public boolean runs(String kind) {
    return kind.equals(KIND) || kind.equals("AnimateDiffVideoToVideoPipeline");
  }

  @Override
  public boolean recognises(ModelFiles files) {
    return runs(files.kind());
  }

  @Override
  public Blueprint read(ModelFiles files, ModelChoice choice) {
    Assembly assembly = Assembly.ofDirectory(files, choice);
    ModelLayout layout = assembly.layout();
    DiffusersIndex index = DiffusersIndex.of(files.index());
    boolean whole = index.isOf("unet", "UNetMotionModel");
    Components components =
        whole
            ? StableDiffusion.COMPONENTS
            : StableDiffusion.COMPONENTS.needing(ModelLayout.ADAPTER);
    components.require(index, layout);
    Scheduling scheduling = Scheduling.read(layout.scheduler());
    NetworkConfig network = Networks.read(layout);
    Path adapter = layout.directory().resolve(ModelLayout.ADAPTER);
    Optional<MotionAdapter> own =
        network.temporal() || choice.motion().isPresent()
            ? Optional.empty()
            : Optional.of(
                Denoisers.open(
                    files,
                    MotionAdapter.open(
                        adapter, files.variant(Component.diffusion(adapter), choice.variant()))));
    return assembly.blueprint(
        KIND,
        StableDiffusion.shown(files, Denoisers.dress(files, choice, network, own)),
        scheduling,
        StableDiffusion.defaults(layout, scheduling).of(MotionAdapter.CLIP),
        new Blueprint.Leftovers(components.unused(index), List.of()));
  }
}
