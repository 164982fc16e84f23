package io.zoetrope.train;

import io.zoetrope.torch.AllReduce;
import io.zoetrope.torch.Share;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * Who else trains this run: nobody, or workers that each compute their {@link Share} of every batch
 * and average what they find. Whatever is called here is called by all, in the same order, or
 * {@link #fail} by those who cannot.
 */
public sealed interface World permits Alone, Ranks {
  /** Steps between comparisons of parameters that are usual. */
  long USUAL_COMPARISONS = 500;

  /** Nobody else. */
  static World alone() {
    return Alone.ONE;
  }

  /**
   * Workers that find each other by sums.
   *
   * @param compareEvery steps between comparisons of everyone's parameters
   */
  static World ranks(AllReduce peers, long compareEvery) {
    TrainingSettings.atLeast("the steps between comparisons", 1, compareEvery);
    return peers.share().isWhole() ? Alone.ONE : new Ranks(peers, compareEvery);
  }

  /** What is computed here. */
  Share share();

  /** Whether it is this one that writes and speaks. */
  default boolean leads() {
    return share().rank() == 0;
  }

  /** Whether parameters are compared after a step. */
  boolean compares(long step);

  /**
   * What everyone says, by rank.
   *
   * @param at where in the loop this is: everyone's is the same
   * @throws io.zoetrope.error.UserError as another one said it to {@link #fail}
   * @throws io.zoetrope.torch.PeerLost if another one is gone
   */
  List<byte[]> exchange(String at, byte[] own);

  /** The same for what may take the others hours, such as making data ready. */
  List<byte[]> await(String at, byte[] own);

  /**
   * Puts the means over all in the places of tensors.
   *
   * @param at as in {@link #exchange}
   */
  void mean(String at, List<Tensor> tensors);

  /** Whether somebody says yes. */
  default boolean any(String at, boolean own) {
    return exchange(at, new byte[] {(byte) (own ? 1 : 0)}).stream().anyMatch(said -> said[0] != 0);
  }

  /**
   * Tells the others that this one cannot go on, at their next call. Does nothing where they know
   * or are gone.
   */
  void fail(Throwable why);
}
