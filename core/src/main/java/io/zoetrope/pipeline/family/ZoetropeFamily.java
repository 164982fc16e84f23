package io.zoetrope.pipeline.family;

import io.zoetrope.checkpoint.JsonFiles;
import io.zoetrope.network.NetworkConfig;
import io.zoetrope.pipeline.schedule.DiffusersScheduler;
import io.zoetrope.pipeline.schedule.Scheduling;
import java.util.Optional;

/**
 * What is trained here: a space-time transformer or a U-Net, a text transformer, an autoencoder or
 * none.
 */
final class ZoetropeFamily implements ModelFamily {
  @Override
  public String name() {
    return ModelIndex.KIND;
  }

  @Override
  public boolean recognises(ModelFiles files) {
    return files.kind().equals(ModelIndex.KIND);
  }

  @Override
  public Blueprint read(ModelFiles files, ModelChoice choice) {
    Assembly assembly = Assembly.ofDirectory(files, choice);
    ModelLayout layout = assembly.layout();
    ModelIndex index = JsonFiles.read(layout.index(), ModelIndex.class);
    Scheduling own = Scheduling.read(layout.scheduler());
    boolean moves = choice.motion().isPresent();
    // An image model's scheduler knows nothing of motion.
    Scheduling scheduling =
        moves && own instanceof DiffusersScheduler image ? image.underMotion() : own;
    Optional<Beside> beside = index.beside().map(Beside::of);
    NetworkConfig network = Networks.read(layout);
    NetworkConfig seeing = beside.map(what -> what.seenBy(network)).orElse(network);
    Denoisers.Dressed dressed = Denoisers.dress(files, choice, seeing, Optional.empty());
    return assembly.blueprint(
        index.kind(),
        beside.map(dressed::shown).orElse(dressed),
        scheduling,
        moves ? index.defaults().of(MotionAdapter.CLIP) : index.defaults(),
        Blueprint.Leftovers.NONE);
  }
}
