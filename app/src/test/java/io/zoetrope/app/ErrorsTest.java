package io.zoetrope.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.zoetrope.app.cli.Result;
import io.zoetrope.app.cli.Verb;
import io.zoetrope.app.cli.terminal.Cancellation;
import io.zoetrope.app.cli.terminal.Console;
import io.zoetrope.app.cli.terminal.Session;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.Command;

/** What is no exception but an error of the machine ends in one line too. */
class ErrorsTest {
  @Command(name = "eat")
  static final class Eat extends Verb {
    Eat(Session session) {
      super(session);
    }

    @Override
    protected Result run() {
      throw new OutOfMemoryError("Java heap space");
    }
  }

  @Command(name = "allocate")
  static final class Allocate extends Verb {
    Allocate(Session session) {
      super(session);
    }

    @Override
    protected Result run() {
      throw new RuntimeException(
          "[enforce fail at alloc_cpu.cpp:124] err == 0. DefaultCPUAllocator: can't allocate"
              + " memory: you tried to allocate 400 bytes. Error code 12\n frame #0: c10");
    }
  }

  private static List<String> run(String... args) {
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    PrintStream to = new PrintStream(err, true, StandardCharsets.UTF_8);
    Session session =
        new Session(
            new Console(to, to, false, 90),
            new Cancellation(),
            Path.of("").toAbsolutePath(),
            Map.of());
    List<Commands.Entry> table =
        List.of(new Commands.Entry("eat", Eat::new), new Commands.Entry("allocate", Allocate::new));
    assertThat(new Cli(session, table).run(args)).isEqualTo(1);
    return err.toString(StandardCharsets.UTF_8).lines().toList();
  }

  @Test
  void outOfMemoryIsOneLine() {
    assertThat(run("eat"))
        .singleElement()
        .asString()
        .contains("out of memory (Java heap space)", "fewer or smaller frames");
    assertThat(run("eat", "--debug")).hasSizeGreaterThan(3);
  }

  @Test
  void soIsTheEndOfNativeMemory() {
    assertThat(run("allocate"))
        .containsExactly(
            "zoetrope: out of memory: ask for fewer or smaller frames, or close other programs");
  }
}
