package io.zoetrope.train.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.error.UserError;
import io.zoetrope.network.VideoNetwork;
import io.zoetrope.network.unet.Inflation;
import io.zoetrope.network.unet.UNetConfig;
import io.zoetrope.nn.ParameterStore;
import io.zoetrope.pipeline.Engine;
import io.zoetrope.pipeline.TextToVideo;
import io.zoetrope.pipeline.TinyModel;
import io.zoetrope.pipeline.family.Beside;
import io.zoetrope.pipeline.family.ModelChoice;
import io.zoetrope.pipeline.model.VideoModel;
import io.zoetrope.pipeline.model.VideoRequest;
import io.zoetrope.pipeline.task.Animate;
import io.zoetrope.progress.Progress;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.Precision;
import io.zoetrope.torch.RandomStream;
import io.zoetrope.torch.RandomStreams;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import io.zoetrope.train.TrainingListener;
import io.zoetrope.train.run.TrainingRun;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Known frames that layers over time see: Video LDM's prediction masks. */
class PredictionMaskTest {
  private static final UNetConfig PLAIN =
      UNetConfig.size("tiny-pixels").inflated(Inflation.of("align-your-latents"));
  private static final UNetConfig SHOWN =
      (UNetConfig)
          new Beside.Known()
              .seenBy(UNetConfig.size("tiny-pixels").inflated(Inflation.ALIGNED_KNOWN));

  @TempDir Path folder;

  private static Tensor normal(String name, long... shape) {
    try (RandomStream random = new RandomStreams(4).stream(name)) {
      return random.normal(shape);
    }
  }

  /** Of 4 frames, the first so many of which are known. */
  private static Tensor known(int first, Tensor frames) {
    double[] mask = new double[4];
    Arrays.fill(mask, 0, first, 1);
    return new Beside.Known().seen(Tensors.of(mask, 1, 1, 4, 1, 1), frames);
  }

  private static byte[] answer(VideoNetwork network, Tensor... parts) {
    return Scopes.value(() ->
        Scopes.noGrad(() ->
            Tensors.toBytes(
                network.predict(
                    Tensors.cat(List.of(parts), 1),
                    Tensors.full(300, 1, 4),
                    Conditioning.text(normal("text", 1, 3, network.config().textWidth()))))));
  }

  private static void shake(ParameterStore store, String which) {
    store
        .parameters()
        .forEach((name, p) -> {
          if (name.contains(which)) {
            Scopes.run(
                () -> Scopes.noGrad(() -> p.add_(Ops.mul(normal(name, Tensors.shape(p)), 0.2))));
          }
        });
  }

  @Test
  void itBeginsBlindAndTheImageNetworkNeverSees() {
    assertThat(SHOWN.takes()).isEqualTo(7);
    try (ParameterStore one =
            ParameterStore.forTraining(Map.of(), new RandomStreams(2), Precision.F32);
        ParameterStore two =
            ParameterStore.forTraining(Map.of(), new RandomStreams(2), Precision.F32)) {
      VideoNetwork plain = PLAIN.build(one.root());
      VideoNetwork shown = SHOWN.build(two.root());
      for (String which : List.of("conv_out", "alpha")) {
        shake(one, which);
        shake(two, which);
      }
      // The weights of the image network are those of any: nothing grows.
      one.parameters()
          .forEach((name, p) ->
              assertThat(Tensors.shape(Objects.requireNonNull(two.parameters().get(name))))
                  .as(name)
                  .isEqualTo(Tensors.shape(p)));
      Tensor z = Scopes.keep(normal("z", 1, 3, 4, 16, 16));
      Tensor frames = Scopes.keep(normal("frames", 1, 3, 4, 16, 16));
      byte[] blind = answer(shown, z, known(0, frames));
      assertThat(answer(shown, z, known(2, frames))).isEqualTo(blind);
      shake(two, ".shown.conv2");
      byte[] none = answer(shown, z, known(0, frames));
      byte[] first = answer(shown, z, known(1, frames));
      assertThat(first).isNotEqualTo(none);
      assertThat(answer(shown, z, known(2, frames))).isNotEqualTo(first);
      // Where alpha is 1, layers over time count for nothing, and so does what they see.
      two.parameters()
          .forEach((name, p) -> {
            if (name.endsWith("alpha")) {
              Scopes.run(
                  () -> Scopes.noGrad(() -> p.mul_(Tensors.zeros(1)).add_(Tensors.full(1, 1))));
            }
          });
      assertThat(answer(shown, z, known(2, frames))).isEqualTo(answer(shown, z, known(0, frames)));
      assertThat(answer(plain, z)).isNotEmpty();
    }
  }

