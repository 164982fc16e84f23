package io.zoetrope.eval.features;

import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.bytedeco.pytorch.Tensor;

/** Features of a set of videos, collected batch by batch. Kept in Java, so it needs no closing. */
public final class FeatureSet {
  private final List<double[]> rows = new ArrayList<>();

  /** Adds videos. */
  public void add(VideoFeatures extractor, Tensor x_B3FHW) {
    add(Scopes.value(() -> rows(extractor.features(x_B3FHW))));
  }

  /** Adds rows of one length. */
  public void add(double[][] more) {
    rows.addAll(List.of(more));
  }

  private static double[][] rows(Tensor features_BD) {
    int size = (int) features_BD.size(1);
    double[] flat = Tensors.toDoubles(features_BD);
    double[][] rows = new double[flat.length / size][];
    Arrays.setAll(rows, i -> Arrays.copyOfRange(flat, i * size, (i + 1) * size));
    return rows;
  }

  /** How many videos. */
  public int size() {
    return rows.size();
  }

  /** The mean over videos, D numbers. */
  public double[] mean() {
    double[] mean = new double[rows.getFirst().length];
    for (double[] row : rows) {
      for (int d = 0; d < mean.length; d++) {
        mean[d] += row[d] / rows.size();
      }
    }
    return mean;
  }

  /** [N, D], f64. */
  Tensor tensor() {
    int size = rows.getFirst().length;
    double[] flat = new double[rows.size() * size];
    for (int i = 0; i < rows.size(); i++) {
      System.arraycopy(rows.get(i), 0, flat, i * size, size);
    }
    return Tensors.of(flat, rows.size(), size);
  }

  /** So many of the videos, drawn without putting back. */
  FeatureSet draw(int count, SplittableRandom random) {
    List<double[]> deck = new ArrayList<>(rows);
    FeatureSet drawn = new FeatureSet();
    for (int i = 0; i < count; i++) {
      int at = i + random.nextInt(deck.size() - i);
      drawn.rows.add(deck.get(at));
      deck.set(at, deck.get(i));
    }
    return drawn;
  }
}
