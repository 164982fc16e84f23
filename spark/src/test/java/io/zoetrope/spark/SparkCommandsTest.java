package io.zoetrope.spark;

import static org.assertj.core.api.Assertions.assertThat;

import io.zoetrope.app.cli.terminal.Cancellation;
import io.zoetrope.app.cli.terminal.Console;
import io.zoetrope.app.cli.terminal.Session;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is wrong is said in one line before a cluster is asked for anything. */
class SparkCommandsTest {
  private static final int FAILED = 1;
  private static final int USAGE = 2;

  @TempDir Path folder;

  @BeforeEach
  void table() throws IOException {
    System.setProperty("zoetrope.home", Clusters.checkout().toString());
    Files.writeString(folder.resolve("t.jsonl"), "{\"prompt\": \"a red ball\", \"seed\": 1}\n");
    Files.writeString(folder.resolve("none.jsonl"), "\n");
  }

  private void check(int code, String line, String... words) {
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    PrintStream stream = new PrintStream(err, true, StandardCharsets.UTF_8);
    Console console = new Console(stream, stream, false, 90);
    Session session = new Session(console, new Cancellation(), folder, Map.of());
    int ended = SparkMain.cli(session).run(words);
    String said = err.toString(StandardCharsets.UTF_8);
    assertThat(said.lines()).as(said).hasSize(1);
    assertThat(said).startsWith("zoetrope: ").contains(line);
    assertThat(ended).as(said).isEqualTo(code);
  }

  @Test
  void usage() {
    check(USAGE, "did you mean generate?", "generat");
    check(USAGE, "--in", "generate", "--out", "x");
    check(USAGE, "--threads: must be 1", generate("t.jsonl", "--threads", "0"));
    check(USAGE, "'fast' is not KEY=VALUE", generate("t.jsonl", "--conf", "fast"));
    check(USAGE, "--attempts: must be 1", generate("t.jsonl", "--attempts", "0"));
    check(USAGE, "--older: must be 0", "sweep", "--out", "x", "--older", "-1");
  }

  @Test
  void files() {
    check(FAILED, "there is no file", generate("no.jsonl"));
    check(FAILED, "has no row", generate("none.jsonl"));
    check(FAILED, "there is no manifest", "sweep", "--out", "x");
  }

  @Test
  void memory() {
    String tight = "spark.executor.memoryOverhead=100m";
    check(
        FAILED,
        "would have its executor",
        generate("t.jsonl", "--master", "yarn", "--conf", tight));
    String none = "spark.executor.memoryOverhead=much";
    check(FAILED, "is no size", generate("t.jsonl", "--master", "yarn", "--conf", none));
  }

  private static String[] generate(String in, String... more) {
    String[] words = new String[5 + more.length];
    String[] head = {"generate", "--in", in, "--out", "x"};
    System.arraycopy(head, 0, words, 0, 5);
    System.arraycopy(more, 0, words, 5, more.length);
    return words;
  }
}
