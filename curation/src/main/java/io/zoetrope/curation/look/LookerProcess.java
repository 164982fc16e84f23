package io.zoetrope.curation.look;

import io.zoetrope.curation.table.ProbeRow;
import io.zoetrope.record.Json;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Looks in a process of its own, so that a file which kills its decoder, or never ends, is a row
 * with a reason. The process is started when it is first needed, again when it has died, and lives
 * as long as this. For one thread.
 */
public final class LookerProcess implements Looker {
  /** A class path for it that is not this process's own. */
  public static final String CLASS_PATH = "zoetrope.looker.classpath";

  private static final Path PRLIMIT = Path.of("/usr/bin/prlimit");

  private static final List<String> FLAGS =
      List.of(
          "-XX:+UseSerialGC",
          "-Xms16m",
          "-XX:TieredStopAtLevel=1",
          "-XX:+ExitOnOutOfMemoryError",
          "-XX:-UsePerfData",
          "--enable-native-access=ALL-UNNAMED",
          "--sun-misc-unsafe-memory-access=allow",
          "-Dorg.bytedeco.javacpp.maxPhysicalBytes=0",
          "-Dorg.bytedeco.javacpp.maxBytes=0",
          "-Djava.awt.headless=true");

  /** What the process is told as this one was. */
  private static final List<String> HANDED_ON =
      List.of("zoetrope.home", "org.bytedeco.javacpp.cachedir", "java.io.tmpdir");

  private final Settings settings;
  private @Nullable Child child;

  /**
   * How it looks.
   *
   * @param everything whether all formats that FFmpeg reads are taken, or those that browsers and
   *     phones make
   * @param models folders of measures
   * @param time that is spent on one file
   * @param heap megabytes of its Java heap
   */
  public record Settings(boolean everything, List<Path> models, Duration time, int heap) {
    /** Strangers' files, 10 minutes each. */
    public static final Settings USUAL =
        new Settings(false, List.of(), Duration.ofMinutes(10), 1024);

    public Settings {
      models = List.copyOf(models);
    }
  }

  /** Starts nothing yet. */
  public LookerProcess(Settings settings) {
    this.settings = settings;
  }

  @Override
  public Scan scan(Path file) {
    long start = System.nanoTime();
    try {
      return ask(LookerTalk.Asked.scan(file)).scan().orElseThrow();
    } catch (Lost e) {
      double took = (System.nanoTime() - start) / 1e9;
      return new Scan(ProbeRow.bad("", String.valueOf(e.getMessage()), took), List.of());
    }
  }

  @Override
  public Measured measure(Ask ask) {
    try {
      Ask absolute = new Ask(ask.file().toAbsolutePath(), ask.probe(), ask.spans());
      return ask(LookerTalk.Asked.measure(absolute)).measured().orElseThrow();
    } catch (Lost e) {
      return new Measured(String.valueOf(e.getMessage()), List.of(), 0);
    }
  }

  @Override
  public String write(Path file, ProbeRow probe, int from, int to, Path target) {
    try {
      return ask(LookerTalk.Asked.write(file, probe, from, to, target)).written().orElseThrow();
    } catch (Lost e) {
      return String.valueOf(e.getMessage());
    }
  }

  /** It gave no answer. */
  private static final class Lost extends Exception {
    private static final long serialVersionUID = 1L;

    Lost(String why) {
      super(why);
    }
  }

  private LookerTalk.Answer ask(LookerTalk.Asked asked) throws Lost {
    Child there = child;
    if (there == null || !there.process().isAlive()) {
      there = start();
      child = there;
    }
    boolean answered = false;
    try {
      there.in().write(Json.MAPPER.writeValueAsString(asked) + "\n");
      there.in().flush();
      Optional<String> line = there.answer(settings.time());
      if (line.isEmpty()) {
        throw new Lost(
            there.process().isAlive()
                ? "it took more than %s s to look at".formatted(settings.time().toSeconds())
                : "the process that read it died of it");
      }
      answered = true;
      return Json.MAPPER.readValue(line.get(), LookerTalk.Answer.class);
    } catch (IOException e) {
      throw new Lost("the process that read it died of it");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new java.util.concurrent.CancellationException();
    } finally {
      if (!answered) {
        close();
      }
    }
  }

  private record Child(Process process, Writer in, BlockingQueue<Optional<String>> said) {
    /** The next answer; empty if there is none in time, or never will be. */
    Optional<String> answer(Duration time) throws InterruptedException {
      Optional<String> line = said.poll(time.toMillis(), TimeUnit.MILLISECONDS);
      if (line != null && line.isEmpty()) {
        process.waitFor(10, TimeUnit.SECONDS);
      }
      return line == null ? Optional.empty() : line;
    }
  }

  private Child start() {
    try {
      ProcessBuilder builder = new ProcessBuilder(command());
      builder.redirectError(ProcessBuilder.Redirect.DISCARD);
      builder.environment().putIfAbsent("OMP_NUM_THREADS", "1");
      builder.environment().putIfAbsent("OMP_WAIT_POLICY", "passive");
      builder.environment().putIfAbsent("MALLOC_ARENA_MAX", "1");
      Process process = builder.start();
      BlockingQueue<Optional<String>> said = new ArrayBlockingQueue<>(16);
      Thread.ofPlatform().daemon().name("looker").start(() -> listen(process, said));
      return new Child(process, process.outputWriter(StandardCharsets.UTF_8), said);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot start a process that reads files", e);
    }
  }

  private static void listen(Process process, BlockingQueue<Optional<String>> said) {
    try (BufferedReader out =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        if (line.startsWith(LookerTalk.MARK)) {
          said.put(Optional.of(line.substring(LookerTalk.MARK.length())));
        }
      }
    } catch (IOException e) {
      // Its end is told below.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    boolean unused = said.offer(Optional.empty());
  }

  private List<String> command() {
    List<String> command = new ArrayList<>();
    if (Files.isExecutable(PRLIMIT) && settings.models().isEmpty()) {
      command.addAll(List.of(PRLIMIT.toString(), "--as=8589934592", "--core=0", "--nofile=512"));
    }
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(FLAGS);
    command.add("-Xmx" + settings.heap() + "m");
    for (String key : HANDED_ON) {
      Optional.ofNullable(System.getProperty(key))
          .ifPresent(value -> command.add("-D" + key + "=" + value));
    }
    command.addAll(List.of("-cp", classPath(), LookerMain.class.getName()));
    command.add(settings.everything() ? "all" : "strangers");
    settings.models().forEach(folder -> command.add(folder.toAbsolutePath().toString()));
    return command;
  }

  private static String classPath() {
    String own = System.getProperty("java.class.path", "");
    List<String> parts = new ArrayList<>();
    for (String part : System.getProperty(CLASS_PATH, own).split(File.pathSeparator, -1)) {
      if (!part.isEmpty()) {
        parts.add(Path.of(part).toAbsolutePath().toString());
      }
    }
    return String.join(File.pathSeparator, parts);
  }

  /** The process by its number; empty while there is none. */
  public Optional<Long> pid() {
    Child there = child;
    return there != null && there.process().isAlive()
        ? Optional.of(there.process().pid())
        : Optional.empty();
  }

  @Override
  public void close() {
    Child there = child;
    child = null;
    if (there != null) {
      there.process().destroyForcibly();
    }
  }
}
