package io.zoetrope.network;

import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.torch.Tensors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;

/**
 * Which frames of a batch mix in time ({@link Conditioning#FRAME_GROUPS}). An image that is trained
 * beside a clip is a group of its own (Ho et al., "Video Diffusion Models", 2022, section 3.1: its
 * temporal attention is fixed to itself). Holds no native memory.
 */
public final class FrameGroups {
  private final long[] groups;
  private final int batch;
  private final int frames;

  private FrameGroups(long[] groups, int batch, int frames) {
    this.groups = groups;
    this.batch = batch;
    this.frames = frames;
  }

  /**
   * The groups of a batch; empty where all frames of each clip belong together.
   *
   * @throws IllegalArgumentException if they are not for so many clips and frames
   */
  public static Optional<FrameGroups> of(Conditioning conditioning, long batch, long frames) {
    return conditioning
        .get(Conditioning.FRAME_GROUPS)
        .map(g -> {
          if (!Arrays.equals(Tensors.shape(g), new long[] {batch, frames})) {
            throw new IllegalArgumentException(
                "frame groups "
                    + Arrays.toString(Tensors.shape(g))
                    + " are not for "
                    + batch
                    + " clips of "
                    + frames
                    + " frames");
          }
          return new FrameGroups(Tensors.toLongs(g), (int) batch, (int) frames);
        });
  }

  /** All frames of each clip together. */
  public static FrameGroups whole(long batch, long frames) {
    return new FrameGroups(new long[(int) (batch * frames)], (int) batch, (int) frames);
  }

  /** Whether every frame is a group of its own, so that none mixes with another. */
  public boolean alone() {
    return IntStream.range(0, batch)
        .allMatch(clip ->
            Arrays.stream(groups, clip * frames, (clip + 1) * frames).distinct().count() == frames);
  }

  /** 1 for each of the B * F frames whose group has others, 0 for one that is alone: f32. */
  public Tensor inCompany_M() {
    float[] some = new float[batch * frames];
    for (int clip = 0; clip < batch; clip++) {
      for (long[] members : members(clip)) {
        for (long member : members) {
          some[clip * frames + (int) member] = members.length > 1 ? 1 : 0;
        }
      }
    }
    return Tensors.of(some, some.length);
  }

  /** The frames of each group of a clip, in order. */
  public List<long[]> members(int clip) {
    Map<Long, List<Long>> byGroup = new LinkedHashMap<>();
    for (int f = 0; f < frames; f++) {
      byGroup.computeIfAbsent(groups[clip * frames + f], g -> new ArrayList<>()).add((long) f);
    }
    return byGroup.values().stream()
        .map(m -> m.stream().mapToLong(Long::longValue).toArray())
        .toList();
  }

  /** For each of the B * F frames the first of its group: int64. */
  public Tensor first_M() {
    return rows((members, i) -> members[0]);
  }

  /** For each of the B * F frames the last of its group: int64. */
  public Tensor last_M() {
    return rows((members, i) -> members[members.length - 1]);
  }

  /** For each of the B * F frames the one before it in its group, or itself: int64. */
  public Tensor previous_M() {
    return rows((members, i) -> members[Math.max(0, i - 1)]);
  }

  /** Row in the batch of the frame that each frame is to see. */
  private Tensor rows(Seen seen) {
    long[] rows = new long[batch * frames];
    for (int clip = 0; clip < batch; clip++) {
      for (long[] members : members(clip)) {
        for (int i = 0; i < members.length; i++) {
          int at = clip * frames;
          rows[at + (int) members[i]] = at + seen.of(members, i);
        }
      }
    }
    return Tensors.of(rows, rows.length);
  }

  private interface Seen {
    long of(long[] members, int index);
  }

  private boolean together(int clip, int f, int g) {
    return groups[clip * frames + f] == groups[clip * frames + g];
  }

  /** What is added to attention's logits: 0 within a group, else minus infinity. [B, F, F], f32. */
  public Tensor bias_BFF() {
    float[] bias = new float[batch * frames * frames];
    for (int i = 0; i < bias.length; i++) {
      int clip = i / (frames * frames);
      if (!together(clip, i / frames % frames, i % frames)) {
        bias[i] = Float.NEGATIVE_INFINITY;
      }
    }
    return Tensors.of(bias, batch, frames, frames);
  }

  /**
   * Which neighbours a convolution over time takes in: 1 within a group, else 0. [B, F, K], f32;
   * column k is the neighbour {@code k - K / 2} frames on.
   */
  public Tensor reach_BFK(int kernel) {
    float[] reach = new float[batch * frames * kernel];
    for (int i = 0; i < reach.length; i++) {
      int f = i / kernel % frames;
      int g = f + i % kernel - kernel / 2;
      reach[i] = g >= 0 && g < frames && together(i / kernel / frames, f, g) ? 1 : 0;
    }
    return Tensors.of(reach, batch, frames, kernel);
  }
}
