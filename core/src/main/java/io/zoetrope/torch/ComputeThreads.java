package io.zoetrope.torch;

import org.bytedeco.pytorch.global.torch;

/** The threads that libtorch and its BLAS compute on in this process. */
public final class ComputeThreads {
  private ComputeThreads() {}

  /**
   * From now on at most so many compute: for a process that shares its processors with others of
   * its kind. It is for the whole process, and is not taken back.
   *
   * @param threads at least 1
   */
  public static void limit(int threads) {
    if (threads < 1) {
      throw new IllegalArgumentException("threads must be 1 or more, not " + threads);
    }
    Natives.prepare();
    torch.set_num_threads(Math.min(threads, torch.get_num_threads()));
    Blas.limit(threads);
  }
}
