package io.zoetrope.diffusion.sampler;

import io.zoetrope.torch.RandomStream;
import io.zoetrope.torch.RandomStreams;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The noise of a sampling run. Each draw is named by its use, step, clip and frame, and depends on
 * those and the seed alone: not on the order of draws, nor on how many clips or frames there are.
 *
 * @param streams one family of streams for each clip
 * @param firstFrame number of the first frame, for windows that move over a longer video
 * @param given noise that is not drawn but brought along
 */
public record Noise(List<RandomStreams> streams, long firstFrame, Given given) {
  public Noise {
    streams = List.copyOf(streams);
  }

  /** All of it drawn. */
  public Noise(List<RandomStreams> streams, long firstFrame) {
    this(streams, firstFrame, Given.NONE);
  }

  /** Noise from elsewhere: a file, another program, another frame. */
  @FunctionalInterface
  public interface Given {
    /** None. */
    Given NONE = (use, draw, clip, frame) -> Optional.empty();

    /** All frames of a clip have the noise of its first. */
    Given ONE =
        new Given() {
          @Override
          public Optional<Tensor> frame(String use, long draw, int clip, long frame) {
            return Optional.empty();
          }

          @Override
          public long source(String use, int clip, long frame) {
            return 0;
          }
        };

    /**
     * The noise of a frame, [C, H, W]; empty draws it.
     *
     * @param use what for: "start" is what a video is born of
     * @param draw the step, or whatever else names the draw
     * @param clip of the batch, from 0
     * @param frame number in the whole video
     */
    Optional<Tensor> frame(String use, long draw, int clip, long frame);

    /**
     * The frame whose noise a frame has; most often itself.
     *
     * @param frame number in the whole video
     */
    default long source(String use, int clip, long frame) {
      return frame;
    }

    /**
     * Noise that frames are born of; frames beside it are drawn. Borrowed.
     *
     * @param eps_BCFHW of unit variance
     * @param first number of its first frame in the whole video
     */
    static Given start(Tensor eps_BCFHW, long first) {
      return (use, draw, clip, frame) ->
          use.equals("start") && frame >= first && frame < first + eps_BCFHW.size(2)
              ? Optional.of(eps_BCFHW.select(0, clip).select(1, frame - first))
              : Optional.empty();
    }
  }

  /** This with the frame numbered {@code frame} as its first. */
  public Noise from(long frame) {
    return new Noise(streams, frame, given);
  }

  /** This with some of it given. */
  public Noise with(Given other) {
    return new Noise(streams, firstFrame, other);
  }

  /** Clips that each have streams derived from one seed by their number. */
  public static Noise of(RandomStreams streams, long clips) {
    List<RandomStreams> each = new ArrayList<>();
    for (long clip = 0; clip < clips; clip++) {
      each.add(streams.child("clip", clip));
    }
    return new Noise(each, 0);
  }

  /** One seed for one clip. */
  public static Noise of(RandomStreams streams) {
    return of(streams, 1);
  }

  /**
   * Standard normal noise in the shape, in the dtype and on the device of a video [B, C, F, H, W].
   */
  public Tensor normal(String use, long step, Tensor like) {
    return normal(use, (clip, frame) -> step, like);
  }

  /** The step, or whatever else names a draw besides its use, of a frame of a clip, from 0. */
  @FunctionalInterface
  public interface Draw {
    long of(int clip, long frame);
  }

  /** As {@link #normal(String, long, Tensor)} with a name for each frame. */
  public Tensor normal(String use, Draw draw, Tensor like) {
    if (like.size(0) != streams.size()) {
      throw new IllegalArgumentException(
          "noise for " + streams.size() + " clips was asked for " + like.size(0));
    }
    return Scopes.tensor(() -> {
      List<Tensor> clips = new ArrayList<>();
      for (int clip = 0; clip < streams.size(); clip++) {
        List<Tensor> frames = new ArrayList<>();
        for (long frame = 0; frame < like.size(2); frame++) {
          frames.add(frame(use, draw.of(clip, frame), clip, firstFrame + frame, like));
        }
        clips.add(Tensors.stack(frames, 1));
      }
      return Tensors.stack(clips, 0).to(like.scalar_type());
    });
  }

  /** This with streams of its own below a name, the same noise given. */
  public Noise child(String name, long number) {
    return new Noise(streams.stream().map(s -> s.child(name, number)).toList(), firstFrame, given);
  }

  private Tensor frame(String use, long draw, int clip, long number, Tensor like) {
    long frame = given.source(use, clip, number);
    Optional<Tensor> brought = given.frame(use, draw, clip, frame);
    if (brought.isPresent()) {
      return brought.get().to(like.device(), ScalarType.Float);
    }
    try (RandomStream stream = streams.get(clip).stream(use, draw, frame)) {
      // Drawn on the CPU in f32: the same numbers on every device.
      return Tensors.beside(like, stream.normal(like.size(1), like.size(3), like.size(4)));
    }
  }
}
