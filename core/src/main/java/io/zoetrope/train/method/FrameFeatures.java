package io.zoetrope.train.method;

import io.zoetrope.data.Clip;
import io.zoetrope.data.ClipDataset;
import io.zoetrope.eval.features.ClassifierFeatures;
import io.zoetrope.media.FrameTensors;
import io.zoetrope.media.Video;
import io.zoetrope.progress.Phase;
import io.zoetrope.progress.Progress;
import io.zoetrope.progress.Report;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * What a frozen classifier makes of single frames: the embeddings that stand for pictures.
 *
 * @param features_NE of one frame of each clip, f32, outside scopes
 * @param captions of the clips
 */
record FrameFeatures(Tensor features_NE, List<String> captions) implements Setting.Resource {
  /** Frames that a picture stays. */
  private static final int STILL = 4;

  /** Least deviation of a feature: one that never changes says nothing. */
  private static final double LEAST = 1e-3;

  /**
   * Reads clips.
   *
   * @param count of them, from the first
   */
  static FrameFeatures of(
      ClipDataset data, int count, ClassifierFeatures classifier, Progress progress) {
    List<Tensor> rows = new ArrayList<>();
    List<String> captions = new ArrayList<>();
    for (long i = 0; i < count; i++) {
      progress.requireGoing(i, count);
      Clip clip = data.get(i);
      int frames = clip.video().frames().size();
      int at = (int) (i % frames);
      // The classifier has seen clips, never a single frame: of a frame that stays it knows more.
      Video still =
          new Video(Collections.nCopies(STILL, clip.video().frames().get(at)), clip.video().fps());
      captions.add(clip.caption());
      rows.add(
          Scopes.keep(
              Scopes.tensor(() -> classifier.features(FrameTensors.toTensor(still).unsqueeze(0)))));
      progress.update(Report.of(Phase.ENCODE, i + 1, count));
    }
    Tensor all = Scopes.keep(Scopes.tensor(() -> Tensors.cat(rows, 0)));
    rows.forEach(Scopes::free);
    return new FrameFeatures(all, captions);
  }

  /** Mean of each feature, [1, E]. */
  Tensor mean_1E() {
    return Ops.mean(features_NE, 0).unsqueeze(0);
  }

  /** Deviation of each feature, [1, E]. */
  Tensor deviation_1E() {
    return Ops.add(Ops.std(features_NE, 0), LEAST).unsqueeze(0);
  }

  int size() {
    return captions.size();
  }

  @Override
  public void close() {
    Scopes.free(features_NE);
  }
}
