package io.zoetrope.train;

import io.zoetrope.torch.Share;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/** A world of one. */
enum Alone implements World {
  ONE;

  @Override
  public Share share() {
    return Share.WHOLE;
  }

  @Override
  public boolean compares(long step) {
    return false;
  }

  @Override
  public List<byte[]> exchange(String at, byte[] own) {
    return List.of(own);
  }

  @Override
  public List<byte[]> await(String at, byte[] own) {
    return List.of(own);
  }

  @Override
  public void mean(String at, List<Tensor> tensors) {
    // They are.
  }

  @Override
  public void fail(Throwable why) {
    // Nobody hears it.
  }
}
