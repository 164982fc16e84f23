package io.zoetrope.torch;

import java.time.Duration;
import org.bytedeco.pytorch.Tensor;

/**
 * What workers that compute together need of one another. Everyone calls it equally often, with
 * tensors of the same shapes and kinds, in the same order, on one thread.
 */
public interface AllReduce extends AutoCloseable {
  /** Who this is. */
  Share share();

  /**
   * Puts the sum over all workers in the place of a tensor: the same to the bit at each, and in
   * each run.
   *
   * @param tensor contiguous, on the CPU
   * @param patience how long the others may take to come here
   * @throws PeerLost if one of them does not come
   */
  void sum(Tensor tensor, Duration patience);

  /** Leaves the others, who notice at their next call. */
  @Override
  void close();
}
