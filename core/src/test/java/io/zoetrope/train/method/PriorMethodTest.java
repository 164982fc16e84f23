package io.zoetrope.train.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.checkpoint.Component;
import io.zoetrope.error.UserError;
import io.zoetrope.network.PictureSlots;
import io.zoetrope.network.classifier.ClassifierConfig;
import io.zoetrope.network.classifier.VideoClassifier;
import io.zoetrope.nn.ParameterStore;
import io.zoetrope.pipeline.Engine;
import io.zoetrope.pipeline.TextToVideo;
import io.zoetrope.pipeline.family.ModelChoice;
import io.zoetrope.pipeline.model.VideoModel;
import io.zoetrope.pipeline.model.VideoRequest;
import io.zoetrope.progress.Progress;
import io.zoetrope.torch.Precision;
import io.zoetrope.torch.RandomStreams;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import io.zoetrope.train.TrainingListener;
import io.zoetrope.train.objective.ToyboxLabels;
import io.zoetrope.train.run.TrainingRun;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Make-A-Video's parts: a prior from captions, a decoder that never reads one, and both as one. */
class PriorMethodTest {
  @TempDir Path folder;

  @BeforeEach
  void classifier() {
    ClassifierConfig config = ClassifierConfig.size("tiny").withHeads(ToyboxLabels.heads());
    try (ParameterStore store =
        ParameterStore.forTraining(Map.of(), new RandomStreams(4), Precision.F32)) {
      VideoClassifier unused = new VideoClassifier(config, store.root());
      Component.encoder(folder.resolve("classifier"))
          .write(config, store.parameters(), ScalarType.Float);
    }
  }

  private Path run(String name, String data, String objective) {
    String text =
        """
        {name: %s, seed: 3, steps: 2, batch: 2, precision: f32, ema: 0.0,
         optimizer: {lr: 1e-2}, sample: {every: 1},
         data: {kind: toybox, width: 32, height: 32, %s}, objective: {%s, clips: 5}}
        """
            .formatted(name, data, objective.replace("HERE", folder.toString()));
    return TrainingRun.run(
            Methods.ALL.parse(name, text, List.of()),
            text,
            folder.resolve("runs"),
            false,
            TrainingListener.NONE)
        .product();
  }

  private Path prior() {
    return run("p", "frames: 3", "kind: prior, classifier: HERE/classifier, heads: 2, blocks: 1");
  }

  private Path decoder(String name, String frames, String more) {
    return run(
        name,
        frames,
        "kind: diffusion, network: unet-tiny-pixels, inflation: make-a-video, autoencoder: none,"
            + " embedding: {classifier: HERE/classifier, prior: HERE/runs/p}, "
            + more);
  }

  @Test
  void aTextGoesThroughThePriorToTheDecoder() {
    Path prior = prior();
    assertThat(prior.resolve("prior/config.json")).exists();
    assertThat(
            Objects.requireNonNull(prior.getParent()).resolve("samples/step-000001/agreement.txt"))
        .exists();
    decoder("images", "frames: 3", "temporal: false, cut: 1");
    Path model = decoder("clips", "frames: 3", "init: HERE/runs/images, cut: 2");
    try (VideoModel loaded = VideoModel.load(ModelChoice.of(model, "f32"))) {
      assertThat(loaded.text()).isEmpty();
      assertThat(loaded.unknownWords("a red zebra")).containsExactly("zebra");
      assertThat(loaded.network().signature().orElseThrow().needs())
          .contains(PictureSlots.EMBEDDING);
      byte[] red = made(loaded, "a red ball");
      assertThat(made(loaded, "a red ball")).isEqualTo(red);
      assertThat(made(loaded, "a blue cube")).isNotEqualTo(red);
    }
  }

  private static byte[] made(VideoModel model, String prompt) {
    VideoRequest request = VideoRequest.of(prompt, 3, model.defaults()).withSteps(2);
    return Scopes.value(() ->
        Tensors.toBytes(
            new TextToVideo(new Engine(model)).latents(List.of(request), Progress.NONE)));
  }

  @Test
  void whatIsMissingIsSaidBeforeAnythingIsEncoded() throws Exception {
    assertThatThrownBy(() -> decoder("d", "frames: 2", "cut: 1"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("no finished prior");
    assertThatThrownBy(
            () -> run("q", "frames: 2", "kind: prior, classifier: HERE/classifier, heads: 3"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("heads must divide the 16 features");
    assertThatThrownBy(() -> run("q", "frames: 2", "kind: prior, classifier: HERE/none"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("no classifier");
    Files.createDirectories(folder.resolve("runs"));
  }
}
