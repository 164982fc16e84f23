package io.zoetrope.jobs.worker;

import io.zoetrope.jobs.Runner.Cancelled;
import io.zoetrope.jobs.Runner.Done;
import io.zoetrope.jobs.Runner.Drafted;
import io.zoetrope.jobs.Runner.Failed;
import io.zoetrope.jobs.Runner.Outcome;
import io.zoetrope.jobs.Runner.Stopped;
import io.zoetrope.jobs.Runner.Watch;
import java.util.Optional;

/** Hands what an attempt tells to those who watch it, wherever it is made. */
final class Relay {
  private Relay() {}

  /** Hands it on; says when that was the end. */
  static Optional<Outcome> pass(Tell told, Watch watch) {
    switch (told) {
      case Tell.Ready ready -> {}
      case Tell.Shaped shaped -> watch.shape(shaped.shape());
      case Tell.At at -> watch.progress(at.progress());
      case Tell.Step step -> {
        double[] levels = step.levels().stream().mapToDouble(Double::doubleValue).toArray();
        watch.step(step.row(), step.rows(), levels, step.offset(), step.picture());
      }
      case Tell.Frames frames -> watch.frames(frames.finished());
      case Tell.Note note -> watch.note(note.line());
      case Tell.Over over -> {
        return Optional.of(outcome(over.end()));
      }
    }
    return Optional.empty();
  }

  /** As those who asked for the attempt know it. */
  static Outcome outcome(Tell.End end) {
    return switch (end) {
      case Tell.End.Made m ->
          m.draft()
              ? new Drafted(m.result(), m.shape(), m.notes())
              : new Done(m.result(), m.shape(), m.notes());
      case Tell.End.Failed failed -> new Failed(failed.error());
      case Tell.End.Stopped stopped -> new Stopped();
      case Tell.End.Cancelled cancelled -> new Cancelled();
    };
  }
}
