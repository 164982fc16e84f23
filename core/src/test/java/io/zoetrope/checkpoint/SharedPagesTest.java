package io.zoetrope.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import io.zoetrope.ChildJvm;
import io.zoetrope.checkpoint.safetensors.Safetensors;
import io.zoetrope.checkpoint.safetensors.SafetensorsFile;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Two processes that read one file hold its pages once. The kernel says so of each mapping. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "reads /proc/self/smaps")
class SharedPagesTest {
  private static final long KIB = 16 << 10;

  @TempDir Path folder;

  @Test
  void twoProcessesShareThePagesOfAFile() throws IOException, InterruptedException {
    Path path = folder.resolve("weights.safetensors");
    Scopes.run(() -> Safetensors.write(path, Map.of("w", Tensors.full(1, KIB << 8)), Map.of()));
    try (SafetensorsFile here = Safetensors.open(path)) {
      assertThat(sum(here.tensor("w"))).isEqualTo(KIB << 8);
      Process child = ChildJvm.of(SharedPagesTest.class, path).start();
      String said = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(child.waitFor()).as(said).isZero();
      for (String pages : List.of(said.lines().reduce("", (a, b) -> b), pages(path).toString())) {
        Map<String, Long> kib = new LinkedHashMap<>();
        for (String pair : pages.replaceAll("[{} ]", "").split(",", -1)) {
          kib.put(pair.split("=", -1)[0], Long.parseLong(pair.split("=", -1)[1]));
        }
        assertThat(kib.get("Rss")).as(pages).isGreaterThanOrEqualTo(KIB);
        assertThat(kib.get("Private_Dirty")).as("written to: %s", pages).isZero();
        assertThat(kib.get("Anonymous")).as("copied: %s", pages).isZero();
      }
      // While both lived, the child's share of the pages was half of them.
      assertThat(said).contains("Shared_Clean=");
      long pss = Long.parseLong(said.replaceAll("(?s).*[{ ]Pss=(\\d+).*", "$1"));
      assertThat(pss).as(said).isLessThan(KIB * 6 / 10);
    }
  }

  private static double sum(Tensor w) {
    return Scopes.value(() -> w.sum().item_double());
  }

  /** What /proc/self/smaps says of the mapping of a file, in KiB. */
  private static Map<String, Long> pages(Path path) throws IOException {
    Map<String, Long> kib = new LinkedHashMap<>();
    boolean within = false;
    for (String line : Files.readAllLines(Path.of("/proc/self/smaps"))) {
      if (line.matches("[0-9a-f]+-[0-9a-f]+ .*")) {
        within = line.endsWith(path.toString());
      } else if (within && line.matches("\\w+:\\s+\\d+ kB")) {
        String[] words = line.split("[: ]+", -1);
        kib.merge(words[0], Long.parseLong(words[1].strip()), Long::sum);
      }
    }
    kib.keySet().retainAll(List.of("Rss", "Pss", "Shared_Clean", "Private_Dirty", "Anonymous"));
    return kib;
  }

  /** The other process. */
  public static void main(String[] arguments) throws IOException {
    Path path = Path.of(arguments[0]);
    try (SafetensorsFile file = Safetensors.open(path)) {
      sum(file.tensor("w"));
      System.out.println(pages(path));
    }
  }
}
