package io.zoetrope.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A program of this JDK in a process of its own: no flag and no variable but those named. */
record Started(Process process, Path log) implements AutoCloseable {
  static final Path EXAMPLES = Path.of("..").toAbsolutePath().normalize();

  /** What one dependency on the starter brings. */
  static final String CLASS_PATH =
      Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
          .filter(path -> !path.matches(".*(junit|assertj|opentest4j|byte-buddy|apiguardian).*"))
          .filter(path -> !path.matches(".*[/\\\\](plain|spring-boot-[34])-1\\.jar|.*classes"))
          .collect(Collectors.joining(File.pathSeparator));

  private static final Duration PATIENCE = Duration.ofMinutes(5);

  /** Starts a tool of this JDK. */
  static Started tool(Path folder, String tool, String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", tool).toString());
    command.addAll(List.of(arguments));
    Path log = folder.resolve("log.txt");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile());
    // Tests have variables that programs of other people have not.
    builder.environment().keySet().removeIf(name -> name.matches("(OMP|OPENBLAS|MALLOC)_.*"));
    return new Started(builder.start(), log);
  }

  /** Until it ends, as it should. */
  void ends() throws IOException, InterruptedException {
    assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).as("ends in time").isTrue();
    assertThat(process.exitValue()).as(said()).isZero();
  }

  /** Until it says something; what its first group is. */
  String says(String pattern) throws IOException, InterruptedException {
    Instant end = Instant.now().plus(PATIENCE);
    while (Instant.now().isBefore(end) && process.isAlive()) {
      Matcher matcher = Pattern.compile(pattern).matcher(said());
      if (matcher.find()) {
        return matcher.group(1);
      }
      Thread.sleep(100);
    }
    throw new AssertionError("no '" + pattern + "' in " + said());
  }

  String said() throws IOException {
    return Files.readString(log);
  }

  @Override
  public void close() throws InterruptedException {
    process.destroy();
    if (!process.waitFor(20, TimeUnit.SECONDS)) {
      process.destroyForcibly();
    }
  }
}
