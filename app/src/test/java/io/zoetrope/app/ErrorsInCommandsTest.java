package io.zoetrope.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.zoetrope.app.cli.Cancellation;
import io.zoetrope.app.cli.Console;
import io.zoetrope.app.cli.Result;
import io.zoetrope.app.cli.Session;
import io.zoetrope.app.cli.Verb;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.Command;

/** Whatever goes wrong within a command is one line, and exit code 1. */
class ErrorsInCommandsTest {
  @Command(name = "fail")
  private static final class Failing extends Verb {
    private final Supplier<Throwable> failure;

    Failing(Session session, Supplier<Throwable> failure) {
      super(session);
      this.failure = failure;
    }

    @Override
    protected Result run() throws Exception {
      Throwable thrown = failure.get();
      if (thrown instanceof Error error) {
        throw error;
      }
      throw (Exception) thrown;
    }
  }

  private static TestCli.Outcome run(Supplier<Throwable> failure, String... options) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Console console =
        new Console(
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            false,
            90);
    Session session = new Session(console, new Cancellation(), Path.of(""), Map.of());
    String[] line = new String[options.length + 1];
    line[0] = "fail";
    System.arraycopy(options, 0, line, 1, options.length);
    List<Commands.Entry> table =
        List.of(new Commands.Entry("fail", one -> new Failing(one, failure)));
    int code = new Cli(session, table).run(line);
    return new TestCli.Outcome(
        code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  @Test
  void javaMemoryAtItsEnd() {
    TestCli.Outcome outcome = run(() -> new OutOfMemoryError("Java heap space"));
    assertThat(outcome.code()).isEqualTo(1);
    assertThat(outcome.errors()).hasSize(1);
    assertThat(outcome.err()).contains("out of memory (Java heap space)", "-Xmx");
  }

  @Test
  void nativeMemoryAtItsEnd() {
    TestCli.Outcome outcome =
        run(() ->
            new RuntimeException(
                "[enforce fail at alloc_cpu.cpp:124] err == 0. DefaultCPUAllocator: can't allocate"
                    + " memory: you tried to allocate 400 bytes. Error code 12\n frame #0: c10"));
    assertThat(outcome.code()).isEqualTo(1);
    assertThat(outcome.errors()).hasSize(1);
    assertThat(outcome.err()).contains("out of memory", "fewer or smaller frames");
  }

  @Test
  void anyOtherError() {
    TestCli.Outcome outcome = run(() -> new UnsatisfiedLinkError("no jnitorch"));
    assertThat(outcome.code()).isEqualTo(1);
    assertThat(outcome.errors()).hasSize(1);
    assertThat(outcome.err()).contains("UnsatisfiedLinkError: no jnitorch", "--debug");
    assertThat(run(() -> new StackOverflowError(), "--debug").errors()).hasSizeGreaterThan(2);
  }
}
