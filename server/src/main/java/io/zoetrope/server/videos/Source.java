package io.zoetrope.server.videos;

import io.zoetrope.jobs.Input;
import io.zoetrope.jobs.InputRef;
import io.zoetrope.jobs.Job;
import java.util.Optional;
import java.util.Set;

/** A picture or video that a request brings or names. */
sealed interface Source {
  /** As orders name it. */
  InputRef ref();

  /** Whether it is one picture. */
  boolean still();

  /** Frames a second, if that is known. */
  Optional<Double> fps();

  /** Its length, if that is known. */
  Optional<Long> frames();

  /** Uploaded bytes. */
  record Upload(Input input) implements Source {
    private static final Set<String> STILL = Set.of("png", "jpeg");
    private static final Set<String> MOVING = Set.of("mp4", "webm");

    /** Whether it is a picture or a video at all. */
    boolean seen() {
      return input.width() > 0;
    }

    @Override
    public InputRef ref() {
      return input.ref();
    }

    @Override
    public boolean still() {
      return STILL.contains(input.kind())
          || (!MOVING.contains(input.kind()) && input.frames().orElse(1L) <= 1);
    }

    @Override
    public Optional<Double> fps() {
      return input.fps();
    }

    @Override
    public Optional<Long> frames() {
      return input.frames();
    }
  }

  /** What a job has made. */
  record Made(Job job) implements Source {
    @Override
    public InputRef ref() {
      return new InputRef.Result(job.id());
    }

    @Override
    public boolean still() {
      return false;
    }

    @Override
    public Optional<Double> fps() {
      return Optional.of(job.shape().fps()).filter(fps -> fps > 0);
    }

    @Override
    public Optional<Long> frames() {
      return Optional.of(job.shape().frames()).filter(frames -> frames > 0);
    }
  }
}
