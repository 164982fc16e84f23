package io.zoetrope.train.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.checkpoint.Provenance;
import io.zoetrope.checkpoint.safetensors.Safetensors;
import io.zoetrope.checkpoint.safetensors.SafetensorsFile;
import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.error.UserError;
import io.zoetrope.media.Frame;
import io.zoetrope.media.Png;
import io.zoetrope.pipeline.Engine;
import io.zoetrope.pipeline.TextToVideo;
import io.zoetrope.pipeline.TinyModel;
import io.zoetrope.pipeline.family.Beside;
import io.zoetrope.pipeline.family.ModelChoice;
import io.zoetrope.pipeline.family.TinyStableDiffusion;
import io.zoetrope.pipeline.family.TunedChoice;
import io.zoetrope.pipeline.model.VideoModel;
import io.zoetrope.pipeline.model.VideoRequest;
import io.zoetrope.pipeline.order.FrameSink;
import io.zoetrope.pipeline.order.Shot;
import io.zoetrope.pipeline.order.Sources;
import io.zoetrope.pipeline.order.Studio;
import io.zoetrope.pipeline.order.VideoOrder;
import io.zoetrope.progress.Progress;
import io.zoetrope.torch.AtomicFiles;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.RandomStream;
import io.zoetrope.torch.RandomStreams;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import io.zoetrope.train.TrainingListener;
import io.zoetrope.train.run.TrainingRun;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The structure of clips beside their latents: begun, trained, written, followed. */
class StructureTrainingTest {
  private static final String KIND = "structure:silhouette:3:2";

  @TempDir Path folder;

  private Path base() {
    return TinyStableDiffusion.write(folder.resolve("sd"), ScalarType.Float);
  }

  private String recipe(Path base, int steps) {
    return """
    {name: r, seed: 3, steps: %s, batch: 2, precision: f32, ema: 0.0, checkpoint: {every: 2},
     optimizer: {lr: 1e-2}, sample: {every: 0},
     data: {kind: toybox, width: 64, height: 64, frames: 2},
     objective: {kind: adapt, base: {model: '%s', inflation: vdm, beside: '%s'},
      parts: [{kind: weights, name: structure, names: ['*']}],
      clips: 3, captionDropout: 0.1}}
    """
        .formatted(steps, base, KIND);
  }

  private TrainingRun.Outcome run(String text, boolean resume) {
    return TrainingRun.run(
        Methods.ALL.parse("r", text, List.of()),
        text,
        folder.resolve("runs"),
        resume,
        TrainingListener.NONE);
  }

