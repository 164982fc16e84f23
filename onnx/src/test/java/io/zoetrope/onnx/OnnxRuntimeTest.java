package io.zoetrope.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.error.UserError;
import io.zoetrope.pixels.Depth;
import io.zoetrope.pixels.GraphInterpolator;
import io.zoetrope.pixels.GraphRuntime;
import io.zoetrope.pixels.Pose;
import io.zoetrope.pixels.TensorGraph;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OnnxRuntimeTest {
  @TempDir private Path folder;

  private TensorGraph open(byte[] file) throws IOException {
    Path path = folder.resolve("graph.onnx");
    Files.write(path, file);
    return GraphRuntime.found().open(path);
  }

  /** Three nodes: half of a, half of b, and their sum; or by a time. */
  private static byte[] between() {
    return new OnnxFile()
        .constant("one", 1)
        .input("a", 1, 3, -1, -1)
        .input("b", 1, 3, -1, -1)
        .input("t", 1)
        .node("Sub", List.of("b", "a"), "d")
        .node("Mul", List.of("d", "t"), "p")
        .node("Add", List.of("a", "p"), "c")
        .output("c", 1, 3, -1, -1);
  }

  /** The mean of the channels, tripled: three nodes. */
  private static byte[] brightness(int height, int width) {
    return new OnnxFile()
        .constant("three", 3)
        .input("x", 1, 3, height, width)
        .node("ReduceMean", List.of("x"), "m", "axes", List.of(1), "keepdims", 0)
        .node("Mul", List.of("m", "three"), "n")
        .node("Identity", List.of("n"), "y")
        .output("y", 1, height, width);
  }

  @Test
  void aFrameBetweenTwoIsWhatTheNetworkMakes() throws IOException {
    try (TensorGraph graph = open(between())) {
      assertThat(graph.inputs().get(0).shape()).containsExactly(1L, 3L, -1L, -1L);
      Scopes.run(() -> {
        Tensor a = Tensors.full(0.25, 2, 3, 4, 5);
        Tensor b = Tensors.full(0.75, 2, 3, 4, 5);
        Tensor made = new GraphInterpolator(graph).between(a, b, 0.25);
        assertThat(Tensors.shape(made)).containsExactly(2, 3, 4, 5);
        assertThat(Tensors.toFloats(made)).containsOnly(0.375f);
      });
    }
  }

  @Test
  void depthsHaveOneScaleForTheWholeVideo() throws IOException {
    try (TensorGraph graph = open(brightness(-1, -1))) {
      Scopes.run(() -> {
        Tensor x =
            Tensors.cat(List.of(Tensors.full(0.2, 1, 3, 8, 8), Tensors.full(0.6, 1, 3, 8, 8)), 0);
        Tensor hints = new Depth(graph, Depth.Kind.MIDAS).hints(x);
        assertThat(Tensors.shape(hints)).containsExactly(2, 3, 8, 8);
        assertThat(hints.select(0, 0).max().item_double()).isLessThan(1e-5);
        assertThat(hints.select(0, 1).min().item_double()).isGreaterThan(1 - 1e-5);
      });
    }
  }

  /** A network of poses of two nodes: all joints are where it is brightest. */
  @Test
  void posesAreDrawnOfWhatANetworkFinds() throws IOException {
    byte[] file =
        new OnnxFile()
            .input("x", 1, 3, 32, 32)
            .node("ReduceMean", List.of("x"), "m", "axes", List.of(1), "keepdims", 1)
            .node("Concat", Collections.nCopies(17, "m"), "y", "axis", 1)
            .output("y", 1, 17, 32, 32);
    try (TensorGraph graph = open(file)) {
      Scopes.run(() -> {
        Tensor x = Tensors.zeros(1, 3, 64, 64);
        x.narrow(2, 40, 8).narrow(3, 16, 8).fill_(new org.bytedeco.pytorch.Scalar(1.0));
        Tensor hints = new Pose(graph).hints(x);
        assertThat(Tensors.shape(hints)).containsExactly(1, 3, 64, 64);
        Tensor light = hints.amax(new long[] {1}, false);
        assertThat(light.narrow(1, 38, 12).narrow(2, 14, 12).max().item_double()).isEqualTo(1);
        assertThat(light.narrow(1, 0, 36).max().item_double()).isZero();
      });
    }
  }

  @Test
  void aNetworkOfAFixedSizeIsShownThat() throws IOException {
    try (TensorGraph graph = open(brightness(14, 28))) {
      Scopes.run(() -> {
        Tensor x = Tensors.zeros(1, 3, 6, 10);
        x.narrow(3, 5, 5).fill_(new org.bytedeco.pytorch.Scalar(1.0));
        Tensor hints = new Depth(graph, Depth.Kind.DEPTH_ANYTHING).hints(x);
        assertThat(Tensors.shape(hints)).containsExactly(1, 3, 6, 10);
        assertThat(hints.select(3, 9).min().item_double()).isGreaterThan(0.9);
        assertThat(hints.select(3, 0).max().item_double()).isLessThan(0.1);
      });
    }
  }

  @Test
  void whatIsNoNetworkAndWhatDoesNotFitIsSaidInALine() throws IOException {
    Path bad = folder.resolve("bad.onnx");
    Files.writeString(bad, "I am no network");
    assertThatThrownBy(() -> GraphRuntime.found().open(bad))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("is no network of ONNX that can be run");
    try (TensorGraph graph = open(brightness(14, 28))) {
      assertThatThrownBy(() -> new GraphInterpolator(graph))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("takes 1 inputs");
      Scopes.run(() ->
          assertThatThrownBy(() -> graph.run(List.of(Tensors.zeros(1, 3, 5, 5))))
              .isInstanceOf(UserError.class)
              .hasMessageContaining("cannot be run on [[1, 3, 5, 5]]"));
    }
  }

  @Test
  void nobodyIsTold() throws IOException {
    try (TensorGraph graph = open(between())) {
      assertThat(graph.inputs()).hasSize(3);
    }
    // What native code sees, Java's copy of the environment does not have.
    var getenv =
        java.lang.foreign.Linker.nativeLinker()
            .downcallHandle(
                java.lang.foreign.Linker.nativeLinker()
                    .defaultLookup()
                    .find("getenv")
                    .orElseThrow(),
                java.lang.foreign.FunctionDescriptor.of(
                    java.lang.foreign.ValueLayout.ADDRESS, java.lang.foreign.ValueLayout.ADDRESS));
    try (var arena = java.lang.foreign.Arena.ofConfined()) {
      var value =
          (java.lang.foreign.MemorySegment)
              getenv.invokeExact(arena.allocateFrom("ORT_DISABLE_TELEMETRY"));
      assertThat(value.reinterpret(8).getString(0)).isEqualTo("1");
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }
}
