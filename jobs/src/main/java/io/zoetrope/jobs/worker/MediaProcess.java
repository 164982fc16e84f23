package io.zoetrope.jobs.worker;

import io.zoetrope.jobs.Input;
import io.zoetrope.jobs.Jobs;
import io.zoetrope.record.Json;
import io.zoetrope.record.RecordWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens strangers' files, in a process of its own that has little memory and little time, one at a
 * time. Any number of threads may call it; each waits for its turn. A file that kills the process
 * is refused like any other that cannot be read.
 *
 * <p>All methods throw {@link MediaException} for a file that will not do.
 */
public final class MediaProcess implements Jobs.Look, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(MediaProcess.class);
  private static final Duration IDLE = Duration.ofMinutes(2);

  /** What a process is started by that bounds its address space, processor time and files. */
  private static final Path PRLIMIT = Path.of("/usr/bin/prlimit");

  private static final List<String> BOUNDS =
      List.of(PRLIMIT.toString(), "--as=5368709120", "--cpu=1800", "--core=0", "--nofile=512");

  private static final List<String> FLAGS =
      List.of(
          "-Xms16m",
          "-Xmx256m",
          "-XX:MaxDirectMemorySize=64m",
          "-XX:ReservedCodeCacheSize=64m",
          "-XX:CompressedClassSpaceSize=64m",
          "-XX:TieredStopAtLevel=1",
          "-XX:+ExitOnOutOfMemoryError");

  private final MediaLimits limits;
  private final AskedChild child;
  private final AtomicInteger killed = new AtomicInteger();

  /** Starts nothing yet. */
  public MediaProcess(MediaLimits limits) {
    this.limits = limits;
    ChildJvm jvm = new ChildJvm(MediaMain.class, FLAGS, limits.arguments(), Map.of());
    child =
        new AskedChild(
            "media",
            Files.isExecutable(PRLIMIT) ? jvm.by(BOUNDS) : jvm,
            IDLE,
            line -> line.startsWith("{\"told\":"));
  }

  /**
   * Says what a file is: its kind, size, frames and rate. A plan is read as one.
   *
   * @throws MediaException if it is none of {@code png}, {@code jpeg}, {@code webp}, {@code gif},
   *     {@code mp4}, {@code webm}, {@code plan}, or is damaged or beyond the limits
   */
  @Override
  public Input at(Path file, String sha256, long bytes) {
    MediaTalk.Answer seen = asked(MediaTalk.What.LOOK, file);
    return new Input(
        sha256,
        bytes,
        seen.kind(),
        seen.width(),
        seen.height(),
        seen.frames() > 0 ? Optional.of(seen.frames()) : Optional.empty(),
        seen.fps() > 0 ? Optional.of(seen.fps()) : Optional.empty(),
        Instant.now());
  }

  /**
   * The texts that a file carries, by their keys in lower case: {@code zoetrope} has an order of
   * ours, {@code parameters} A1111's, {@code prompt} and {@code workflow} ComfyUI's. At most 4 MiB;
   * empty if there are none.
   */
  public Map<String, String> recall(Path file) {
    return asked(MediaTalk.What.RECALL, file).texts();
  }

  /** A WebP of its first frame, at most 320 pixels long. */
  public byte[] thumbnail(Path file) {
    return Base64.getDecoder().decode(asked(MediaTalk.What.THUMBNAIL, file).picture());
  }

  /** How many files its processes did not survive. */
  int killed() {
    return killed.get();
  }

  /** The process by its number; empty while there is none. */
  Optional<Long> pid() {
    return child.pid();
  }

  private MediaTalk.Answer asked(MediaTalk.What what, Path file) {
    String line = RecordWriter.write(new MediaTalk.Asked(what, file.toAbsolutePath()));
    MediaTalk.Answer answer;
    try {
      answer = Json.MAPPER.readValue(child.ask(line, limits.time()), MediaTalk.Answer.class);
    } catch (AskedChild.NoAnswer e) {
      killed.incrementAndGet();
      LOG.warn("a file was not survived: {}", e.getMessage());
      throw new MediaException("invalid_media", "the file cannot be read here");
    }
    if (!answer.told()) {
      throw new MediaException(answer.code(), answer.message());
    }
    return answer;
  }

  @Override
  public void close() {
    child.close();
  }
}
