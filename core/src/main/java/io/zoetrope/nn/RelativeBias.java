package io.zoetrope.nn;

import io.zoetrope.torch.Tensors;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * A learned number for each head and distance, added to attention's logits (Raffel et al., "T5",
 * 2020, section 2.1). Near distances have one each; far ones share, in steps of a geometric series,
 * and all beyond {@code furthest} are one. Past and future are told apart.
 *
 * @param weight_KHd one row for each of K buckets
 * @param furthest distance from which on all are alike
 */
public record RelativeBias(Tensor weight_KHd, int furthest) {
  public static RelativeBias of(Parameters p, int buckets, int furthest, long heads) {
    if (buckets < 4 || buckets % 2 != 0 || furthest <= buckets / 4) {
      throw new IllegalArgumentException(
          "relative positions need an even number of at least 4 buckets and a furthest distance "
              + "above a quarter of it, not "
              + buckets
              + " and "
              + furthest);
    }
    return new RelativeBias(p.plain("weight", Init.ZEROS, buckets, heads), furthest);
  }

  /**
   * The bias between moments.
   *
   * @param times of each of F frames, in frames
   * @return [Hd, F, F]: what the row's frame adds to its look at the column's
   */
  public Tensor between(float[] times) {
    int frames = times.length;
    long[] rows = new long[frames * frames];
    for (int i = 0; i < frames; i++) {
      for (int j = 0; j < frames; j++) {
        rows[i * frames + j] = bucket(times[j] - times[i]);
      }
    }
    Tensor index = Tensors.of(rows, rows.length).to(weight_KHd.device(), ScalarType.Long);
    return weight_KHd.index_select(0, index).reshape(frames, frames, -1).permute(2, 0, 1);
  }

  /** Which row a distance has, from the looking frame to the one looked at. */
  int bucket(double distance) {
    int side = (int) weight_KHd.size(0) / 2;
    int near = side / 2;
    double d = Math.abs(distance);
    int within =
        d < near
            ? (int) Math.rint(d)
            : near
                + (int) (Math.log(d / near) / Math.log((double) furthest / near) * (side - near));
    return (distance > 0 ? side : 0) + Math.min(within, side - 1);
  }
}
