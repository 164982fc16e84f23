package io.zoetrope.diffusion.guidance;

import io.zoetrope.diffusion.NoiseSchedule;
import io.zoetrope.diffusion.X0Denoiser;
import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Segments;
import io.zoetrope.torch.Tensors;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * A long clip from its key frames (Zhang et al., "ControlVideo", 2023, section 3.4): at every step
 * the key frames are denoised together, and then the frames between two of them beside both. So
 * what frames share is settled once for the whole clip, and no pass holds all of it. A clip of one
 * window is its two ends and what lies between.
 *
 * <p>It stands next to the network, within guidance.
 *
 * @param base the denoiser to ask
 * @param together what key frames are told besides
 * @param between what clips are told besides, of which the ends are key frames
 */
public record KeyFrames(X0Denoiser base, Conditioning together, Conditioning between)
    implements X0Denoiser {
  /** With fewer nothing lies between. */
  private static final int LEAST = 3;

  /**
   * The key frames of a clip: every {@code window - 1}th, and the last, where a window has as many
   * frames as there are windows, and at least 3.
   */
  public static List<Integer> of(int frames) {
    int window = Math.max(LEAST, (int) Math.sqrt(frames));
    List<Integer> keys = new ArrayList<>();
    for (int key = 0; key < frames - 1; key += window - 1) {
      keys.add(key);
    }
    keys.add(frames - 1);
    return keys;
  }

  @Override
  public NoiseSchedule schedule() {
    return base.schedule();
  }

  @Override
  public X0Denoiser segmented(Segments segments) {
    return new KeyFrames(base.segmented(segments), together, between);
  }

  @Override
  public Tensor x0(Tensor z_BCFHW, Tensor u_BF, Conditioning conditioning) {
    int frames = Math.toIntExact(z_BCFHW.size(2));
    Tensor full_BF = schedule().levels(u_BF, z_BCFHW).u_BF();
    List<Integer> keys = of(frames);
    long[] which = keys.stream().mapToLong(Integer::longValue).toArray();
    Tensor rows = Tensors.of(which, which.length);
    Tensor end =
        Scopes.tensor(() ->
            base.x0(
                z_BCFHW.index_select(2, Tensors.beside(z_BCFHW, rows)),
                full_BF.index_select(1, Tensors.beside(full_BF, rows)),
                conditioning.frames(which).and(together)));
    List<Tensor> parts = new ArrayList<>(List.of(end.narrow(2, 0, 1)));
    for (int i = 0; i + 1 < keys.size(); i++) {
      int first = keys.get(i);
      int count = keys.get(i + 1) - first + 1;
      if (count > 2) {
        Conditioning own = conditioning.frames(first, count).and(between);
        Tensor clip =
            Scopes.tensor(() ->
                base.x0(z_BCFHW.narrow(2, first, count), full_BF.narrow(1, first, count), own));
        parts.add(clip.narrow(2, 1, count - 2));
      }
      parts.add(end.narrow(2, i + 1, 1));
    }
    return Tensors.cat(parts, 2);
  }
}
