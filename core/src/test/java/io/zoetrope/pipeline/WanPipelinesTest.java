package io.zoetrope.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.zoetrope.Parity;
import io.zoetrope.checkpoint.safetensors.Safetensors;
import io.zoetrope.diffusion.TimestepPlan;
import io.zoetrope.diffusion.sampler.Noise;
import io.zoetrope.pipeline.family.LoraChoice;
import io.zoetrope.pipeline.family.ModelChoice;
import io.zoetrope.pipeline.family.Role;
import io.zoetrope.pipeline.family.TinyWan;
import io.zoetrope.pipeline.model.VideoModel;
import io.zoetrope.pipeline.model.VideoRequest;
import io.zoetrope.pipeline.task.Animate;
import io.zoetrope.pipeline.task.FromGiven;
import io.zoetrope.progress.Progress;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.BiFunction;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whole pipelines of Wan and SkyReels-V2, tiny, against ours: four steps with guidance from the
 * same noise. Made by {@code reference/make_wan_pipelines.py}.
 */
class WanPipelinesTest {
  /** The mark of whole pipelines. */
  private static final double MARK = 1e-4;

  private static final int STEPS = 4;

  @TempDir Path temp;

  private static VideoRequest request(double fps) {
    return new VideoRequest(
        "a red ball  moves &amp; turns", "blurred", 0, 64, 48, 9, fps, STEPS, 5, "unipc");
  }

  private static Noise brought(Noise noise, Tensor start) {
    return noise.with((use, draw, clip, frame) ->
        use.equals("start")
            ? Optional.of(start.select(0, clip).select(1, frame))
            : Optional.empty());
  }

  /** A pipeline's latents against those of a task. */
  private void check(String name, BiFunction<Engine, Parity, Tensor> task) {
    check(name, name, task);
  }

  private void check(String name, String files, BiFunction<Engine, Parity, Tensor> task) {
    Path directory = TinyWan.directory(temp, files);
    try (Parity parity = Parity.of("wan_pipelines/" + name);
        VideoModel model = VideoModel.load(ModelChoice.of(directory, "f32"))) {
      assertThat(model.defaults().sampler()).isEqualTo("unipc");
      Scopes.run(() -> {
        Engine engine = new Engine(model).withNoise(noise -> brought(noise, parity.get("noise")));
        parity.check("latents", task.apply(engine, parity), MARK);
      });
    }
  }

  private static Tensor words(Engine engine, double fps) {
    return new TextToVideo(engine).latents(List.of(request(fps)), Progress.NONE);
  }

  /** Bytes [3, H, W] as a picture, -1 to 1. */
  private static Tensor picture(Parity parity, String name) {
    return Ops.add(Ops.mul(parity.get(name).to(ScalarType.Float), 2 / 255.0), -1);
  }

  @Test
  void fromWords() {
    check("t2v", (engine, parity) -> words(engine, 16));
  }

  /** Of four steps two are the second transformer's. */
  @Test
  void twoExperts() {
    check("experts", (engine, parity) -> words(engine.withLateGuidance(3), 16));
  }

  /** The picture's latent is held, and told level 0: an ordinary plan. */
  @Test
  void aPictureAsAPlan() {
    check(
        "ti2v",
        (engine, parity) -> {
          Tensor given = engine.encode(picture(parity, "first").unsqueeze(0).unsqueeze(2));
          Tensor made = new Animate(given, 0).latents(engine, List.of(request(16)), Progress.NONE);
          assertThat(Tensors.toFloats(made.narrow(2, 0, 1))).isEqualTo(Tensors.toFloats(given));
          return made;
        });
  }

  private static Tensor given(Engine engine, Parity parity, String... names) {
    SequencedMap<Integer, Tensor> given = new LinkedHashMap<>();
    for (int i = 0; i < names.length; i++) {
      given.put(i == 0 ? 0 : 8, picture(parity, names[i]));
    }
    FromGiven task = new FromGiven(GivenVideo.of(9, given), looks(engine, parity, names));
    return task.latents(engine, List.of(request(16)), Progress.NONE);
  }

