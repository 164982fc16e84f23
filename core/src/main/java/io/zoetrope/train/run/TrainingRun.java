package io.zoetrope.train.run;

import io.zoetrope.data.ClipDataset;
import io.zoetrope.data.FolderDataset;
import io.zoetrope.data.toybox.Split;
import io.zoetrope.data.toybox.ToyboxDataset;
import io.zoetrope.train.RunFolder;
import io.zoetrope.train.Trainer;
import io.zoetrope.train.TrainingListener;
import io.zoetrope.train.recipe.DataBlock;
import io.zoetrope.train.recipe.ObjectiveBlock;
import io.zoetrope.train.recipe.Recipe;
import java.nio.file.Path;

/** Runs a recipe. */
public final class TrainingRun {
  private TrainingRun() {}

  /**
   * How a run ended.
   *
   * @param training of the loop
   * @param product what was made, once the last step is done: an autoencoder's folder or a model
   *     directory
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
      Recipe recipe, String text, Path runs, boolean resume, TrainingListener listener) {
    try (RunFolder folder = RunFolder.open(runs.resolve(recipe.name()), text, resume)) {
      return switch (recipe.objective()) {
        case ObjectiveBlock.Autoencoder block ->
            AutoencoderRun.run(recipe, block, folder, listener);
        case ObjectiveBlock.Diffusion block -> DiffusionRun.run(recipe, block, folder, listener);
        case ObjectiveBlock.Classifier block -> ClassifierRun.run(recipe, block, folder, listener);
      };
    }
  }

  /** The data that a recipe names. */
  static ClipDataset data(DataBlock block) {
    return switch (block) {
      case DataBlock.Toybox t ->
          new ToyboxDataset(t.seed(), Split.TRAIN, t.width(), t.height(), t.frames(), t.fps());
      case DataBlock.Folder f ->
          FolderDataset.open(
              f.path(), FolderDataset.Options.of(f.width(), f.height(), f.frames(), f.fps()));
    };
  }
}
