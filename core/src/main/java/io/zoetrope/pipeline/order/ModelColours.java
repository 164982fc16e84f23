package io.zoetrope.pipeline.order;

import io.zoetrope.media.Frame;
import io.zoetrope.pipeline.Engine;
import io.zoetrope.pipeline.model.VideoModel;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.Tensors;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.WeakHashMap;
import org.bytedeco.pytorch.Tensor;

/**
 * Colours of a model's latents, as they are known by now: learned of parts of single frames that it
 * decodes, and kept as long as the model is, so that the next order that it makes begins with them.
 */
final class ModelColours {
  /** Pixels that are shown of each latent, on a side. */
  private static final int FINE = 2;

  /** Latents on a side of what is decoded: half of a frame's, within these. */
  private static final int LEAST = 8;

  private static final int MOST = 16;

  private static final Map<VideoModel, ModelColours> KEPT =
      Collections.synchronizedMap(new WeakHashMap<>());

  private LatentColours.Seen seen;
  private Optional<LatentColours> colours = Optional.empty();

  private ModelColours(int channels) {
    seen = LatentColours.Seen.nothing(channels, FINE);
  }

  /** Those of a model. */
  static ModelColours of(VideoModel model) {
    return KEPT.computeIfAbsent(model, m -> new ModelColours(m.grid().channels()));
  }

  /** Whether anything was learned yet. */
  boolean known() {
    return colours.isPresent();
  }

  /**
   * Learns of the part of a frame that is fullest of contrast.
   *
   * @param z_1C1HW latents of a frame, with the channels of the model
   * @throws io.zoetrope.error.UserError if they are no numbers
   */
  void learn(Engine engine, Tensor z_1C1HW) {
    Tensor part = part(z_1C1HW);
    Frame decoded = engine.decode(part, 1).frames().getFirst();
    seen = seen.and(Tensors.toFloats(part), (int) part.size(4), (int) part.size(3), decoded);
    colours = Optional.of(seen.fit());
  }

  /** Frames of latents [1, C, F, H, W]; empty before anything is known. */
  List<Frame> show(Tensor z_1CFHW) {
    List<Frame> frames = new ArrayList<>();
    colours.ifPresent(known -> {
      for (int i = 0; i < z_1CFHW.size(2); i++) {
        frames.add(
            known.show(
                Tensors.toFloats(z_1CFHW.narrow(2, i, 1)),
                (int) z_1CFHW.size(4),
                (int) z_1CFHW.size(3)));
      }
    });
    return frames;
  }

  private static Tensor part(Tensor z_1C1HW) {
    int height = side((int) z_1C1HW.size(3));
    int width = side((int) z_1C1HW.size(4));
    Tensor best = z_1C1HW.narrow(3, 0, height).narrow(4, 0, width);
    double most = -1;
    for (long top : places(z_1C1HW.size(3), height)) {
      for (long left : places(z_1C1HW.size(4), width)) {
        Tensor part = z_1C1HW.narrow(3, top, height).narrow(4, left, width);
        double contrast = Tensors.toDoubles(Ops.mean(Ops.std(part, 3, 4), 0, 1, 2))[0];
        if (contrast > most) {
          most = contrast;
          best = part;
        }
      }
    }
    return best;
  }

  private static int side(int all) {
    return Math.min(all, Math.clamp(all / 2, LEAST, MOST));
  }

  private static long[] places(long all, long side) {
    long rest = all - side;
    return rest == 0 ? new long[] {0} : new long[] {0, rest / 2, rest};
  }
}
