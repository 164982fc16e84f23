package io.zoetrope.train.run;

import io.zoetrope.checkpoint.Component;
import io.zoetrope.data.toybox.Split;
import io.zoetrope.data.toybox.ToyboxDataset;
import io.zoetrope.network.classifier.ClassifierConfig;
import io.zoetrope.network.classifier.VideoClassifier;
import io.zoetrope.nn.ParameterStore;
import io.zoetrope.torch.Fault;
import io.zoetrope.torch.Precision;
import io.zoetrope.torch.RandomStreams;
import io.zoetrope.torch.UserError;
import io.zoetrope.train.RunFolder;
import io.zoetrope.train.Trainer;
import io.zoetrope.train.TrainingListener;
import io.zoetrope.train.objective.ClassifierObjective;
import io.zoetrope.train.objective.ToyboxLabels;
import io.zoetrope.train.recipe.DataBlock;
import io.zoetrope.train.recipe.ObjectiveBlock;
import io.zoetrope.train.recipe.Recipe;
import java.nio.file.Path;
import java.util.Map;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Trains the classifier whose features evaluation compares videos by. */
final class ClassifierRun {
  private ClassifierRun() {}

  static TrainingRun.Outcome run(
      Recipe recipe, ObjectiveBlock.Classifier block, RunFolder folder, TrainingListener listener) {
    if (!(recipe.data() instanceof DataBlock.Toybox d)) {
      throw new UserError(
          Fault.INVALID, "a classifier learns the traits of the toy world", "use data.kind toybox");
    }
    ToyboxDataset data =
        new ToyboxDataset(d.seed(), Split.TRAIN, d.width(), d.height(), d.frames(), d.fps());
    ClassifierConfig config =
        ClassifierConfig.size(block.network()).withHeads(ToyboxLabels.heads());
    ParameterStore store =
        ParameterStore.forTraining(
            Map.of(),
            new RandomStreams(recipe.seed()).child("init"),
            Precision.of(recipe.precision(), config.features()));
    VideoClassifier classifier = new VideoClassifier(config, store.root());
    store.trainable(name -> true);
    Path product = folder.root().resolve("classifier");
    Trainer.Result result;
    try (store;
        ClassifierObjective objective =
            new ClassifierObjective(classifier, data, recipe.batch(), recipe.accumulate());
        Trainer trainer = new Trainer(store.parameters(), objective, recipe.settings(), folder)) {
      result = trainer.run(listener);
      if (!result.cancelled()) {
        Component.encoder(product).write(config, trainer.ema().tensors(), ScalarType.BFloat16);
      }
    }
    return new TrainingRun.Outcome(result, product);
  }
}
