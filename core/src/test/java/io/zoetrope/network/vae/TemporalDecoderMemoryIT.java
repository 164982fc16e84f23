package io.zoetrope.network.vae;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.zoetrope.ChildJvm;
import io.zoetrope.network.TestNetworks;
import io.zoetrope.nn.ParameterStore;
import io.zoetrope.progress.Progress;
import io.zoetrope.torch.Precision;
import io.zoetrope.torch.Scopes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Native memory is flat over many clips that are decoded in chunks, in a process of its own. */
class TemporalDecoderMemoryIT {
  @TempDir Path folder;

  @Test
  void residentMemoryIsFlat() throws Exception {
    assumeTrue(Files.exists(Path.of("/proc/self/status")), "needs /proc");
    Process process = ChildJvm.of(TemporalDecoderMemoryIT.class, folder).heap(64).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(240, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(output).isZero();
    List<String> words =
        output
            .lines()
            .filter(line -> line.startsWith("RSS "))
            .flatMap(line -> List.of(line.split(" ", -1)).stream())
            .toList();
    assertThat(words).hasSize(3);
    assertThat(Double.parseDouble(words.get(2)))
        .as(output)
        .isLessThan(1.03 * Double.parseDouble(words.get(1)));
  }

  /** Prints resident memory after 20 and after 70 clips. */
  public static void main(String[] arguments) {
    KlTemporalConfig config =
        new KlTemporalConfig(
            new KlConfig(List.of(8, 8, 16, 16), 2, 4, 4, 64, 0.18215, 0, true, false, true));
    try (ParameterStore store =
        ParameterStore.forInference(TemporalDecoderWeights.of(config), Precision.F32)) {
      Stretches stretches = new Stretches(config.build(store.root()), OptionalInt.of(7));
      long begun = 0;
      for (int clip = 1; clip <= 70; clip++) {
        Scopes.run(() -> {
          Tensor z = TestNetworks.normal("z", 1, 4, 24, 4, 6);
          stretches.decode(z, x -> {}, Progress.NONE);
        });
        begun = clip == 20 ? rss() : begun;
      }
      System.out.printf(Locale.ROOT, "RSS %s %s%n", begun, rss());
    }
  }

  private static long rss() {
    System.gc();
    try (var lines = Files.lines(Path.of("/proc/self/status"))) {
      String line = lines.filter(l -> l.startsWith("VmRSS:")).findFirst().orElseThrow();
      return Long.parseLong(line.replaceAll("[^0-9]", ""));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
