package io.zoetrope.spark;

import static org.assertj.core.api.Assertions.assertThat;

import io.zoetrope.app.cli.terminal.Cancellation;
import io.zoetrope.app.cli.terminal.Console;
import io.zoetrope.app.cli.terminal.Session;
import io.zoetrope.data.toybox.Split;
import io.zoetrope.data.toybox.ToyboxDataset;
import io.zoetrope.media.VideoWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Commands of docs/scale.md run as they stand there, in this process; those that name a cluster of
 * one's own, or take long, are left out.
 */
class ScalePageIT {
  private static final Path PAGE = Clusters.checkout().resolve("docs/scale.md");
  private static final String COMMAND = "./zoetrope spark ";

  /** Left out: a text in the command, and why. */
  private static final Map<String, String> LEFT_OUT = Map.of("spark://", "needs a cluster");

  @Test
  void everyCommandRuns(@TempDir Path folder) throws IOException {
    String before = System.setProperty("zoetrope.home", Clusters.checkout().toString());
    assertThat(before == null || before.equals(Clusters.checkout().toString())).isTrue();
    Files.write(folder.resolve("prompts.jsonl"), rows());
    clips(folder.resolve("clips"));
    List<String> failed = new ArrayList<>();
    for (String command : commands()) {
      ByteArrayOutputStream said = new ByteArrayOutputStream();
      PrintStream stream = new PrintStream(said, true, StandardCharsets.UTF_8);
      Session session =
          new Session(new Console(stream, stream, false, 90), new Cancellation(), folder, Map.of());
      int code = SparkMain.cli(session).run(words(command));
      if (code != 0) {
        failed.add(command + ": " + said.toString(StandardCharsets.UTF_8));
      }
    }
    assertThat(failed).isEmpty();
    assertThat(folder.resolve("videos/manifest")).isDirectory();
    assertThat(folder.resolve("latents/index.parquet")).isDirectory();
  }

  /** A folder to learn from. */
  private static void clips(Path folder) throws IOException {
    ToyboxDataset toys = new ToyboxDataset(0, Split.TRAIN, 64, 64, 4, 8);
    Files.createDirectories(folder);
    for (int i = 0; i < 2; i++) {
      VideoWriter.write(folder.resolve(i + ".mp4"), toys.get(i).video());
      Files.writeString(folder.resolve(i + ".txt"), toys.caption(i));
    }
  }

  private static List<String> lines() throws IOException {
    return Files.readAllLines(PAGE).stream().map(String::strip).toList();
  }

  /** The table as the page shows it. */
  private static List<String> rows() throws IOException {
    return lines().stream().filter(line -> line.startsWith("{\"prompt\"")).toList();
  }

  private static List<String> commands() throws IOException {
    return lines().stream()
        .filter(line -> line.startsWith(COMMAND))
        .filter(line -> LEFT_OUT.keySet().stream().noneMatch(line::contains))
        .map(line -> line.substring(COMMAND.length()))
        .toList();
  }

  private static String[] words(String command) {
    List<String> words = new ArrayList<>(List.of(command.split(" +")));
    if (!words.contains("--help") && !words.contains("--master")) {
      words.addAll(List.of("--master", "local[1]"));
    }
    return words.toArray(String[]::new);
  }
}
