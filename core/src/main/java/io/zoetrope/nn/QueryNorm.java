package io.zoetrope.nn;

import io.zoetrope.torch.Ops;
import io.zoetrope.torch.Tensors;
import java.util.Arrays;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** How attention normalises queries or keys, in f32; it splits them into heads as well. */
public record QueryNorm(Tensor weight, Kind kind) {
  private static final double EPS = 1e-6;

  /** Over what. */
  public enum Kind {
    NONE,

    /**
     * Layer normalisation with scale over the features of a head: keeps attention's logits in
     * bounds (Dehghani et al., "Scaling Vision Transformers to 22 Billion Parameters", 2023,
     * section 2.1).
     */
    HEADS,

    /** By the root mean square over all heads together: {@code rms_norm_across_heads}. */
    ACROSS;

    /** On its weights; empty for {@link #NONE}. */
    public Optional<QueryNorm> of(Parameters p, long width, long heads) {
      return switch (this) {
        case NONE -> Optional.empty();
        case HEADS -> Optional.of(on(p, width / heads));
        case ACROSS -> Optional.of(on(p, width));
      };
    }

    private QueryNorm on(Parameters p, long features) {
      return new QueryNorm(p.plain("weight", Init.ONES, features), this);
    }
  }

  /** x [..., Hd * D] -> [..., Hd, D] f32. */
  public Tensor forward(Tensor x, long heads) {
    return switch (kind) {
      case NONE -> split(x, heads).to(ScalarType.Float);
      case HEADS ->
          Ops.layerNorm(
              split(x, heads).to(ScalarType.Float), Optional.of(weight), Optional.empty(), EPS);
      case ACROSS -> split(Ops.rmsNorm(x.to(ScalarType.Float), Optional.of(weight), EPS), heads);
    };
  }

  /** [..., Hd * D] -> [..., Hd, D]: a view. */
  static Tensor split(Tensor x, long heads) {
    long[] shape = Tensors.shape(x);
    long[] parts = Arrays.copyOf(shape, shape.length + 1);
    parts[shape.length - 1] = heads;
    parts[shape.length] = shape[shape.length - 1] / heads;
    return x.reshape(parts);
  }
}
