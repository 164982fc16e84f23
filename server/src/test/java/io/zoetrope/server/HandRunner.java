package io.zoetrope.server;

import io.zoetrope.jobs.Job;
import io.zoetrope.jobs.JobError;
import io.zoetrope.jobs.JobProgress;
import io.zoetrope.jobs.Manifest;
import io.zoetrope.jobs.Runner;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;

/** Makes jobs as a test tells it to, one order after the other. */
public final class HandRunner implements Runner {
  private final BlockingQueue<BiFunction<Attempt, Watch, Optional<Outcome>>> told =
      new LinkedBlockingQueue<>();

  /** The job is so far. */
  public void progress(int percent, int step, double eta) {
    told.add((attempt, watch) -> {
      watch.shape(new Job.Shape(128, 128, 16, 8, 25));
      watch.progress(
          new JobProgress(Optional.of("sampling"), percent, step, 0, Optional.of(eta), step));
      return Optional.empty();
    });
  }

  /** The job is made. */
  public void done(byte[] video) {
    told.add((attempt, watch) -> {
      try {
        Path folder = attempt.folder();
        Files.write(folder.resolve("video.mp4"), video);
        Files.writeString(folder.resolve("thumbnail.webp"), "RIFF");
        Files.writeString(folder.resolve("sheet.jpg"), "sheet");
        Job.Shape shape = new Job.Shape(128, 128, 16, 8, 25);
        Manifest manifest = Manifest.of(folder.resolve("video.mp4"), shape, false, List.of());
        manifest.write(folder);
        return Optional.of(new Done(manifest.result(attempt.number()), shape, List.of()));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    });
  }

  /** The job cannot be made. */
  public void fail(JobError error) {
    told.add((attempt, watch) -> Optional.of(new Failed(error)));
  }

  @Override
  public Outcome run(Attempt attempt, Watch watch) throws InterruptedException {
    while (true) {
      var next = told.poll(20, TimeUnit.MILLISECONDS);
      Optional<Outcome> outcome =
          next != null
              ? next.apply(attempt, watch)
              : switch (watch.signal()) {
                case GO -> Optional.empty();
                case CANCEL -> Optional.of(new Cancelled());
                case STOP -> Optional.of(new Stopped());
              };
      if (outcome.isPresent()) {
        return outcome.get();
      }
    }
  }

  @Override
  public String device() {
    return "hand";
  }

  @Override
  public void close() {}
}
