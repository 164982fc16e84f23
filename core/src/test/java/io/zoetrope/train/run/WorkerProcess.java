package io.zoetrope.train.run;

import io.zoetrope.torch.AtomicFiles;
import io.zoetrope.torch.Gloo;
import io.zoetrope.torch.PeerLost;
import io.zoetrope.torch.Share;
import io.zoetrope.train.StepReport;
import io.zoetrope.train.TrainingListener;
import io.zoetrope.train.World;
import io.zoetrope.train.method.Method;
import io.zoetrope.train.method.Methods;
import io.zoetrope.train.recipe.Recipe;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.bytedeco.pytorch.global.torch;

/** A worker of a run in a process of its own, for tests and trials. */
final class WorkerProcess {
  /** Exit code of one that lost another. */
  static final int LOST = 7;

  private static final String HERE = "127.0.0.1";

  private WorkerProcess() {}

  /**
   * Arguments: runs, recipe, rank, size, file by which the workers meet, milliseconds to rest after
   * each step, threads. Always resumes. Prints resident megabytes every 50 steps, and the steps a
   * second of the second half.
   */
  public static void main(String[] args) throws Exception {
    Path runs = Path.of(args[0]);
    Recipe<Method> recipe = Methods.ALL.read(Path.of(args[1]), List.of(), "setting");
    Share share = new Share(Integer.parseInt(args[2]), Integer.parseInt(args[3]));
    Path meeting = Path.of(args[4]);
    long rest = Long.parseLong(args[5]);
    torch.set_num_threads(Integer.parseInt(args[6]));
    String text = Files.readString(Path.of(args[1]));
    try {
      if (share.isWhole()) {
        TrainingRun.Outcome unused =
            TrainingRun.run(recipe, text, runs, true, watch(rest, recipe.steps(), true));
        return;
      }
      try (Gloo gloo = join(share, meeting)) {
        TrainingRun.Outcome unused =
            TrainingRun.run(
                recipe,
                text,
                runs,
                true,
                watch(rest, recipe.steps(), share.rank() == 0),
                World.ranks(gloo, World.USUAL_COMPARISONS));
      }
    } catch (PeerLost e) {
      System.out.println(e.getMessage());
      System.exit(LOST);
    }
  }

  private static Gloo join(Share share, Path meeting) throws Exception {
    if (share.rank() == 0) {
      try (Gloo.Meeting open = Gloo.open(HERE)) {
        AtomicFiles.text(meeting, String.valueOf(open.port()));
        return open.join(HERE, share.size());
      }
    }
    while (!Files.exists(meeting)) {
      Thread.sleep(20);
    }
    return Gloo.join(HERE, Integer.parseInt(Files.readString(meeting)), HERE, share);
  }

  private static TrainingListener watch(long rest, long steps, boolean prints) {
    return new TrainingListener() {
      private long half;

      @Override
      public void step(StepReport report) {
        if (report.step() == steps / 2) {
          half = System.nanoTime();
        }
        if (prints && report.step() % 50 == 0) {
          System.gc();
          System.out.println("resident " + resident());
        }
        if (prints && report.step() == steps) {
          double seconds = (System.nanoTime() - half) * 1e-9;
          System.out.println("rate " + (steps - steps / 2) / seconds);
        }
        try {
          Thread.sleep(rest);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
      }
    };
  }

  private static long resident() {
    try {
      String pages = Files.readString(Path.of("/proc/self/statm")).split(" ", -1)[1];
      return Long.parseLong(pages) * 4096 >> 20;
    } catch (java.io.IOException e) {
      return -1;
    }
  }
}