  /**
   * Pictures as an image processor of 28 pixels makes them: made smaller, and the middle cut out.
   */
  private static Tensor looks(Engine engine, Parity parity, String... names) {
    List<Tensor> read =
        List.of(names).stream()
            .map(name -> engine.model().readPictures(parity.get(name + ".seen")).tokens_PND())
            .toList();
    return Tensors.cat(read, 1);
  }

  @Test
  void aPictureBesideTheNoise() {
    check("i2v", (engine, parity) -> given(engine, parity, "first"));
  }

  @Test
  void firstAndLastPictureBesideTheNoise() {
    check("flf", (engine, parity) -> given(engine, parity, "first", "last"));
  }

  /** A part of a video made anew, after a picture of something else. */
  @Test
  void partsOfAVideo() {
    check(
        "vace",
        (engine, parity) -> {
          Tensor x_13FHW =
              Ops.add(Ops.mul(parity.get("video").to(ScalarType.Float), 2 / 255.0), -1)
                  .transpose(0, 1)
                  .unsqueeze(0);
          Tensor made = parity.get("mask").to(ScalarType.Bool).unsqueeze(0).unsqueeze(0);
          GivenVideo given = new GivenVideo(x_13FHW, made, List.of(picture(parity, "reference")));
          return new FromGiven(given, Tensors.zeros(1, 0, 1))
              .latents(engine, List.of(request(16)), Progress.NONE);
        });
  }

  @Test
  void skyReels() {
    check("skyreels", (engine, parity) -> words(engine, 24));
  }

  /** Blocks follow each other two steps apart: SkyReels' asynchronous way is our pyramid. */
  @Test
  void skyReelsAsAWave() {
    check(
        "skyreels_wave",
        "skyreels",
        (engine, parity) -> {
          VideoRequest request = request(16);
          TimestepPlan plan = TextToVideo.plan(engine.descent(request), 3).stagger(2);
          Tensor nothing = engine.canvas(List.of(request), 3);
          return engine.run(Job.of(plan, List.of(request), nothing), Progress.NONE);
        });
  }

  /** A LoRA goes into the network that its name is of, else into both. */
  @Test
  void lorasOfTwoExperts() {
    Path directory = TinyWan.directory(temp, "experts");
    Map<String, List<String>> used =
        Map.of(
            "lora_high_noise", List.of("transformer"),
            "Lora-LowNoise", List.of("transformer_2"),
            "slow_flow", List.of("transformer", "transformer_2"));
    for (Map.Entry<String, List<String>> each : used.entrySet()) {
      Path file = temp.resolve(each.getKey() + ".safetensors");
      Scopes.run(() ->
          Safetensors.write(
              file,
              Map.of(
                  "blocks.0.self_attn.q.lora_A.weight", Tensors.full(1, 1, 24),
                  "blocks.0.self_attn.q.lora_B.weight", Tensors.full(1, 24, 1)),
              Map.of()));
      ModelChoice choice =
          ModelChoice.of(directory, "f32").withLoras(List.of(new LoraChoice(file, 1)));
      try (VideoModel plain = VideoModel.load(ModelChoice.of(directory, "f32"));
          VideoModel model = VideoModel.load(choice)) {
        assertThat(model.loras()).hasSize(each.getValue().size());
        assertThat(changed(plain, model, Role.DENOISER))
            .isEqualTo(each.getValue().contains("transformer"));
        assertThat(changed(plain, model, Role.LATE))
            .isEqualTo(each.getValue().contains("transformer_2"));
      }
    }
  }

  private static boolean changed(VideoModel plain, VideoModel model, Role<?> role) {
    String name = "blocks.0.attn1.to_q.weight";
    return !Objects.requireNonNull(plain.weights(role).orElseThrow().parameters().get(name))
        .equal(model.weights(role).orElseThrow().parameters().get(name));
  }
}
