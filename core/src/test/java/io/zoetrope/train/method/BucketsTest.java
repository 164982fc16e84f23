package io.zoetrope.train.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.error.UserError;
import io.zoetrope.network.NetworkConfig;
import io.zoetrope.network.Told;
import io.zoetrope.network.VideoNetwork;
import io.zoetrope.network.dit.DitConfig;
import io.zoetrope.nn.ParameterStore;
import io.zoetrope.pipeline.TinyModel;
import io.zoetrope.pipeline.family.ModelChoice;
import io.zoetrope.pipeline.model.VideoModel;
import io.zoetrope.torch.Precision;
import io.zoetrope.torch.RandomStream;
import io.zoetrope.torch.RandomStreams;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import io.zoetrope.train.TrainingListener;
import io.zoetrope.train.recipe.Recipe;
import io.zoetrope.train.run.TrainingRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One network, clips of several shapes. */
class BucketsTest {
  private static final String BUCKETS =
      "[{width: 32, height: 32, frames: 4}, {width: 48, height: 32, frames: 4, share: 2},"
          + " {width: 32, height: 32, frames: 1, batch: 5}, {width: 16, height: 32, frames: 8}]";

  @TempDir Path folder;

  private Recipe<Method> recipe(Path base, String more) {
    String text =
        """
        {name: b, seed: 3, steps: 12, batch: 2, optimizer: {lr: 2e-3}, ema: 0.0,
         schedule: {floor: 1.0}, checkpoint: {every: 100}, log: {every: 1}, sample: {every: 0},
         data: {kind: toybox, width: 32, height: 32, frames: 4},
         objective: {kind: diffusion, network: tiny, autoencoder: '%s', clips: 3%s}}
        """
            .formatted(base, more);
    return Methods.ALL.parse("r", text, List.of());
  }

  @Test
  void everyShapeIsLearnedAndTheModelIsToldSizes() throws IOException {
    Path base = TinyModel.write(folder.resolve("tiny"));
    List<String> notes = new ArrayList<>();
    TrainingRun.Outcome made =
        TrainingRun.run(
            recipe(base, ", sizes: true, buckets: " + BUCKETS),
            "",
            folder.resolve("runs"),
            false,
            new TrainingListener() {
              @Override
              public void note(String line) {
                notes.add(line);
              }
            });
    assertThat(notes)
        .contains(
            "32x32x4: 3 clips, 2 at a time; 48x32x4: 3 clips, 1 at a time;"
                + " 32x32x1: 3 clips, 5 at a time; 16x32x8: 3 clips, 2 at a time");
    String log = Files.readString(folder.resolve("runs/b/metrics.jsonl"));
    for (String shape : List.of("32x32x4", "48x32x4", "32x32x1", "16x32x8")) {
      assertThat(log).contains("loss_" + shape);
    }
    try (VideoModel model = VideoModel.load(ModelChoice.of(made.product(), "f32"))) {
      assertThat(model.network().config().told()).isEqualTo(Told.SIZES);
      assertThat(TinyModel.latents(model, TinyModel.request(1).withSize(48, 32).withFrames(5)))
          .isNotEmpty();
    }
  }

  @Test
  void sizesBeginSilentAndBothBranchesOfGuidanceKnowThem() {
    NetworkConfig plain = DitConfig.size("tiny");
    NetworkConfig told = plain.telling(Told.SIZES);
    assertThat(told.needs()).isEqualTo(plain.needs());
    try (ParameterStore one =
        ParameterStore.forTraining(Map.of(), new RandomStreams(2), Precision.F32)) {
      var network = plain.build(one.root());
      shake(one);
      try (ParameterStore two =
          ParameterStore.forTraining(one.parameters(), new RandomStreams(3), Precision.F32)) {
        var sized = told.build(two.root());
        assertThat(two.missing()).hasSize(2);
        for (long[] shape : new long[][] {{1, 4, 3, 8, 8}, {1, 4, 2, 6, 12}}) {
          assertThat(answer(sized, shape)).isEqualTo(answer(network, shape));
        }
        two.parameters()
            .forEach((name, p) -> {
              if (name.contains("size_embedder")) {
                Scopes.run(() -> Scopes.noGrad(() -> p.add_(Tensors.full(0.1, 1))));
              }
            });
        assertThat(answer(sized, new long[] {1, 4, 3, 8, 8}))
            .isNotEqualTo(answer(network, new long[] {1, 4, 3, 8, 8}));
      }
    }
  }

  /** A network that predicts zero hides all differences. */
  private static void shake(ParameterStore store) {
    store
        .parameters()
        .values()
        .forEach(p ->
            Scopes.run(() -> {
              try (RandomStream random = new RandomStreams(8).stream("shake")) {
                Tensor noise = random.normal(Tensors.shape(p));
                Scopes.noGrad(() -> p.add_(noise));
              }
            }));
  }

  private static float[] answer(VideoNetwork network, long[] shape) {
    return Scopes.value(() ->
        Scopes.noGrad(() -> {
          try (RandomStream random = new RandomStreams(1).stream("z")) {
            Tensor z = random.normal(shape);
            Conditioning words = Conditioning.text(random.normal(1, 3, 32));
            return Tensors.toFloats(network.predict(z, Tensors.full(500, 1, shape[2]), words));
          }
        }));
  }

  @Test
  void whatCannotBeIsSaid() {
    Path base = TinyModel.write(folder.resolve("tiny"));
    Map<String, String> wrong =
        Map.of(
            "buckets: [{width: 4, height: 32, frames: 1}]", "at least 8x8 pixels",
            "buckets: [{width: 32, height: 32, frames: 1, share: 0}]", "share must be above 0",
            "buckets: [{width: 32, height: 32, frames: 1, batch: 0}]", "batch must be 1",
            "buckets: [{height: 32, frames: 1}]", "width");
    wrong.forEach((block, why) ->
        assertThatThrownBy(() -> recipe(base, ", " + block))
            .isInstanceOf(UserError.class)
            .hasMessageContaining(why));
    assertThatThrownBy(() ->
            TrainingRun.run(
                recipe(base, ", buckets: [{width: 34, height: 32, frames: 1}]"),
                "",
                folder.resolve("runs"),
                false,
                TrainingListener.NONE))
        .isInstanceOf(UserError.class);
  }
}
