package io.zoetrope.network.wan;

import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.network.FrameGroups;
import io.zoetrope.nn.Attention;
import io.zoetrope.nn.Rotary;
import io.zoetrope.torch.Tensors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;

/**
 * Where the tokens of a clip lie, and who looks at whom.
 *
 * @param spans for each clip; empty where all look at all
 */
record WanPlaces(Rotary rotary, Optional<List<List<Attention.Span>>> spans) {
  private static final double THETA = 10_000;

  /**
   * Of latents z [B, C, F, H, W]. Features of a head are shared out among frames, rows and columns:
   * rows and columns have a third each, made even, and frames what is left.
   *
   * @throws UserError if the latents do not split into the network's blocks
   */
  static WanPlaces of(WanConfig config, Tensor z, Conditioning conditioning) {
    int frames = Math.toIntExact(z.size(2));
    int rows = Math.toIntExact(z.size(3)) / WanConfig.PATCH;
    int columns = Math.toIntExact(z.size(4)) / WanConfig.PATCH;
    int area = rows * columns;
    float[] times = times(frames, conditioning);
    float[][] at = new float[3][frames * area];
    for (int i = 0; i < frames * area; i++) {
      at[0][i] = times[i / area];
      at[1][i] = i % area / columns;
      at[2][i] = i % columns;
    }
    int side = config.headWidth() / 6 * 2;
    int[] widths = {config.headWidth() - 2 * side, side, side};
    Rotary rotary =
        Rotary.of(List.of(at[0], at[1], at[2]), widths, config.headWidth(), THETA).beside(z);
    return new WanPlaces(rotary, spans(config, z.size(0), frames, area, conditioning));
  }

  private static float[] times(int frames, Conditioning conditioning) {
    Optional<Tensor> said = conditioning.get(Conditioning.FRAME_TIMES);
    if (said.isPresent()) {
      return Tensors.toFloats(said.get().select(0, 0));
    }
    float[] times = new float[frames];
    for (int i = 0; i < frames; i++) {
      times[i] = i;
    }
    return times;
  }

  private static Optional<List<List<Attention.Span>>> spans(
      WanConfig config, long batch, int frames, int area, Conditioning conditioning) {
    Optional<FrameGroups> groups = FrameGroups.of(conditioning, batch, frames);
    if (groups.isEmpty() && config.block() == 1) {
      return Optional.empty();
    }
    if (frames % config.block() != 0) {
      throw new UserError(
          Fault.INVALID,
          "this transformer sees blocks of %s latents, into which %s do not split"
              .formatted(config.block(), frames));
    }
    FrameGroups whole = groups.orElseGet(() -> FrameGroups.whole(batch, frames));
    List<List<Attention.Span>> clips = new ArrayList<>();
    for (int clip = 0; clip < batch; clip++) {
      List<Attention.Span> spans = new ArrayList<>();
      for (long[] members : whole.members(clip)) {
        spans.addAll(ofGroup(members, config.block(), area));
      }
      clips.add(spans);
    }
    return Optional.of(clips);
  }

  /** Within a group each block sees itself and those before it; all, where a block is one frame. */
  private static List<Attention.Span> ofGroup(long[] members, int block, int area) {
    if (block == 1) {
      long[] tokens = tokens(members, area);
      return List.of(new Attention.Span(tokens, tokens));
    }
    return Arrays.stream(members)
        .map(frame -> frame / block)
        .distinct()
        .mapToObj(number ->
            new Attention.Span(
                tokens(Arrays.stream(members).filter(f -> f / block == number).toArray(), area),
                tokens(Arrays.stream(members).filter(f -> f / block <= number).toArray(), area)))
        .toList();
  }

  private static long[] tokens(long[] frames, int area) {
    return Arrays.stream(frames)
        .flatMap(frame -> IntStream.range(0, area).mapToLong(place -> frame * area + place))
        .toArray();
  }
}
