package io.zoetrope.network.vae.wan;

import io.zoetrope.Parity;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.Tensors;
import java.util.stream.LongStream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** How reference/make_wan_vae.py keeps clips. */
public final class WanFixture {
  private WanFixture() {}

  /** The clip to encode, kept as bytes. */
  public static Tensor pixels(Parity fixture) {
    return Ops.add(Ops.div(fixture.get("x").to(ScalarType.Float), 127.5), -1);
  }

  /** Of what was decoded every third row and fifth column, clamped. */
  public static Tensor kept(Tensor x) {
    return Ops.clamp(every(every(x, 3, 3), 4, 5), -1, 1);
  }

  private static Tensor every(Tensor x, int axis, int step) {
    long[] places = LongStream.iterate(0, i -> i < x.size(axis), i -> i + step).toArray();
    return x.index_select(axis, Tensors.of(places, places.length));
  }
}
