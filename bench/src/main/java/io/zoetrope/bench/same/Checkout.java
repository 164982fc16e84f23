package io.zoetrope.bench.same;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A checkout, and the folder that its commands run in.
 *
 * @param home holds {@code zoetrope}
 * @param work has links to the checkout's {@code models}
 */
record Checkout(Path home, Path work) {

  static Checkout of(Path home, Path work) throws IOException {
    Path command = home.resolve("zoetrope");
    if (!Files.isExecutable(command)) {
      throw new IllegalArgumentException("no checkout of zoetrope: there is no " + command);
    }
    Files.createDirectories(work);
    Files.createSymbolicLink(work.resolve("models"), home.resolve("models"));
    return new Checkout(home, work);
  }

  /** One thread everywhere: sums in one order. */
  void run(List<String> words) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(home.resolve("zoetrope").toString()));
    command.addAll(words);
    Path said = work.resolve("said.txt");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(work.toFile())
            .redirectErrorStream(true)
            .redirectOutput(said.toFile());
    builder.environment().put("OPENBLAS_NUM_THREADS", "1");
    builder.environment().put("OMP_NUM_THREADS", "1");
    int code = builder.start().waitFor();
    if (code != 0) {
      List<String> lines = Files.readAllLines(said);
      throw new IOException(
          "exit code %s: %s".formatted(code, lines.isEmpty() ? "" : lines.getLast()));
    }
  }
}
