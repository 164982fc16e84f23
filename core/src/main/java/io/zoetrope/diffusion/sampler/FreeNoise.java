package io.zoetrope.diffusion.sampler;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.torch.RandomStreams;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.LongFunction;
import org.bytedeco.pytorch.Tensor;

/**
 * Noise for videos longer than a model knows (Qiu et al. 2023, "FreeNoise", section 4.2): only the
 * first {@code window} frames have noise of their own. What comes after has the noise of frames a
 * window before, in another order within each {@code stride}, so that far frames stay alike and
 * near ones do not repeat. Frame f's noise does not depend on how many frames follow. Goes with
 * {@code network.FrameWindows}.
 *
 * @param window frames that the model knows
 * @param stride frames that are put in another order together, at most {@code window}
 * @param order of the noise
 */
public record FreeNoise(int window, int stride, Order order) {
  /** The order of the noise in later windows. */
  public enum Order {
    /** Shuffled within each stride. */
    SHUFFLED,

    /** As in the first. (The reference says so and, by a slip, draws noise for each frame.) */
    REPEATED
  }

  public FreeNoise {
    if (window < 1 || stride < 1 || stride > window) {
      throw new UserError(
          Fault.INVALID,
          "FreeNoise needs a stride of 1 to the %s frames of its window, not %s"
              .formatted(window, stride));
    }
  }

  /** Noise in which frames are born of that of others. */
  public Noise over(Noise noise) {
    Noise.Given before = noise.given();
    return noise.with(
        new Noise.Given() {
          @Override
          public Optional<Tensor> frame(String use, long draw, int clip, long frame) {
            return before.frame(use, draw, clip, frame);
          }

          @Override
          public long source(String use, int clip, long frame) {
            RandomStreams streams = noise.streams().get(clip);
            long own = before.source(use, clip, frame);
            return use.equals("start") ? source(own, block -> shuffle(streams, block)) : own;
          }

          private long source(long frame, LongFunction<int[]> orders) {
            return FreeNoise.this.source(frame, orders);
          }
        });
  }

  /**
   * The frame whose noise a frame has, below {@code window}.
   *
   * @param orders for the k-th stride after the first window an order of 0..stride-1
   */
  long source(long frame, LongFunction<int[]> orders) {
    if (order == Order.REPEATED) {
      return frame % window;
    }
    long source = frame;
    while (source >= window) {
      long block = (source - window) / stride;
      source = block * stride + orders.apply(block)[(int) ((source - window) % stride)];
    }
    return source;
  }

  private int[] shuffle(RandomStreams streams, long block) {
    SplittableRandom random = new SplittableRandom(streams.key("freenoise", block));
    int[] order = new int[stride];
    for (int i = 0; i < stride; i++) {
      int j = random.nextInt(i + 1);
      order[i] = order[j];
      order[j] = i;
    }
    return order;
  }
}
