package io.zoetrope.train;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeMap;

/**
 * What a worker found in a turn, for the others.
 *
 * @param loss of its share of the batch
 * @param metrics that were reported, means over the micro-batches
 * @param gradients which of the parameters have one
 */
record Tally(double loss, SequencedMap<String, Double> metrics, BitSet gradients) {
  byte[] bytes() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeDouble(loss);
      out.writeInt(metrics.size());
      for (Map.Entry<String, Double> metric : metrics.entrySet()) {
        out.writeUTF(metric.getKey());
        out.writeDouble(metric.getValue());
      }
      out.write(gradients.toByteArray());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  static Tally of(byte[] bytes) {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      double loss = in.readDouble();
      TreeMap<String, Double> metrics = new TreeMap<>();
      for (int left = in.readInt(); left > 0; left--) {
        String name = in.readUTF();
        metrics.put(name, in.readDouble());
      }
      return new Tally(loss, metrics, BitSet.valueOf(in.readAllBytes()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Means over workers; of a figure over those that have it. */
  static Tally mean(List<Tally> all) {
    MetricsWindow figures = new MetricsWindow();
    BitSet gradients = new BitSet();
    double loss = 0;
    for (Tally one : all) {
      loss += one.loss / all.size();
      one.metrics.forEach(figures::add);
      gradients.or(one.gradients);
    }
    return new Tally(loss, figures.drain(), gradients);
  }
}