  private static Tensor made(VideoModel model, Optional<Tensor> beside) {
    Engine bare = new Engine(model);
    Engine engine =
        beside
            .map(b -> bare.withBeside(Conditioning.none().with(Conditioning.BESIDE, b)))
            .orElse(bare);
    VideoRequest request =
        new VideoRequest("a ball", "", 3, 64, 64, 1, 8, 3, 4, model.defaults().sampler());
    return new TextToVideo(engine).latents(List.of(request), Progress.NONE);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void itBeginsAsItsBaseWhateverItIsShown(boolean transformer) {
    Path base = transformer ? TinyModel.write(folder.resolve("toy")) : base();
    ModelChoice plain = ModelChoice.of(base, "f32");
    try (VideoModel model = VideoModel.load(plain);
        VideoModel shown = VideoModel.load(plain.withBeside(Optional.of(Beside.of(KIND))));
        RandomStream random = new RandomStreams(5).stream("beside")) {
      Scopes.run(() -> {
        Tensor one = made(model, Optional.empty());
        Tensor beside = random.normal(1, one.size(1) + 2, 1, one.size(3), one.size(4));
        Tensor begun = made(shown, Optional.of(beside));
        if (!transformer || zerosAddNothing()) {
          assertThat(Tensors.toBytes(begun)).isEqualTo(Tensors.toBytes(one));
        }
        assertThat(begun.sub(one).abs().max().item_double()).isLessThan(1e-5);
        assertThatThrownBy(() -> made(shown, Optional.empty()))
            .isInstanceOf(UserError.class)
            .hasMessageContaining("follows the structure of a video");
      });
    }
  }

  /**
   * Whether the BLAS of this machine makes the same of 10 features, 6 of which weigh nothing, as of
   * 4: a transformer's patches are such a product. With AVX2 alone another kernel sums 8 or more.
   */
  private static boolean zerosAddNothing() {
    try (RandomStream random = new RandomStreams(6).stream("features")) {
      Tensor x = random.normal(192, 10);
      Tensor weight = random.normal(32, 10);
      weight.narrow(1, 4, 6).zero_();
      Tensor few =
          Ops.linear(
              x.narrow(1, 0, 4).contiguous(),
              weight.narrow(1, 0, 4).contiguous(),
              Optional.empty());
      return Arrays.equals(
          Tensors.toBytes(few), Tensors.toBytes(Ops.linear(x, weight, Optional.empty())));
    }
  }

  @Test
  void whatIsTrainedFollowsAVideo() {
    Path base = base();
    Path file = run(recipe(base, 4), false).product();
    assertThat(Provenance.read(file).get(TunedChoice.BESIDE)).contains(KIND);
    try (SafetensorsFile written = Safetensors.open(file)) {
      assertThat(
              Objects.requireNonNull(written.entries().get("unet.conv_in.weight")).shape().get(1))
          .isEqualTo(4 + 4 + 2);
    }
    picture("left", 0);
    picture("right", 32);
    List<byte[]> left = restyled(base, file, "left", "");
    assertThat(restyled(base, file, "left", "")).usingRecursiveComparison().isEqualTo(left);
    assertThat(restyled(base, file, "right", "").getFirst()).isNotEqualTo(left.getFirst());
    assertThat(restyled(base, file, "left", ", \"blur\": 3").getFirst())
        .isNotEqualTo(left.getFirst());
    assertThatThrownBy(() -> restyled(base, file, "left", ", \"blur\": 4"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("blurred 0 to 3 times, not 4");
  }

  @Test
  void aTrainingThatStoppedGoesOnToTheBit() throws IOException {
    Path base = base();
    String whole = weights(run(recipe(base, 4), false).product());
    Path run = folder.resolve("runs/r");
    AtomicFiles.deleteTree(run.resolve("checkpoints/step-000004"));
    AtomicFiles.deleteTree(run.resolve("trained"));
    assertThat(weights(run(recipe(base, 4), true).product())).isEqualTo(whole);
  }

  private static String weights(Path file) {
    try (SafetensorsFile open = Safetensors.open(file)) {
      return HexFormat.of().formatHex(Tensors.toBytes(open.tensor("unet.conv_in.weight")));
    }
  }

  /** Two frames with a white square. */
  private void picture(String name, int from) {
    byte[] rgb = new byte[64 * 64 * 3];
    for (int i = 0; i < rgb.length; i++) {
      int x = i / 3 % 64;
      int y = i / 3 / 64;
      rgb[i] = (byte) (x >= from && x < from + 32 && y >= 16 && y < 48 ? 250 : 20);
    }
    Frame frame = new Frame(64, 64, rgb);
    Path into = folder.resolve(name);
    assertThat(into.toFile().mkdirs() || into.toFile().isDirectory()).isTrue();
    Png.write(into.resolve("0.png"), frame);
    Png.write(into.resolve("1.png"), frame);
  }

  private List<byte[]> restyled(Path base, Path tuned, String video, String more) {
    VideoOrder order =
        VideoOrder.parse(
            "order",
            """
            {"task": {"kind": "restyle", "video": {"path": "%s"}, "strength": 1.0,
              "join": {"overlap": 1} %s},
             "wish": {"prompts": ["a moon"], "size": {"width": 64, "height": 64}, "seed": 3,
             "steps": 2, "fps": 8}, "model": {"name": "%s", "dtype": "f32", "tuned": "%s"}}
            """
                .formatted(video, more, base, tuned));
    List<byte[]> frames = new ArrayList<>();
    FrameSink sink =
        new FrameSink() {
          @Override
          public void begin(Shot shot) {}

          @Override
          public void frame(Frame frame) {
            frames.add(frame.rgb());
          }
        };
    Studio.make(order, Sources.in(folder), sink, Progress.NONE);
    return frames;
  }
}
