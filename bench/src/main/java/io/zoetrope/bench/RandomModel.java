package io.zoetrope.bench;

import io.zoetrope.network.dit.DitConfig;
import io.zoetrope.network.dit.SpaceTimeTransformer;
import io.zoetrope.network.text.PromptTokenizer;
import io.zoetrope.network.text.TextConfig;
import io.zoetrope.network.text.TextTransformer;
import io.zoetrope.network.vae.CompactAutoencoder;
import io.zoetrope.network.vae.CompactConfig;
import io.zoetrope.nn.ParameterStore;
import io.zoetrope.pipeline.family.ModelIndex;
import io.zoetrope.pipeline.model.ModelWriter;
import io.zoetrope.pipeline.schedule.SchedulerConfig;
import io.zoetrope.torch.Precision;
import io.zoetrope.torch.RandomStreams;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A model directory of the bundled size with random weights: as fast as a trained one. */
final class RandomModel {
  private RandomModel() {}

  static void write(Path directory) {
    DitConfig dit = DitConfig.size("toybox");
    CompactConfig vae = CompactConfig.size("toybox");
    String json = PromptTokenizer.wordLevel(List.of("a", "red", "ball", "moves", "right"));
    TextConfig words =
        new TextConfig(PromptTokenizer.size(json), 24, dit.textWidth(), 2, dit.heads());
    ParameterStore network = store();
    new SpaceTimeTransformer(dit, network.root());
    ParameterStore text = store();
    new TextTransformer(words, text.root());
    ParameterStore autoencoder = store();
    new CompactAutoencoder(vae, autoencoder.root());
    new ModelWriter(
            new ModelIndex(
                ModelIndex.KIND, new ModelIndex.Defaults(128, 128, 16, 8, 25, 3, "flow-euler")),
            new SchedulerConfig("flow", 1, "flow"),
            dit,
            words,
            vae)
        .write(directory, network.parameters(), text.parameters(), autoencoder.parameters(), json);
    List.of(network, text, autoencoder).forEach(ParameterStore::close);
  }

  private static ParameterStore store() {
    return ParameterStore.forTraining(Map.of(), new RandomStreams(1), Precision.F32);
  }
}
