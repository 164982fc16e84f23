package io.zoetrope.jobs;

import io.zoetrope.pipeline.model.Size;
import io.zoetrope.torch.AtomicFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Function;

/**
 * Makes a small file that follows from the order alone, step by step, as a worker would: for tests
 * of whatever has jobs. The file is no video. What its prompt begins with changes its ways: {@code
 * fail} fails, {@code lose} loses the worker, {@code slow} takes ten times as long.
 */
public final class FakeRunner implements Runner {
  /** Bytes of a file. */
  public static final int BYTES = 40_000;

  private static final Job.Shape USUAL = new Job.Shape(64, 64, 16, 8, 5);

  private final Duration step;
  private final Function<Attempt, Optional<Outcome>> first;
  private volatile boolean closed;

  private FakeRunner(Duration step, Function<Attempt, Optional<Outcome>> first) {
    this.step = step;
    this.first = first;
  }

  /** Five steps of so long, unless the order says another number. */
  public static FakeRunner of(Duration step) {
    return new FakeRunner(step, attempt -> Optional.empty());
  }

  /** This, where some attempts end at once. */
  public FakeRunner ending(Function<Attempt, Optional<Outcome>> at) {
    return new FakeRunner(step, at);
  }

  /** The bytes that an order makes. */
  public static byte[] bytes(Job job) {
    byte[] bytes = new byte[BYTES];
    new Random(job.order().toJson().hashCode()).nextBytes(bytes);
    byte[] head = "fake video\n".getBytes(StandardCharsets.UTF_8);
    System.arraycopy(head, 0, bytes, 0, head.length);
    return bytes;
  }

  @Override
  public Outcome run(Attempt attempt, Watch watch) throws InterruptedException {
    Optional<Outcome> end = first.apply(attempt);
    if (end.isPresent()) {
      return end.get();
    }
    String prompt = attempt.job().order().wish().prompt();
    if (prompt.startsWith("fail")) {
      return new Failed(JobError.of("bad_plan", "it cannot be made: it says so"));
    }
    if (prompt.startsWith("lose")) {
      return new Lost("it was to be lost");
    }
    try {
      return make(attempt, watch, prompt.startsWith("slow") ? step.multipliedBy(10) : step);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public String device() {
    return "fake";
  }

  @Override
  public void close() {
    closed = true;
  }

  private Outcome make(Attempt attempt, Watch watch, Duration each)
      throws IOException, InterruptedException {
    Job job = attempt.job();
    Job.Shape shape = shape(job);
    watch.shape(shape);
    watch.note("made by a fake");
    int rows = job.draftRows().orElse(shape.steps());
    for (int row = 1; row <= Math.min(rows, shape.steps()); row++) {
      Optional<Outcome> end = pause(watch, each);
      if (end.isPresent()) {
        return end.get();
      }
      Path picture = attempt.folder().resolve("steps").resolve(row + ".webp");
      Files.createDirectories(attempt.folder().resolve("steps"));
      AtomicFiles.text(picture, "picture of row " + row);
      double[] levels = new double[(int) shape.frames()];
      Arrays.fill(levels, 1.0 - (double) row / shape.steps());
      watch.progress(
          new JobProgress(
              Optional.of("sampling"),
              100 * row / shape.steps(),
              row,
              0,
              Optional.of((shape.steps() - row) * each.toMillis() / 1000.0),
              row));
      watch.step(row, shape.steps(), levels, 0, row);
    }
    watch.frames(shape.frames());
    return file(attempt, shape, rows < shape.steps());
  }

  private static Outcome file(Attempt attempt, Job.Shape shape, boolean draft) throws IOException {
    Path folder = attempt.folder();
    AtomicFiles.file(folder.resolve("video.mp4"), part -> Files.write(part, bytes(attempt.job())));
    AtomicFiles.text(folder.resolve("thumbnail.webp"), "thumbnail");
    AtomicFiles.text(folder.resolve("sheet.jpg"), "sheet");
    if (draft) {
      AtomicFiles.text(folder.resolve("latents.safetensors"), "latents");
    }
    List<String> notes = List.of("made by a fake");
    Manifest manifest = Manifest.of(folder.resolve("video.mp4"), shape, draft, notes);
    manifest.write(folder);
    Job.Result result = manifest.result(attempt.number());
    return draft ? new Drafted(result, shape, notes) : new Done(result, shape, notes);
  }

  /** Goes on after a step's time, unless it is stopped. */
  private Optional<Outcome> pause(Watch watch, Duration time) throws InterruptedException {
    long end = System.nanoTime() + time.toNanos();
    do {
      if (closed) {
        return Optional.of(new Stopped());
      }
      switch (watch.signal()) {
        case CANCEL -> {
          return Optional.of(new Cancelled());
        }
        case STOP -> {
          return Optional.of(new Stopped());
        }
        case GO -> Thread.sleep(Math.clamp((end - System.nanoTime()) / 1_000_000, 0, 20));
      }
    } while (System.nanoTime() < end);
    return Optional.empty();
  }

  private static Job.Shape shape(Job job) {
    Optional<Size> size = job.order().wish().size();
    return new Job.Shape(
        size.map(Size::width).orElse(USUAL.width()),
        size.map(Size::height).orElse(USUAL.height()),
        job.order().wish().frames().orElse((int) USUAL.frames()),
        job.order().wish().fps().orElse(USUAL.fps()),
        job.order().wish().steps().orElse(USUAL.steps()));
  }
}
