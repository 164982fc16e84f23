package io.zoetrope.curation.measure;

import io.zoetrope.eval.features.ClipModel;
import io.zoetrope.media.Frame;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A CLIP that several measures ask. It is opened when it is first needed, and open as long as the
 * process.
 */
final class ClipSight implements Shot.Sight {
  private final Path folder;
  private Optional<ClipModel> model = Optional.empty();
  private Said last = new Said("", new double[0]);

  private record Said(String caption, double[] vector) {}

  ClipSight(Path folder) {
    this.folder = folder;
  }

  private synchronized ClipModel model() {
    ClipModel opened = model.orElseGet(() -> ClipModel.load(folder));
    model = Optional.of(opened);
    return opened;
  }

  /** The embedding of a picture, not normalised. */
  @Override
  public double[] see(Frame frame) {
    return Scopes.value(() -> Tensors.toDoubles(model().pictures(List.of(frame))));
  }

  /** That of a caption; the clips of a video often have the same. */
  synchronized double[] words(String caption) {
    if (last.vector().length == 0 || !last.caption().equals(caption)) {
      last =
          new Said(caption, Scopes.value(() -> Tensors.toDoubles(model().texts(List.of(caption)))));
    }
    return last.vector();
  }
}
