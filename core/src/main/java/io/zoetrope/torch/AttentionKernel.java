package io.zoetrope.torch;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** How softmax attention is computed. All ways give the same result up to rounding. */
public sealed interface AttentionKernel {
  /** libtorch's fused kernel, which never holds all logits: {@link Ops#attention}. */
  AttentionKernel FUSED = new Fused();

  /**
   * Softmax attention over q, k, v [..., N, D], scaled by {@code 1 / sqrt(D)}.
   *
   * @param q 4 axes or more
   * @param mask added to the logits, or boolean with true = may look; broadcast to [..., Nq, Nk]
   */
  Tensor attend(Tensor q, Tensor k, Tensor v, Optional<Tensor> mask);

  /**
   * The kernel by name.
   *
   * @param name {@code fused}; or {@code sliced}, with slices of 32 MiB, or {@code sliced:N} for N
   *     MiB
   * @throws UserError if there is none of that name
   */
  static AttentionKernel of(String name) {
    if (name.equals("fused")) {
      return FUSED;
    }
    String size = name.equals("sliced") ? "sliced:32" : name;
    if (!size.matches("sliced:[1-9]\\d{0,5}")) {
      throw new UserError(
          Fault.INVALID,
          "unknown attention '%s'".formatted(name),
          "use fused, sliced, or sliced:N for slices of N MiB");
    }
    return new Sliced(Long.parseLong(size.substring(size.indexOf(':') + 1)) << 20);
  }

  /** See {@link #FUSED}. */
  record Fused() implements AttentionKernel {
    @Override
    public Tensor attend(Tensor q, Tensor k, Tensor v, Optional<Tensor> mask) {
      return Ops.attention(q, k, v, mask);
    }
  }

  /**
   * Two matrix products with a softmax between, over as many rows of the batch, heads or queries at
   * a time as keep the logits in bounds.
   *
   * @param bytes that the logits of a slice may take; a slice is never less than one query
   */
  record Sliced(long bytes) implements AttentionKernel {
    public Sliced {
      if (bytes < 1) {
        throw new IllegalArgumentException("slices of " + bytes + " bytes");
      }
    }

    @Override
    public Tensor attend(Tensor q, Tensor k, Tensor v, Optional<Tensor> mask) {
      return slice(Ops.mul(q, 1 / Math.sqrt(q.size(-1))), k, v, mask, 0);
    }

    /** Cuts the axis into slices, and these along the next one if they are still too large. */
    private Tensor slice(Tensor q, Tensor k, Tensor v, Optional<Tensor> mask, int axis) {
      long last = q.dim() - 2;
      long logits = q.numel() / q.size(-1) * k.size(-2) * 4;
      if (logits <= bytes || axis > last) {
        return whole(q, k, v, mask);
      }
      long size = q.size(axis);
      long step = Math.max(1, bytes / (logits / size));
      List<Tensor> parts = new ArrayList<>();
      for (long at = 0; at < size; at += step) {
        long from = at;
        long count = Math.min(step, size - at);
        Optional<Tensor> part = mask.map(m -> narrow(m, q.dim(), axis, from, count));
        parts.add(
            axis == last
                ? slice(q.narrow(axis, from, count), k, v, part, axis + 1)
                : slice(
                    q.narrow(axis, from, count),
                    k.narrow(axis, from, count),
                    v.narrow(axis, from, count),
                    part,
                    axis + 1));
      }
      return parts.size() == 1 ? parts.getFirst() : Tensors.cat(parts, axis);
    }

    /** A mask's part for a slice of an axis along which it may be broadcast. */
    private static Tensor narrow(Tensor mask, long axes, int axis, long from, long count) {
      long own = axis - (axes - mask.dim());
      return own < 0 || mask.size(own) == 1 ? mask : mask.narrow(own, from, count);
    }

    private static Tensor whole(Tensor q, Tensor k, Tensor v, Optional<Tensor> mask) {
      Tensor logits = torch.matmul(q, k.transpose(-2, -1));
      if (mask.isPresent()) {
        Tensor m = mask.get();
        logits =
            m.scalar_type().intern() == ScalarType.Bool
                ? Ops.where(m, logits, Double.NEGATIVE_INFINITY)
                : logits.add(m);
      }
      return torch.matmul(logits.softmax(-1), v);
    }
  }
}
