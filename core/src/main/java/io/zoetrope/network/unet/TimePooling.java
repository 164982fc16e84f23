package io.zoetrope.network.unet;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.network.FrameGroups;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.Tensors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import org.bytedeco.pytorch.Tensor;

/**
 * Half as many frames, and twice as many again (Bar-Tal et al., "Lumiere", 2024, section 3.1):
 * every second frame is kept, and stands for two on the way back. Frames pair within their group,
 * so an image beside a clip stays by itself; a last frame without another stands for itself, as if
 * it were there twice. Holds no native memory.
 *
 * @param firsts of each pair its first frame
 * @param seconds of each pair its second frame, or the first once more
 * @param pairs of each frame the pair that it is in
 */
record TimePooling(long[] firsts, long[] seconds, long[] pairs) {
  /**
   * Of clips of so many frames.
   *
   * @throws UserError if frames of several clips group differently
   */
  static TimePooling of(Optional<FrameGroups> groups, long batch, long frames) {
    FrameGroups all = groups.orElseGet(() -> FrameGroups.whole(batch, frames));
    List<long[]> members = all.members(0);
    for (int clip = 1; clip < batch; clip++) {
      if (!Arrays.deepEquals(
          members.toArray(long[][]::new), all.members(clip).toArray(long[][]::new))) {
        throw new UserError(
            Fault.UNSUPPORTED, "this network halves time, so all clips group their frames alike");
      }
    }
    List<long[]> pairs = new ArrayList<>();
    for (long[] group : members) {
      for (int i = 0; i < group.length; i += 2) {
        pairs.add(new long[] {group[i], group[Math.min(i + 1, group.length - 1)]});
      }
    }
    pairs.sort(Comparator.comparingLong(pair -> pair[0]));
    long[] firsts = new long[pairs.size()];
    long[] seconds = new long[pairs.size()];
    long[] of = new long[(int) frames];
    for (int i = 0; i < firsts.length; i++) {
      firsts[i] = pairs.get(i)[0];
      seconds[i] = pairs.get(i)[1];
      of[(int) firsts[i]] = i;
      of[(int) seconds[i]] = i;
    }
    return new TimePooling(firsts, seconds, of);
  }

  /** How many frames are left. */
  int left() {
    return firsts.length;
  }

  /** Every second frame: x [B * F, C, H, W] -> [B * F', C, H, W]. */
  Tensor down(Tensor x_MCHW) {
    return select(x_MCHW, firsts, pairs.length);
  }

  /** Each twice: x [B * F', C, H, W] -> [B * F, C, H, W]. */
  Tensor up(Tensor x_MCHW) {
    return select(x_MCHW, pairs, firsts.length);
  }

  /** Features of two frames as those of the one that stands for them: [B * F, E] -> [B * F', E]. */
  Tensor mean(Tensor c_ME) {
    Tensor first = select(c_ME, firsts, pairs.length);
    return first.add(select(c_ME, seconds, pairs.length)).mul(Tensors.full(0.5));
  }

  private static Tensor select(Tensor x, long[] frames, int of) {
    if (frames.length == of) {
      return x; // no two frames are together
    }
    long batch = x.size(0) / of;
    long[] rows =
        LongStream.range(0, batch * frames.length)
            .map(i -> i / frames.length * of + frames[(int) (i % frames.length)])
            .toArray();
    Tensor some = x.index_select(0, Tensors.beside(x, Tensors.of(rows, rows.length)));
    // As the layers around it lay them out: else convolutions would round in another way.
    return some.dim() == 4 ? Ops.channelsLast(some) : some;
  }
}
