package io.zoetrope.train.run;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.torch.AtomicFiles;
import io.zoetrope.torch.Precision;
import io.zoetrope.train.RunFolder;
import io.zoetrope.train.Trainer;
import io.zoetrope.train.TrainingListener;
import io.zoetrope.train.World;
import io.zoetrope.train.method.Method;
import io.zoetrope.train.method.Prepared;
import io.zoetrope.train.method.Setting;
import io.zoetrope.train.recipe.Recipe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Runs a recipe, whatever its method. */
public final class TrainingRun {
  /** Clips of a trial. */
  private static final int FEW = 3;

  private static final String SLOW =
      "this processor has no bf16 of its own: with precision f32, or auto, a step takes a fraction"
          + " of the time";

  private TrainingRun() {}

  /**
   * How a run ended.
   *
   * @param training of the loop
   * @param product what was made, once the last step is done: an autoencoder's folder, a model
   *     directory, ...
   */
  public record Outcome(Trainer.Result training, Path product) {}

  /**
   * Trains until the recipe's last step or until the listener cancels.
   *
   * @param text the recipe as written, kept beside the run
   * @param runs the folder that run folders lie in
   * @param resume whether to continue from the newest checkpoint
   */
  public static Outcome run(
      Recipe<Method> recipe, String text, Path runs, boolean resume, TrainingListener listener) {
    return run(recipe, text, runs, resume, listener, World.alone());
  }

  /**
   * As above, one of several workers: all call it with the same recipe, data and folders. The
   * leader makes data ready and writes; the others wait for it, and read. Whatever ends one ends
   * all.
   *
   * @param world who else trains
   * @throws io.zoetrope.torch.PeerLost if another one is gone: to be started again by all
   */
  public static Outcome run(
      Recipe<Method> recipe,
      String text,
      Path runs,
      boolean resume,
      TrainingListener listener,
      World world) {
    Path root = runs.resolve(recipe.name());
    try {
      int unused = world.share().of(recipe.batch());
      if (!world.leads()) {
        ready(world);
      }
      try (RunFolder folder =
              world.leads() ? RunFolder.open(root, text, resume) : RunFolder.follow(root);
          Setting setting = new Setting(recipe, folder, listener, world.share())) {
        if (world.leads() && recipe.precision().equals("bf16") && !Precision.hasNativeBf16()) {
          listener.note(SLOW);
        }
        Prepared prepared = recipe.objective().prepare(setting);
        if (world.leads()) {
          ready(world);
        }
        try (Trainer trainer = new Trainer(prepared.players(), recipe.settings(), folder, world)) {
          Trainer.Result result = trainer.run(listener);
          if (world.leads() && !result.cancelled()) {
            prepared.product().write().accept(trainer.ema());
          }
          return new Outcome(result, prepared.product().path());
        }
      }
    } catch (RuntimeException | Error e) {
      world.fail(e);
      throw e;
    }
  }

  /** The leader has made all data ready. */
  private static void ready(World world) {
    List<byte[]> unused = world.await("data are ready", new byte[0]);
  }

  /**
   * Does what a run begins with, on three clips and in a folder that is deleted: reads everything
   * that the recipe names, makes the networks, trains its steps and writes the product. What would
   * end a run in its first minute ends this.
   *
   * @param recipe with one step
   * @throws io.zoetrope.error.UserError as {@link #run}
   */
  public static void check(Recipe<Method> recipe, TrainingListener listener) {
    try {
      Path runs = Files.createTempDirectory("zoetrope-check-");
      try (RunFolder folder = RunFolder.open(runs.resolve(recipe.name()), "", false);
          Setting setting = new Setting(recipe, folder, listener, FEW)) {
        Prepared prepared = recipe.objective().prepare(setting);
        try (Trainer trainer = new Trainer(prepared.players(), recipe.settings(), folder)) {
          if (!trainer.run(listener).cancelled()) {
            prepared.product().write().accept(trainer.ema());
          }
        }
      } finally {
        AtomicFiles.deleteTree(runs);
      }
    } catch (IOException e) {
      throw new UserError(Fault.NO_ACCESS, "cannot use a temporary folder: " + e.getMessage(), e);
    }
  }
}
