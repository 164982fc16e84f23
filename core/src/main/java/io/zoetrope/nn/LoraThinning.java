package io.zoetrope.nn;

import io.zoetrope.torch.Ops;
import io.zoetrope.torch.RandomStream;
import io.zoetrope.torch.RandomStreams;
import io.zoetrope.torch.Tensors;
import java.util.Arrays;
import java.util.Optional;
import java.util.SplittableRandom;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * What is left away of low-rank updates in training, by chance; what is left is that much stronger,
 * but for whole updates (PEFT's dropout of inputs; kohya's of ranks and of modules).
 *
 * @param inputs probability that a number of an input is 0
 * @param ranks probability that a rank is, of each row of a batch
 * @param updates probability that a layer does without its update
 */
public record LoraThinning(double inputs, double ranks, double updates) {
  /** Nothing is left away. */
  public static final LoraThinning NONE = new LoraThinning(0, 0, 0);

  public LoraThinning {
    for (double odds : new double[] {inputs, ranks, updates}) {
      if (!(odds >= 0 && odds < 1)) {
        throw new IllegalArgumentException("a probability from 0 to below 1, not " + odds);
      }
    }
  }

  /** Of one layer; what it draws is the same until it is told otherwise. */
  interface Layer {
    /** Whether there is an update. */
    boolean acts();

    Tensor input(Tensor x);

    /**
     * @param axis of the ranks
     */
    Tensor ranks(Tensor inner, long axis);
  }

  static final Layer WHOLE =
      new Layer() {
        @Override
        public boolean acts() {
          return true;
        }

        @Override
        public Tensor input(Tensor x) {
          return x;
        }

        @Override
        public Tensor ranks(Tensor inner, long axis) {
          return inner;
        }
      };

  /** Of a layer in a forward pass. */
  Layer of(RandomStreams random, String layer) {
    return equals(NONE) ? WHOLE : new Drawn(this, random.child("thinning").child(layer));
  }

  private record Drawn(LoraThinning odds, RandomStreams random) implements Layer {
    @Override
    public boolean acts() {
      return odds.updates == 0
          || new SplittableRandom(random.key("update")).nextDouble() >= odds.updates;
    }

    @Override
    public Tensor input(Tensor x) {
      return mask("input", odds.inputs, Tensors.shape(x)).map(m -> times(x, m)).orElse(x);
    }

    @Override
    public Tensor ranks(Tensor inner, long axis) {
      long[] shape = new long[Math.toIntExact(inner.dim())];
      Arrays.fill(shape, 1);
      shape[0] = inner.size(0);
      shape[(int) axis] = inner.size(axis);
      return mask("ranks", odds.ranks, shape).map(m -> times(inner, m)).orElse(inner);
    }

    private static Tensor times(Tensor x, Tensor mask) {
      return x.mul(mask.to(x.device(), x.scalar_type()));
    }

    private Optional<Tensor> mask(String what, double odds, long... shape) {
      if (odds == 0) {
        return Optional.empty();
      }
      try (RandomStream stream = random.stream(what)) {
        Tensor kept = stream.uniform(shape).ge(new Scalar(odds));
        return Optional.of(Ops.mul(kept.to(ScalarType.Float), 1 / (1 - odds)));
      }
    }
  }
}
