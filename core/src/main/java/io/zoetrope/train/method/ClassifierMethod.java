package io.zoetrope.train.method;

import io.zoetrope.checkpoint.Component;
import io.zoetrope.data.toybox.ToyboxDataset;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.network.classifier.ClassifierConfig;
import io.zoetrope.network.classifier.VideoClassifier;
import io.zoetrope.nn.ParameterStore;
import io.zoetrope.torch.Precision;
import io.zoetrope.train.objective.ClassifierObjective;
import io.zoetrope.train.objective.ToyboxLabels;
import io.zoetrope.train.recipe.DataBlock;
import io.zoetrope.train.recipe.Recipe;
import java.nio.file.Path;
import java.util.Map;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Trains the video classifier whose features evaluation compares videos by.
 *
 * @param network name of its size
 */
record ClassifierMethod(String network) implements Method {
  @Override
  public Prepared prepare(Setting setting) {
    Recipe<?> recipe = setting.recipe();
    if (!(recipe.data() instanceof DataBlock.Toybox d)) {
      throw new UserError(
          Fault.INVALID, "a classifier learns the traits of the toy world", "use data.kind toybox");
    }
    ToyboxDataset data = d.clips();
    ClassifierConfig config = ClassifierConfig.size(network).withHeads(ToyboxLabels.heads());
    ParameterStore store =
        setting.store(Map.of(), Precision.of(recipe.precision(), config.features()));
    VideoClassifier classifier = new VideoClassifier(config, store.root());
    store.trainable(name -> true);
    ClassifierObjective objective =
        new ClassifierObjective(
            classifier, data, recipe.batch(), recipe.accumulate(), setting.share());
    setting.own(objective::close);
    Path product = setting.folder().root().resolve("classifier");
    return Prepared.of(
        setting,
        store.parameters(),
        objective,
        new Product(
            product,
            ema -> Component.encoder(product).write(config, ema.tensors(), ScalarType.BFloat16)));
  }
}
