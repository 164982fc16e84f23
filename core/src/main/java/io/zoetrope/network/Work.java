package io.zoetrope.network;

/**
 * Floating point operations of one pass of a network, a multiplication and an addition counted as
 * two. Norms, activations and rotations are left out, as they are in published counts.
 *
 * @param products of activations with weights
 * @param convolutions over more than one place, by the direct way
 * @param attention of queries with keys, and of weights with values
 */
public record Work(double products, double convolutions, double attention) {
  /** None at all. */
  public static final Work NONE = new Work(0, 0, 0);

  /**
   * What goes into a network.
   *
   * @param batch clips, or twice as many with guidance
   * @param frames of each, as the network counts
   * @param rows of each, likewise
   * @param columns likewise
   * @param words text tokens of each
   */
  public record Input(long batch, long frames, long rows, long columns, long words) {}

  public double total() {
    return products + convolutions + attention;
  }

  /** Forward and backward: each product has two more in the backward pass. */
  public Work training() {
    return times(3);
  }

  public Work times(double many) {
    return new Work(many * products, many * convolutions, many * attention);
  }

  public Work plus(Work other) {
    return new Work(
        products + other.products, convolutions + other.convolutions, attention + other.attention);
  }

  /** Of rows of so many numbers with a matrix. */
  public static double product(double rows, double in, double out) {
    return 2 * rows * in * out;
  }

  /**
   * Of attention.
   *
   * @param queries in all
   * @param seen by each
   * @param width features of all heads together
   */
  public static double looking(double queries, double seen, double width) {
    return 2 * 2 * queries * seen * width;
  }
}
