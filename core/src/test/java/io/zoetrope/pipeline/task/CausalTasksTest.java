package io.zoetrope.pipeline.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.diffusion.Course;
import io.zoetrope.diffusion.PromptCues;
import io.zoetrope.diffusion.guidance.Downsampling;
import io.zoetrope.diffusion.guidance.ReconstructionGuidance;
import io.zoetrope.diffusion.guidance.ReconstructionWeight;
import io.zoetrope.error.UserError;
import io.zoetrope.media.Frame;
import io.zoetrope.media.Video;
import io.zoetrope.network.vae.Causal;
import io.zoetrope.pipeline.CausalModel;
import io.zoetrope.pipeline.Engine;
import io.zoetrope.pipeline.TextToVideo;
import io.zoetrope.pipeline.TinyModel;
import io.zoetrope.pipeline.family.ModelChoice;
import io.zoetrope.pipeline.model.VideoModel;
import io.zoetrope.pipeline.model.VideoRequest;
import io.zoetrope.progress.Progress;
import io.zoetrope.torch.RandomStream;
import io.zoetrope.torch.RandomStreams;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What a model makes of 4 (n - 1) + 1 frames if a latent holds four of them is what one with a
 * latent for each frame makes of n, by the same network.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CausalTasksTest {
  private static final List<List<String>> TWO = List.of(List.of("a red ball", "a blue ball"));

  /**
   * A task twice.
   *
   * @param frames of the clip of the causal model
   * @param latents of the clip of the other
   * @param causal the task, counted in frames of the one
   * @param plain in frames of the other, which are latents
   */
  private record Case(
      int frames, int latents, Function<Engine, VideoTask> causal, VideoTask plain) {}

  private static final Map<String, Case> CASES = new LinkedHashMap<>();

  private static void add(String name, int frames, int latents, VideoTask causal, VideoTask plain) {
    CASES.put(name, new Case(frames, latents, engine -> causal, plain));
  }

  static {
    add("animate", 13, 4, new Animate(content(0, 1), 0), new Animate(content(0, 1), 0));
    add("animate, not full", 11, 4, new Animate(content(0, 2), 0), new Animate(content(0, 2), 0));
    VideoTask between = new Interpolate(content(0, 1), content(5, 1));
    add("interpolate", 17, 5, between, between);
    VideoTask loop = new Loop(content(0, 1), content(1, 1), 0.2, Course.WAIT);
    add("loop", 13, 4, loop, loop);
    add(
        "extend",
        13,
        4,
        new Extend(Optional.of(content(0, 2)), 25, 5),
        new Extend(Optional.of(content(0, 2)), 7, 2));
    add(
        "extend, not full",
        12,
        4,
        new Extend(Optional.of(content(0, 3)), 23, 4),
        new Extend(Optional.of(content(0, 3)), 7, 1));
    add(
        "extend nothing",
        9,
        3,
        new Extend(Optional.empty(), 21, 1),
        new Extend(Optional.empty(), 6, 1));
    add("restyle", 13, 4, new Restyle(content(0, 4), 0.6, 1), new Restyle(content(0, 4), 0.6, 1));
    add(
        "restyle, long",
        13,
        4,
        new Restyle(content(0, 7), 0.6, 5),
        new Restyle(content(0, 7), 0.6, 2));
    for (Travel.Turn turn : Travel.Turn.values()) {
      add(
          "travel hard " + turn,
          13,
          4,
          new Travel(new PromptCues(List.of(0L, 14L), 0), TWO, turn, 25, 4),
          new Travel(new PromptCues(List.of(0L, 4L), 0), TWO, turn, 7, 1));
      add(
          "travel soft " + turn,
          13,
          4,
          new Travel(new PromptCues(List.of(0L, 13L), 8), TWO, turn, 25, 8),
          new Travel(new PromptCues(List.of(0L, 4L), 2), TWO, turn, 7, 2));
    }
  }

  private static Tensor content(int first, int latents) {
    try (RandomStream stream = new RandomStreams(4).stream("content")) {
      return stream.normal(1, 4, 8, 4, 4).narrow(2, first, latents);
    }
  }

  private VideoModel causal;
  private VideoModel plain;

  @BeforeAll
  void load(@TempDir Path folder) {
    ModelChoice choice = ModelChoice.of(TinyModel.write(folder.resolve("model")), "f32");
    causal = VideoModel.load(choice, CausalModel.FAMILIES);
    plain = VideoModel.load(choice);
  }

  @AfterAll
  void close() {
    causal.close();
    plain.close();
  }

  private static List<VideoRequest> one(int frames) {
    return List.of(TinyModel.request(1, frames, 2, "ancestral"));
  }

  static Stream<String> tasks() {
    return CASES.keySet().stream();
  }

  @ParameterizedTest
  @MethodSource("tasks")
  void countsLatents(String name) {
    Case c = Objects.requireNonNull(CASES.get(name));
    Engine engine = new Engine(causal);
    Scopes.run(() -> {
      Tensor z = c.causal.apply(engine).latents(engine, one(c.frames), Progress.NONE);
      Tensor same = c.plain.latents(new Engine(plain), one(c.latents), Progress.NONE);
      assertThat(Tensors.shape(z)).isEqualTo(Tensors.shape(same));
      assertThat(Tensors.toBytes(z)).isEqualTo(Tensors.toBytes(same));
      assertThat(engine.decode(z, 8).frames()).hasSize(4 * (int) z.size(2) - 3);
    });
  }

  @Test
  void textToVideo() {
    Engine engine = new Engine(causal);
    Scopes.run(() -> {
      byte[] same =
          Tensors.toBytes(new TextToVideo(new Engine(plain)).latents(one(4), Progress.NONE));
      for (int frames : new int[] {10, 12, 13}) {
        Tensor z = new TextToVideo(engine).latents(one(frames), Progress.NONE);
        assertThat(Tensors.toBytes(z)).isEqualTo(same);
      }
      assertThat(new TextToVideo(engine).run(one(12).getFirst(), Progress.NONE).frames())
          .hasSize(13);
    });
  }

  /** Frames are handed over latent by latent, and are those of the whole video. */
  @Test
  void rolls() {
    Engine engine = new Engine(causal);
    PromptCues cues = new PromptCues(List.of(0L, 10L), 0);
    PromptCues counted = new PromptCues(List.of(0L, 3L), 0);
    Roll roll = new Roll(cues, TWO, 4, Optional.empty());
    Roll other = new Roll(counted, TWO, 1, Optional.empty());
    Scopes.run(() -> {
      List<Tensor> latents = new ArrayList<>();
      other.latents(
          new Engine(plain), one(4), 6, (number, z) -> latents.add(copy(z)), Progress.NONE);
      Tensor whole = Tensors.cat(latents, 2);
      List<Tensor> made = new ArrayList<>();
      roll.latents(engine, one(13), 6, (number, z) -> made.add(copy(z)), Progress.NONE);
      assertThat(Tensors.toBytes(Tensors.cat(made, 2))).isEqualTo(Tensors.toBytes(whole));
      List<Frame> frames = new ArrayList<>();
      roll.run(engine, one(13).getFirst(), 19, frames::add, Progress.NONE);
      List<Frame> all = engine.decode(whole, 8).frames();
      assertThat(frames).hasSize(19);
      for (int f = 0; f < 19; f++) {
        assertThat(frames.get(f).rgb()).as("frame %d", f).isEqualTo(all.get(f).rgb());
      }
      latents.forEach(Scopes::free);
      made.forEach(Scopes::free);
    });
  }

  private static Tensor copy(Tensor z) {
    return Scopes.keep(z.clone());
  }

  @Test
  void pixelsAreCountedToo() {
    Engine engine = new Engine(causal);
    Scopes.run(() -> {
      Refine.Pixels small = new Refine.Pixels(pixels(7));
      Tensor fine = new Refine(small, 0.5, 1).latents(engine, one(9), Progress.NONE);
      assertThat(Tensors.shape(fine)).containsExactly(1, 4, 3, 4, 4);
      SuperResolve resolve =
          new SuperResolve(
              pixels(11),
              4,
              Downsampling.AREA,
              ReconstructionWeight.constant(1),
              ReconstructionGuidance.Activations.KEPT);
      Tensor large = resolve.latents(engine, one(9), Progress.NONE);
      assertThat(Tensors.shape(large)).containsExactly(1, 4, 4, 4, 4);
    });
  }

  /** A picture at the end is one that the video has come to rest on. */
  @Test
  void picturesAtRest() {
    Engine engine = new Engine(causal);
    Scopes.run(() -> {
      Video picture = engine.decode(content(0, 1), 8);
      Tensor first = engine.encode(picture);
      Tensor rest = engine.encodeAtRest(picture, Progress.NONE);
      assertThat(Tensors.shape(rest)).containsExactly(1, 4, 1, 4, 4);
      Tensor still = Tensors.cat(List.of(first, rest), 2);
      List<Frame> frames = engine.decode(still, 8).frames();
      assertThat(frames).hasSize(5);
      for (Frame frame : frames) {
        assertThat(frame.rgb()).isEqualTo(frames.getFirst().rgb());
      }
    });
  }

  private static Tensor pixels(int frames) {
    try (RandomStream stream = new RandomStreams(6).stream("small")) {
      return stream.normal(1, 3, frames, 8, 8).tanh();
    }
  }

  @Test
  void whatHoldsSingleFramesIsRefusedInOneLine() {
    Engine engine = new Engine(causal);
    Scopes.run(() -> {
      for (VideoTask task : List.of(new HigherRate(content(0, 3), 2, 1), TextToVideoZero.usual())) {
        assertThatThrownBy(() -> task.latents(engine, one(9), Progress.NONE))
            .isInstanceOf(UserError.class)
            .hasMessageContaining(
                "for models with a latent for each frame; one of this model holds 4")
            .hasMessageNotContaining("\n");
      }
      Travel near =
          new Travel(
              new PromptCues(List.of(0L, 6L, 8L), 0),
              List.of(List.of("a", "b", "c")),
              Travel.Turn.WITHIN_CLIPS,
              13,
              1);
      assertThatThrownBy(() -> near.latents(engine, one(13), Progress.NONE))
          .isInstanceOf(UserError.class)
          .hasMessage(
              "prompts at frames [0, 6, 8] are too near: a latent of this model holds 4 frames");
      Roll narrow = new Roll(PromptCues.single(), List.of(List.of("")), 6, Optional.empty());
      assertThatThrownBy(() -> narrow.run(engine, one(9).getFirst(), 9, f -> {}, Progress.NONE))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("a window of 9 frames");
    });
  }

  @Test
  void whatShowsNothingBeforeItHasSeenAllCannotRoll(@TempDir Path folder) {
    ModelChoice choice = ModelChoice.of(TinyModel.write(folder.resolve("model")), "f32");
    try (VideoModel whole = VideoModel.load(choice, CausalModel.of(Causal.WHOLE))) {
      Roll roll = new Roll(PromptCues.single(), List.of(List.of("")), 0, Optional.empty());
      assertThatThrownBy(
              () -> roll.run(new Engine(whole), one(9).getFirst(), 9, f -> {}, Progress.NONE))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("decodes piece by piece");
    }
  }
}
