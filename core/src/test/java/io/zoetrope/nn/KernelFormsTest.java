package io.zoetrope.nn;

import static org.assertj.core.api.Assertions.assertThat;

import io.zoetrope.checkpoint.safetensors.Safetensors;
import io.zoetrope.checkpoint.safetensors.SafetensorsFile;
import io.zoetrope.torch.Precision;
import io.zoetrope.torch.RandomStream;
import io.zoetrope.torch.RandomStreams;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Weights that wait in the format of their file. */
@org.junit.jupiter.api.condition.EnabledOnOs(org.junit.jupiter.api.condition.OS.LINUX)
class KernelFormsTest {
  @TempDir private Path folder;

  private static Tensor normal(String name, long... shape) {
    try (RandomStream stream = new RandomStreams(5).stream(name)) {
      return stream.normal(shape);
    }
  }

  private static double difference(Tensor a, Tensor b) {
    return a.sub(b).abs().max().item_double() / b.abs().max().item_double();
  }

  @Test
  void theSameFromHalvesByEitherWay() {
    Scopes.run(() -> {
      Tensor half = normal("w", 128, 128, 3, 3).to(ScalarType.Half);
      Map<String, Tensor> weights = Map.of("weight", half, "bias", Tensors.zeros(128));
      Tensor few = normal("few", 1, 128, 4, 4);
      Tensor many = normal("many", 65, 128, 8, 8);
      try (ParameterStore store = ParameterStore.forInference(weights, Precision.F32);
          ParameterStore trained =
              ParameterStore.forTraining(weights, new RandomStreams(1), Precision.F32)) {
        Conv2d conv = Conv2d.of(store.root(), 128, 128, 3, 1, Init.ZEROS);
        Conv2d direct = Conv2d.of(trained.root(), 128, 128, 3, 1, Init.ZEROS);
        for (Tensor x : List.of(few, many, few)) {
          Tensor y = Scopes.noGrad(() -> conv.forward(x));
          assertThat(difference(y, direct.forward(x))).isLessThan(1e-5);
        }
      }
    });
  }

  @Test
  void changedWeightsAreSeen() {
    Scopes.run(() -> {
      Tensor w = normal("w", 128, 128, 3, 3);
      Map<String, Tensor> weights = Map.of("weight", w, "bias", Tensors.zeros(128));
      Tensor x = normal("x", 65, 128, 8, 8);
      try (ParameterStore store = ParameterStore.forInference(weights, Precision.F32)) {
        Conv2d conv = Conv2d.of(store.root(), 128, 128, 3, 1, Init.ZEROS);
        Tensor before = Scopes.noGrad(() -> conv.forward(x));
        Tensor weight = store.parameters().firstEntry().getValue();
        weight.set_data(w.mul(w.sign()));
        Tensor after = Scopes.noGrad(() -> conv.forward(x));
        weight.set_data(w);
        Tensor again = Scopes.noGrad(() -> conv.forward(x));
        assertThat(difference(after, before)).isGreaterThan(0.1);
        assertThat(again.equal(before)).isTrue();
      }
    });
  }

  /** Halves of 16 MiB become 32 MiB of f32, and do not stay in memory beside it. */
  @Test
  void convertedWeightsAreNotInMemoryTwice() {
    Path file = folder.resolve("w.safetensors");
    Scopes.run(() ->
        Safetensors.write(
            file, Map.of("weight", normal("w", 4096, 2048).to(ScalarType.Half)), Map.of()));
    try (SafetensorsFile open = Safetensors.open(file)) {
      Tensor given = open.tensor("weight");
      double before = given.to(ScalarType.Float).sum().item_double();
      assertThat(resident("w.safetensors")).isGreaterThan(15_000);
      try (ParameterStore store = ParameterStore.forInference(open.tensors(), Precision.F32)) {
        Tensor used = store.root().weight("weight", Init.ZEROS, 4096, 2048);
        assertThat(resident("w.safetensors")).isLessThan(1_000);
        assertThat(used.sum().item_double()).isEqualTo(before);
      }
      assertThat(given.to(ScalarType.Float).sum().item_double()).isEqualTo(before);
    }
  }

  /** Products and tables that wait are read at each use, and give back what was read. */
  @Test
  void waitingWeightsAreInMemoryOnlyWhileTheyAreUsed() {
    Path file = folder.resolve("w.safetensors");
    Scopes.run(() ->
        Safetensors.write(
            file, Map.of("weight", normal("w", 4096, 2048).to(ScalarType.Half)), Map.of()));
    Scopes.run(() -> {
      Tensor x = normal("x", 3, 2048);
      for (Precision precision : Precision.values()) {
        try (SafetensorsFile open = Safetensors.open(file);
            ParameterStore usual = ParameterStore.forInference(open.tensors(), precision);
            ParameterStore store = ParameterStore.of(open.tensors(), Holding.waiting(precision))) {
          Linear expected = Linear.withoutBias(usual.root(), 2048, 4096, Init.ZEROS);
          Linear linear = Linear.withoutBias(store.root(), 2048, 4096, Init.ZEROS);
          for (int i = 0; i < 2; i++) {
            assertThat(linear.forward(x).equal(expected.forward(x))).isTrue();
            assertThat(resident("w.safetensors")).isGreaterThan(15_000);
            store.release();
            assertThat(resident("w.safetensors")).isLessThan(1_000);
          }
        }
      }
      try (SafetensorsFile open = Safetensors.open(file);
          ParameterStore store =
              ParameterStore.of(open.tensors(), Holding.waiting(Precision.F32))) {
        Tensor table = store.root().table("weight", Init.ZEROS, 4096, 2048);
        assertThat(table.scalar_type().intern()).isEqualTo(ScalarType.Half);
      }
    });
  }

  /** Kilobytes of a mapped file that are in memory. */
  private static long resident(String name) {
    long sum = 0;
    boolean inside = false;
    List<String> lines = new ArrayList<>();
    try {
      lines.addAll(Files.readAllLines(Path.of("/proc/self/smaps")));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    for (String line : lines) {
      if (line.matches("[0-9a-f]+-[0-9a-f]+ .*")) {
        inside = line.endsWith(name);
      } else if (inside && line.startsWith("Rss:")) {
        sum += Long.parseLong(line.replaceAll("\\D", ""));
      }
    }
    return sum;
  }
}
