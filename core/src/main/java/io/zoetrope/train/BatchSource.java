package io.zoetrope.train;

/**
 * Batches by number. A batch must be a pure function of (step, micro), so that a resumed run sees
 * the data that it would have seen.
 */
@FunctionalInterface
public interface BatchSource<T> {
  /**
   * @param step 0-based
   * @param micro the micro-batch within the step, 0-based
   */
  T batch(long step, int micro);
}
