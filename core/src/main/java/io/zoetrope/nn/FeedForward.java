package io.zoetrope.nn;

import io.zoetrope.torch.Ops;
import org.bytedeco.pytorch.Tensor;

/** Two linear layers with a tanh GELU between. */
public record FeedForward(Linear in, Linear out) {
  /** Hidden size {@code width * factor}. */
  public static FeedForward of(Parameters p, long width, long factor, Init out) {
    return ofHidden(p, width, width * factor, out);
  }

  /** With so many hidden features. */
  public static FeedForward ofHidden(Parameters p, long width, long hidden, Init out) {
    return new FeedForward(
        Linear.of(p.at("net").at(0).at("proj"), width, hidden, Init.xavier()),
        Linear.of(p.at("net").at(2), hidden, width, out));
  }

  public Tensor forward(Tensor x) {
    return out.forward(Ops.geluTanh(in.forward(x)));
  }
}
