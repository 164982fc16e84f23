package io.zoetrope.nn;

import io.zoetrope.torch.Ops;
import org.bytedeco.pytorch.Tensor;

/** Two linear layers with a tanh GELU between. */
public record FeedForward(Linear in, Linear out) {
  /** Hidden size {@code width * factor}. */
  public static FeedForward of(Parameters p, long width, long factor, Init out) {
    return new FeedForward(
        Linear.of(p.at("net").at(0).at("proj"), width, width * factor, Init.xavier()),
        Linear.of(p.at("net").at(2), width * factor, width, out));
  }

  public Tensor forward(Tensor x) {
    return out.forward(Ops.geluTanh(in.forward(x)));
  }
}
