package io.zoetrope.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.zoetrope.app.cli.terminal.Cancellation;
import io.zoetrope.app.cli.terminal.Console;
import io.zoetrope.app.cli.terminal.Session;
import io.zoetrope.app.cli.terminal.Stdin;
import io.zoetrope.media.VideoReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Where videos go and come from besides files that have names. */
class PipesTest {
  @TempDir Path folder;

  private record Outcome(int code, byte[] out, String err) {}

  private Outcome run(byte[] in, String... args) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Console console =
        new Console(
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            new Stdin(new ByteArrayInputStream(in)),
            false,
            90);
    Map<String, String> environment = Map.of("ZOETROPE_MODELS", "runs/video");
    int code = new Cli(new Session(console, new Cancellation(), folder, environment)).run(args);
    return new Outcome(code, out.toByteArray(), err.toString(StandardCharsets.UTF_8));
  }

  private List<String> files() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(p -> p.getFileName().toString()).sorted().toList();
    }
  }

  @ParameterizedTest
  @CsvSource({"mp4,16", "webm,16", "GIF,16", "webp,16", "png,1"})
  void aVideoGoesToStdout(String format, int frames) throws IOException {
    Outcome outcome =
        run(new byte[0], "toybox", "-n", "1", "--size", "64x64", "-o", "-", "--format", format);
    assertThat(outcome.code()).as(outcome.err()).isZero();
    assertThat(files()).isEmpty();
    Path file = Files.write(folder.resolve("a"), outcome.out());
    assertThat(VideoReader.read(file).frames()).hasSize(frames);
  }

  @Test
  void pipesJoin() throws IOException {
    TinyModel.train(folder, 6);
    byte[] clip =
        run(new byte[0], "toybox", "-n", "1", "-o", "-", "--format", "mp4", "--size", "64x64")
            .out();
    Outcome outcome =
        run(clip, "restyle", "-", "a", "ball", "-m", "model", "--steps", "2", "-o", "-");
    assertThat(outcome.code()).as(outcome.err()).isZero();
    assertThat(outcome.err()).contains("stdin: 64x64 at 8 fps");
    Path file = Files.write(folder.resolve("a"), outcome.out());
    assertThat(VideoReader.read(file).frames()).hasSize(16);
    assertThat(files()).noneMatch(name -> name.equals("-"));
    for (String verb : List.of("extend", "refine", "animate")) {
      byte[] given =
          verb.equals("animate")
              ? run(new byte[0], "toybox", "-n", "1", "-o", "-", "--format", "png").out()
              : clip;
      Outcome more =
          run(given, verb, "-", "a", "ball", "-m", "model", "--steps", "1", "-o", "-", "-q");
      assertThat(more.code()).as(verb + ": " + more.err()).isZero();
      Files.write(file, more.out());
      assertThat(VideoReader.read(file).frames()).hasSizeGreaterThan(3);
    }
    Outcome nothing = run(new byte[0], "restyle", "-", "a", "ball", "-m", "model");
    assertThat(nothing.code()).isEqualTo(1);
    assertThat(nothing.err()).contains("nothing came through the pipe");
    Outcome twice = run(clip, "interpolate", "-", "-", "a", "ball", "-m", "model");
    assertThat(twice.code()).isEqualTo(2);
    assertThat(twice.err()).contains("LAST '-': the pipe was read already");
  }

  @ParameterizedTest
  @ValueSource(strings = {".mp4", ".webm", "out/.gif", ".PNG", ".webp"})
  void anEndingIsNoName(String name) throws IOException {
    Outcome outcome = run(new byte[0], "toybox", "-n", "1", "-o", name);
    assertThat(outcome.code()).isEqualTo(2);
    assertThat(outcome.err())
        .contains("--out '" + name + "'", "an ending without a name", "name a file");
    assertThat(files()).isEmpty();
    Outcome sheet = run(new byte[0], "plan", "generate", "--png", ".png");
    assertThat(sheet.code()).isEqualTo(2);
    assertThat(sheet.err()).contains("--png '.png' has no name before its ending");
  }

  @Test
  void whatCannotBeIsWrongUsage() throws IOException {
    Outcome both = run(new byte[0], "toybox", "--json", "-o", "-");
    assertThat(both.code()).isEqualTo(2);
    assertThat(both.err()).contains("--json and --out - both write to stdout");
    Outcome alone = run(new byte[0], "toybox", "--format", "gif", "-o", "a.mp4");
    assertThat(alone.code()).isEqualTo(2);
    assertThat(alone.err()).contains("--format goes with --out -");
    Outcome unknown = run(new byte[0], "toybox", "--format", "avi", "-o", "-");
    assertThat(unknown.code()).isEqualTo(2);
    assertThat(unknown.err()).contains("'avi' is not mp4, webm, gif, webp, png or jpg");
    assertThat(files()).isEmpty();
  }

  @Test
  void threeAtOnceMakeThreeFiles() throws Exception {
    try (ExecutorService pool = Executors.newFixedThreadPool(3)) {
      List<Future<Outcome>> running = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        running.add(pool.submit(() -> run(new byte[0], "toybox", "-n", "8", "--size", "64x64")));
      }
      for (Future<Outcome> future : running) {
        assertThat(future.get().code()).as(future.get().err()).isZero();
      }
    }
    assertThat(files()).containsExactly("toybox-0-2.png", "toybox-0-3.png", "toybox-0.png");
  }
}