  private Path train(String beside) {
    return train("align-your-latents-known", beside);
  }

  private Path train(String inflation, String beside) {
    String text =
        """
        {name: masks, seed: 3, steps: 3, batch: 2, precision: f32, ema: 0.0,
         checkpoint: {every: 9}, optimizer: {lr: 2e-2}, sample: {every: 3},
         data: {kind: toybox, width: 16, height: 16, frames: 4},
         objective: {kind: diffusion, network: unet-tiny-pixels, autoencoder: none, prediction: v,
          inflation: %s, clips: 3, %s}}
        """
            .formatted(inflation, beside);
    return TrainingRun.run(
            Methods.ALL.parse("r", text, List.of()),
            text,
            folder.resolve("runs"),
            false,
            TrainingListener.NONE)
        .product();
  }

  @Test
  void itIsTrainedAndAnimatesWithTheFirstFrameHeld() {
    Path made = train("beside: {kind: known, first: 2}");
    try (VideoModel model = VideoModel.load(ModelChoice.of(made, "f32"))) {
      assertThat(model.beside().map(Beside::text)).contains("known");
      assertThat(model.network().config().takes()).isEqualTo(7);
      VideoRequest request = new VideoRequest("a ball", "", 3, 16, 16, 4, 8, 2, 1, "ddim");
      Scopes.run(() -> {
        Engine engine = new Engine(model);
        Tensor picture = Ops.clamp(normal("picture", 1, 3, 1, 16, 16), -1, 1);
        Tensor held = new Animate(picture, 0).latents(engine, List.of(request), Progress.NONE);
        assertThat(Tensors.toBytes(held.narrow(2, 0, 1).contiguous()))
            .isEqualTo(Tensors.toBytes(picture));
        assertThat(new TextToVideo(engine).latents(List.of(request), Progress.NONE).size(2))
            .isEqualTo(4);
      });
    }
  }

  /** Given frames count more or less; where none is given, guidance on them is nothing. */
  @Test
  void contextGuidanceLeadsTowardsWhatIsShown() {
    Path made = train("vdm", "beside: {kind: known, first: 2}");
    try (VideoModel model = VideoModel.load(ModelChoice.of(made, "f32"))) {
      VideoRequest request = new VideoRequest("a ball", "", 3, 16, 16, 4, 8, 2, 1, "ddim");
      Scopes.run(() -> {
        Engine plain = new Engine(model);
        Tensor picture = Ops.clamp(normal("picture", 1, 3, 1, 16, 16), -1, 1);
        Function<Engine, Tensor> moved =
            engine -> new Animate(picture, 0).latents(engine, List.of(request), Progress.NONE);
        Tensor usual = moved.apply(plain);
        assertThat(moved.apply(plain.withContextGuidance(1)).equal(usual)).isTrue();
        Tensor blind = moved.apply(plain.withContextGuidance(0));
        Tensor more = moved.apply(plain.withContextGuidance(3));
        assertThat(blind.equal(usual)).isFalse();
        assertThat(more.equal(usual)).isFalse();
        assertThat(more.narrow(2, 0, 1).equal(picture)).isTrue();
        Function<Engine, Tensor> free =
            engine -> new TextToVideo(engine).latents(List.of(request), Progress.NONE);
        assertThat(free.apply(plain.withContextGuidance(3)).equal(free.apply(plain))).isTrue();
      });
    }
    try (VideoModel model =
        VideoModel.load(ModelChoice.of(TinyModel.write(folder.resolve("other")), "f32"))) {
      assertThatThrownBy(() -> new Engine(model).withContextGuidance(2))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("shown which frames are known");
    }
  }

  @Test
  void whatIsNoMaskIsSaid() {
    assertThatThrownBy(() -> train("beside: {kind: known, first: -1}"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("first must be 0 to 64");
    assertThatThrownBy(() -> train("beside: {kind: known, first: 65}"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("first must be 0 to 64");
  }
}
