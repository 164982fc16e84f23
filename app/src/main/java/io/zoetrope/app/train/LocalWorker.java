package io.zoetrope.app.train;

import io.zoetrope.error.UserError;
import io.zoetrope.torch.Gloo;
import io.zoetrope.torch.PeerLost;
import io.zoetrope.torch.Share;
import io.zoetrope.train.TrainingListener;
import io.zoetrope.train.World;
import io.zoetrope.train.method.Method;
import io.zoetrope.train.method.Methods;
import io.zoetrope.train.recipe.Recipe;
import io.zoetrope.train.run.TrainingRun;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import sun.misc.Signal;
import sun.misc.SignalHandler;

/** One of {@link LocalWorkers}, but for the one that leads: writes nothing, says only faults. */
public final class LocalWorker {
  private LocalWorker() {}

  /**
   * What all of them train.
   *
   * @param recipe the file
   * @param settings put over it
   * @param runs where run folders lie
   * @param resume whether it goes on from a checkpoint
   */
  record Task(Path recipe, List<String> settings, Path runs, boolean resume) {
    /** As the arguments of {@link #main}. */
    List<String> arguments(int port, int rank, int size) {
      List<String> all = new ArrayList<>();
      all.addAll(List.of(String.valueOf(port), String.valueOf(rank), String.valueOf(size)));
      all.addAll(List.of(recipe.toString(), runs.toString(), String.valueOf(resume)));
      all.addAll(settings);
      return all;
    }
  }

  /** Arguments: port of the meeting, rank, size, recipe, folder of runs, resume, settings. */
  public static void main(String[] args) throws IOException {
    // Ctrl-C reaches all processes of a terminal: it is the leader who says what becomes of it.
    Signal.handle(new Signal("INT"), SignalHandler.SIG_IGN);
    Share share = new Share(Integer.parseInt(args[1]), Integer.parseInt(args[2]));
    Path file = Path.of(args[3]);
    List<String> settings = List.of(args).subList(6, args.length);
    Recipe<Method> recipe = Methods.ALL.read(file, settings, "--set");
    String text = TrainCommand.text(file, settings);
    System.out.println(LocalWorkers.READY);
    int port = Integer.parseInt(args[0]);
    try (Gloo gloo = Gloo.join(LocalWorkers.HERE, port, LocalWorkers.HERE, share)) {
      World world = World.ranks(gloo, World.USUAL_COMPARISONS);
      TrainingRun.Outcome unused =
          TrainingRun.run(
              recipe,
              text,
              Path.of(args[4]),
              Boolean.parseBoolean(args[5]),
              TrainingListener.NONE,
              world);
    } catch (PeerLost | UserError e) {
      System.exit(1); // the leader says why
    }
    System.exit(0);
  }
}
