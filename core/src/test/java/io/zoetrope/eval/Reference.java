package io.zoetrope.eval;

import io.zoetrope.torch.Tensors;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Objects;
import org.bytedeco.pytorch.Tensor;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What other programs made of the same inputs: see {@code reference/evaluation.py}. */
public final class Reference {
  private Reference() {}

  /** The expected figures. */
  public static JsonNode expected() {
    return new JsonMapper().readTree(file("expected.json").toFile());
  }

  public static Path file(String name) {
    try {
      return Path.of(Objects.requireNonNull(Reference.class.getResource(name), name).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The numbers sin(a i) cos(b i), i in row-major order. */
  public static double[] wave(int n, double a, double b) {
    double[] out = new double[n];
    for (int i = 0; i < n; i++) {
      out[i] = Math.sin(a * i) * Math.cos(b * i);
    }
    return out;
  }

  /** The same as a tensor, f64. */
  public static Tensor wave(double a, double b, long... shape) {
    int n = 1;
    for (long s : shape) {
      n *= (int) s;
    }
    return Tensors.of(wave(n, a, b), shape);
  }
}
