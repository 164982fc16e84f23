package io.zoetrope.spark.batch;

import io.zoetrope.app.cli.words.Wording;
import io.zoetrope.error.UserError;
import io.zoetrope.pipeline.order.FileSink;
import io.zoetrope.pipeline.order.Studio;
import io.zoetrope.pipeline.order.VideoOrder;
import io.zoetrope.progress.Phase;
import io.zoetrope.progress.Progress;
import io.zoetrope.progress.Report;
import io.zoetrope.spark.NativeThread;
import io.zoetrope.torch.FileDigest;
import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CancellationException;
import org.apache.spark.TaskContext;

/**
 * Makes clips in an executor. What it is asked for a second time because something behind it was
 * lost is not made again.
 *
 * @param root the folder of clips and manifest
 * @param base the working folder, from which rows name files
 * @param run which run this is, for names of attempts
 * @param patience processes that a clip may end before it is given up
 * @param tally told of what is done
 */
record ClipMaker(String root, String base, String run, int patience, Tally tally)
    implements Serializable {
  /** How a clip is called that ends the processes that make it. */
  static final String POISON = "poison";

  /** The row of one clip. */
  Entry make(Clip clip) throws Exception {
    TaskContext task = TaskContext.get();
    String attempt = run + "-" + task.taskAttemptId();
    Entry entry = clip.error().isEmpty() ? made(clip, task, attempt) : failed(clip, attempt);
    tally.clips().add(1);
    if (!entry.code().isEmpty()) {
      tally.failed().add(1);
    }
    return entry;
  }

  private Entry made(Clip clip, TaskContext task, String attempt) throws Exception {
    Path folder = Path.of(root);
    Attempts attempts = new Attempts(folder, clip.key());
    Optional<Entry> finished = attempts.finished();
    if (finished.isPresent()) {
      tally.reused().add(1);
      tally.work().add(clip.cost());
      return finished.get();
    }
    int died = attempts.died();
    if (died >= patience) {
      return failed(clip, attempt, POISON, "%s executors ended while they made it".formatted(died));
    }
    Attempts.Mark mark = attempts.begin(attempt);
    try {
      OptionalInt gpu = Executor.gpu(task);
      Entry entry = NativeThread.call(() -> computed(clip, gpu, task, attempt));
      attempts.done(entry);
      mark.end();
      return entry;
    } catch (UserError e) {
      mark.end();
      return failed(clip, attempt, e.code(), Wording.line(e));
    } catch (CancellationException e) {
      mark.end();
      task.killTaskIfInterrupted();
      throw e;
    } catch (Exception | Error e) {
      mark.stay();
      throw e;
    }
  }

  private Entry computed(Clip clip, OptionalInt gpu, TaskContext task, String attempt)
      throws IOException {
    long start = System.nanoTime();
    VideoOrder order = VideoOrder.parse("line " + clip.line(), clip.order());
    VideoOrder placed =
        gpu.isPresent()
            ? order.withModel(order.model().withDevice("cuda:" + gpu.getAsInt()))
            : order;
    String path = "clips/%s/%s-%s.mp4".formatted(clip.key().substring(0, 2), clip.key(), attempt);
    Path file = Path.of(root).resolve(path);
    Files.createDirectories(file.resolveSibling(""));
    HeldModels models = Executor.models(Path.of(base));
    var unused = Studio.make(placed, models, FileSink.of(file), new Steps(clip, task));
    return new Entry(
        clip.key(),
        path,
        Files.size(file),
        FileDigest.of(file),
        (System.nanoTime() - start) / 1e9,
        clip.cost(),
        order.wish().prompt(),
        order.wish().seed().orElse(0L),
        clip.model(),
        clip.order(),
        clip.line(),
        "",
        "",
        Keys.version(),
        Executor.machine(),
        Executor.threads(),
        Executor.name(),
        attempt,
        Executor.count(),
        models.loads(),
        Executor.resident());
  }

  private static Entry failed(Clip clip, String attempt) {
    return failed(clip, attempt, clip.code(), clip.error());
  }

  private static Entry failed(Clip clip, String attempt, String code, String error) {
    return new Entry(
        clip.key(),
        "",
        0,
        "",
        0,
        clip.cost(),
        "",
        0,
        clip.model(),
        clip.order(),
        clip.line(),
        code,
        error,
        Keys.version(),
        Executor.machine(),
        Executor.threads(),
        Executor.name(),
        attempt,
        0,
        0,
        0);
  }

  /** Counts what of the cost is done, and stops where the task is to end. */
  private final class Steps implements Progress {
    private final Clip clip;
    private final TaskContext task;
    private double counted;

    Steps(Clip clip, TaskContext task) {
      this.clip = clip;
      this.task = task;
    }

    @Override
    public void update(Report report) {
      if (report.phase() == Phase.SAMPLE && report.total() > 0 && !report.endless()) {
        double done = clip.cost() * Math.min(1.0, (double) report.done() / report.total());
        if (done > counted) {
          tally.work().add(done - counted);
          counted = done;
        }
      }
    }

    @Override
    public boolean cancelled() {
      return task.isInterrupted();
    }
  }
}
