package io.zoetrope.server.page;

import io.zoetrope.jobs.Job;
import io.zoetrope.jobs.JobError;
import io.zoetrope.jobs.JobProgress;
import io.zoetrope.jobs.Manifest;
import io.zoetrope.jobs.Runner;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Makes one and the same small film of every order, a step at a time: a browser plays it. A prompt
 * with {@code slow} takes its time; one with {@code large} does not fit.
 */
final class PageRunner implements Runner {
  private static final int FRAMES = 8;
  private static final int USUAL_STEPS = 4;
  private volatile boolean closed;

  @Override
  public Outcome run(Attempt attempt, Watch watch) throws InterruptedException {
    Job job = attempt.job();
    int steps = job.order().wish().steps().orElse(USUAL_STEPS);
    Job.Shape shape = new Job.Shape(96, 96, FRAMES, 8, steps);
    watch.shape(shape);
    String prompt = job.order().wish().prompt();
    if (prompt.contains("large") && job.order().wish().size().isEmpty()) {
      return new Failed(
          new JobError(
              "does_not_fit",
              "it does not fit: ask for less",
              Optional.of("wish.size"),
              List.of(new JobError.Fix("size 64x64", Map.of("wish.size", "64x64")))));
    }
    Duration pace = Duration.ofMillis(prompt.contains("slow") ? 400 : 40);
    int last = Math.min(steps, job.draftRows().orElse(steps));
    try {
      Files.createDirectories(attempt.folder().resolve("steps"));
      for (int row = 1; row <= last; row++) {
        Optional<Outcome> end = pause(watch, pace);
        if (end.isPresent()) {
          return end.get();
        }
        copy("strip.webp", attempt.folder().resolve("steps").resolve(row + ".webp"));
        double[] levels = new double[FRAMES];
        Arrays.fill(levels, 1 - (double) row / steps);
        double left = (steps - row) * pace.toMillis() / 1e3;
        watch.progress(
            new JobProgress(
                Optional.of("sampling"), 95 * row / steps, row, 0, Optional.of(left), row));
        watch.step(row, steps, levels, 0, row);
      }
      return film(attempt.folder(), shape, last < steps, attempt.number());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Outcome film(Path folder, Job.Shape shape, boolean draft, int number)
      throws IOException {
    for (String name : List.of("video.mp4", "sheet.jpg", "thumbnail.webp")) {
      copy(name, folder.resolve(name));
    }
    if (draft) {
      copy("strip.webp", folder.resolve("latents.safetensors"));
    }
    Manifest manifest = Manifest.of(folder.resolve("video.mp4"), shape, draft, List.of());
    manifest.write(folder);
    Job.Result result = manifest.result(number);
    return draft ? new Drafted(result, shape, List.of()) : new Done(result, shape, List.of());
  }

  /** A file of these tests, beside them on the class path. */
  static void copy(String name, Path to) throws IOException {
    try (InputStream in =
        Objects.requireNonNull(PageRunner.class.getResourceAsStream(name), name)) {
      Files.copy(in, to);
    }
  }

  private Optional<Outcome> pause(Watch watch, Duration pace) throws InterruptedException {
    long end = System.nanoTime() + pace.toNanos();
    while (System.nanoTime() < end) {
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
        case GO -> Thread.sleep(10);
      }
    }
    return Optional.empty();
  }

  @Override
  public String device() {
    return "fake";
  }

  @Override
  public void close() {
    closed = true;
  }
}
