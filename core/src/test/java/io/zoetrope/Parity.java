package io.zoetrope;

import static org.assertj.core.api.Assertions.assertThat;

import io.zoetrope.checkpoint.safetensors.Safetensors;
import io.zoetrope.checkpoint.safetensors.SafetensorsFile;
import io.zoetrope.torch.Tensors;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Path;
import java.util.Objects;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Fixtures of the public reference (reference/README.md), and how near we come to them. */
public final class Parity implements AutoCloseable {
  /** The mark: largest difference by largest expected value, f32. */
  public static final double MARK = 1e-5;

  private final Path folder;
  private final SafetensorsFile io;

  private Parity(Path folder) {
    this.folder = folder;
    this.io = Safetensors.open(folder.resolve("io.safetensors"));
  }

  /** A folder below {@code reference} in the test resources. */
  public static Parity of(String name) {
    URL url = Parity.class.getResource("/reference/" + name);
    try {
      return new Parity(Path.of(Objects.requireNonNull(url, name).toURI()));
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Where the fixture's files lie. */
  public Path folder() {
    return folder;
  }

  /** An input, output or activation; valid until {@link #close}. */
  public Tensor get(String name) {
    return io.tensor(name);
  }

  public SafetensorsFile io() {
    return io;
  }

  /** Requires that a result reaches the mark. */
  public void check(String name, Tensor actual) {
    check(name, actual, MARK);
  }

  /** Requires that a result differs from the expected one by no more than a part of its largest. */
  public void check(String name, Tensor actual, double mark) {
    Tensor expected = get(name);
    assertThat(Tensors.shape(actual)).as(name).isEqualTo(Tensors.shape(expected));
    double reached = distance(actual, expected);
    System.out.printf("parity %s %s: %.1e%n", folder.getFileName(), name, reached);
    assertThat(reached).as("%s %s", folder.getFileName(), name).isLessThanOrEqualTo(mark);
  }

  /**
   * Requires that a result in bf16 is no further from the f32 truth than the reference's own: by
   * its root mean square, as the largest of few rounding errors is chance.
   */
  public void checkBf16(String name, Tensor actual) {
    Tensor truth = get(name);
    Tensor theirs = get(name + ".bf16");
    double reached = error(actual, truth);
    double reference = error(theirs, truth);
    System.out.printf(
        "bf16 %s %s: rms %.1e, reference %.1e; largest %.1e, reference %.1e%n",
        folder.getFileName(),
        name,
        reached,
        reference,
        distance(actual, truth),
        distance(theirs, truth));
    assertThat(reached)
        .as("%s %s", folder.getFileName(), name)
        .isLessThanOrEqualTo(reference)
        .isGreaterThan(0);
  }

  /** Root mean square of the difference by that of the expected. */
  private static double error(Tensor actual, Tensor expected) {
    Tensor e = expected.to(ScalarType.Double);
    Tensor difference = actual.to(ScalarType.Double).sub(e);
    return Math.sqrt(difference.square().mean().item_double() / e.square().mean().item_double());
  }

  /** Largest difference by largest expected value. */
  public static double distance(Tensor actual, Tensor expected) {
    Tensor e = expected.to(ScalarType.Double);
    return actual.to(ScalarType.Double).sub(e).abs().max().item_double()
        / e.abs().max().item_double();
  }

  @Override
  public void close() {
    io.close();
  }
}
