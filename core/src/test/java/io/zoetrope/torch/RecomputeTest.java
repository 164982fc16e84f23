package io.zoetrope.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.zoetrope.ChildJvm;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;

class RecomputeTest {
  private static final int DEPTH = 6;

  private final List<Tensor> weights = new ArrayList<>();
  private final Tensor condition = leaf(1, 16);
  private final Tensor first = leaf(16, 16);
  private long peak;

  RecomputeTest() {
    for (int i = 0; i < DEPTH; i++) {
      weights.add(leaf(2 + i, 16));
    }
  }

  private static Tensor leaf(long index, long... shape) {
    long[] size = shape.length == 1 ? new long[] {shape[0], shape[0]} : shape;
    try (RandomStream random = new RandomStreams(3).stream("weights", index)) {
      return Scopes.keep(Scopes.tensor(() -> Ops.mul(random.normal(size), 0.3)))
          .set_requires_grad(true);
    }
  }

  /**
   * Segments with dropout, a condition that enters all of them and the end, and an input that has a
   * graph of its own before them.
   */
  private Tensor loss(Segments segments, long rows) {
    try (RandomStream random = new RandomStreams(9).stream("x")) {
      Tensor x = segments.enter(random.normal(rows, 16).matmul(first).tanh());
      Tensor c = segments.enter(condition.narrow(0, 0, 1).exp());
      for (Tensor weight : weights) {
        x =
            segments.run(
                in -> {
                  Tensor h = in.get(0);
                  for (int i = 0; i < 4; i++) {
                    Tensor mixed = Ops.linear(h, weight, Optional.empty());
                    h = torch.dropout(h.add(mixed.mul(in.get(1)).tanh()), 0.1, true);
                  }
                  peak = Math.max(peak, rss());
                  return h;
                },
                List.of(x, c));
      }
      return x.mul(c).square().mean();
    }
  }

  private List<Tensor> leaves() {
    List<Tensor> all = new ArrayList<>(weights);
    all.add(condition);
    all.add(first);
    return all;
  }

  private List<float[]> gradients() {
    List<float[]> gradients = new ArrayList<>();
    for (Tensor leaf : leaves()) {
      gradients.add(Tensors.toFloats(Autograd.gradient(leaf).orElseThrow()));
      Autograd.clear(leaf);
    }
    return gradients;
  }

  @Test
  void gradientsAreThoseOfThePlainRun() {
    torch.manual_seed(5);
    Scopes.run(() -> loss(Segments.PLAIN, 32).backward());
    List<float[]> plain = gradients();
    torch.manual_seed(5);
    Scopes.run(() -> {
      Recompute recompute = new Recompute();
      recompute.backward(loss(recompute, 32));
    });
    List<float[]> recomputed = gradients();
    for (int i = 0; i < plain.size(); i++) {
      double largest = 0;
      double difference = 0;
      for (int j = 0; j < plain.get(i).length; j++) {
        largest = Math.max(largest, Math.abs(plain.get(i)[j]));
        difference = Math.max(difference, Math.abs(plain.get(i)[j] - recomputed.get(i)[j]));
      }
      assertThat(largest).isPositive();
      assertThat(difference).as("parameter %d", i).isLessThan(1e-5 * largest);
    }
  }

  /** In a process of its own, whose heap does not move: what others left would count. */
  @Test
  void memoryPeaksAtOneSegment() throws Exception {
    assumeTrue(Files.exists(Path.of("/proc/self/statm")), "needs /proc");
    assumeTrue(Linker.nativeLinker().defaultLookup().find("mallopt").isPresent(), "needs glibc");
    Process process = ChildJvm.of(RecomputeTest.class).heap(64).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
    Matcher peaks = Pattern.compile("peak: (\\d+) MB plain, (\\d+) MB recomputed").matcher(said);
    assertThat(peaks.find()).as(said).isTrue();
    System.out.print(said);
    assertThat(Long.parseLong(peaks.group(2))).isLessThan(Long.parseLong(peaks.group(1)) / 2);
  }

  /** Prints both peaks. */
  public static void main(String[] args) throws Throwable {
    MethodHandle set =
        Linker.nativeLinker()
            .downcallHandle(
                Linker.nativeLinker().defaultLookup().find("mallopt").orElseThrow(),
                FunctionDescriptor.of(
                    ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
    int threshold = -3; // M_MMAP_THRESHOLD: what is larger goes back to the system when freed
    int unused = (int) set.invokeExact(threshold, 1 << 17);
    RecomputeTest test = new RecomputeTest();
    long rows = 40_000; // one activation is 2.5 MB, a segment holds about 20
    Runnable again =
        () -> {
          Recompute recompute = new Recompute();
          recompute.backward(test.loss(recompute, rows));
        };
    Scopes.run(again); // what a first run loads and reserves stays
    long recomputed = test.peakOf(again);
    long plain = test.peakOf(() -> test.loss(Segments.PLAIN, rows).backward());
    System.out.printf("peak: %d MB plain, %d MB recomputed%n", plain >> 20, recomputed >> 20);
  }

  private long peakOf(Runnable body) {
    long before = rss();
    peak = 0;
    Scopes.run(body);
    return peak - before;
  }

  @Test
  void aTensorThatDidNotEnterIsRefused() {
    Recompute recompute = new Recompute();
    Tensor inner = Ops.mul(condition, 2);
    assertThatThrownBy(() -> recompute.run(in -> in.getFirst(), List.of(inner)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static long rss() {
    try {
      return Files.exists(Path.of("/proc/self/statm"))
          ? Long.parseLong(Files.readString(Path.of("/proc/self/statm")).split(" ", -1)[1]) * 4096
          : 0;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
