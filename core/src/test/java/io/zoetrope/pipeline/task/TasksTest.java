package io.zoetrope.pipeline.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.diffusion.Plans;
import io.zoetrope.diffusion.PromptCues;
import io.zoetrope.error.UserError;
import io.zoetrope.media.Video;
import io.zoetrope.pipeline.Engine;
import io.zoetrope.pipeline.Job;
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
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** What makes each task this one and no other. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TasksTest {
  private static final List<List<String>> TWO = List.of(List.of("a red ball", "a blue ball"));

  private VideoModel model;
  private Engine engine;

  @BeforeAll
  void load(@TempDir Path folder) {
    model = VideoModel.load(ModelChoice.of(TinyModel.write(folder.resolve("model")), "f32"));
    engine = new Engine(model);
  }

  @AfterAll
  void close() {
    model.close();
  }

  private static Tensor content(int frames) {
    try (RandomStream stream = new RandomStreams(4).stream("content")) {
      return stream.normal(1, 4, frames, 4, 4);
    }
  }

  private static VideoRequest request(int clip) {
    return TinyModel.request(1, clip, 2, "ancestral");
  }

  private Tensor make(VideoTask task, int clip) {
    return task.latents(engine, List.of(request(clip)), Progress.NONE);
  }

  private static byte[] frames(Tensor z, long first, long count) {
    return Tensors.toBytes(z.narrow(2, first, count));
  }

  @Test
  void aShorterExtensionIsTheBeginningOfALongerOne() {
    Scopes.run(() -> {
      Optional<Tensor> begun = Optional.of(content(3));
      Tensor longest = make(new Extend(begun, 12, 2), 4);
      for (int frames : new int[] {4, 5, 8, 11}) {
        assertThat(Tensors.toBytes(make(new Extend(begun, frames, 2), 4)))
            .isEqualTo(frames(longest, 0, frames));
      }
    });
  }

  @Test
  void anExtensionOfNothingBeginsWithTextToVideo() {
    Scopes.run(() -> {
      Tensor z = make(new Extend(Optional.empty(), 6, 1), 4);
      Tensor first = new TextToVideo(engine).latents(List.of(request(4)), Progress.NONE);
      assertThat(frames(z, 0, 4)).isEqualTo(Tensors.toBytes(first));
      // The next clip is image to video from the last frame, with noise of its own.
      Tensor given = Tensors.cat(List.of(first.narrow(2, 3, 1), Tensors.zeros(1, 4, 3, 4, 4)), 2);
      Tensor next =
          engine.run(
              Job.of(Plans.animate(engine.levels(2), 4), List.of(request(4)), given).at(1, 3),
              Progress.NONE);
      assertThat(frames(z, 4, 2)).isEqualTo(frames(next, 1, 2));
    });
  }

  @Test
  void aLoopIsAnInterpolationWithoutItsLastFrame() {
    Scopes.run(() -> {
      Tensor image = content(1);
      assertThat(Tensors.toBytes(make(new Loop(image, 0), 4)))
          .isEqualTo(frames(make(new Interpolate(image, image), 5), 0, 4));
    });
  }

  @Test
  void littleStrengthLeavesTheSourceNearlyAsItIs() {
    Scopes.run(() -> {
      Tensor source = content(3);
      double before = 0;
      for (double strength : new double[] {0.001, 0.3, 0.9}) {
        Tensor z = make(new Restyle(source, strength, 1), 3);
        double change = z.sub(source).abs().mean().item_double();
        assertThat(change).as("strength %s", strength).isGreaterThan(before);
        before = change;
        if (strength == 0.001) {
          assertThat(change).isLessThan(0.05);
        }
      }
    });
  }

  @Test
  void refiningDoublesTheSize() {
    Scopes.run(() -> {
      Tensor small = content(2).narrow(3, 0, 2).narrow(4, 0, 2);
      Tensor inLatents = make(new Refine(new Refine.Latents(small), 0.001, 1), 2);
      assertThat(inLatents.sub(Upscale.to(small, 4, 4)).abs().mean().item_double())
          .isLessThan(0.05);
      Tensor x = engine.pixels(small);
      assertThat(Tensors.shape(x)).containsExactly(1, 3, 2, 8, 8);
      Tensor inPixels = make(new Refine(new Refine.Pixels(x), 0.001, 1), 2);
      assertThat(inPixels.sub(engine.encode(Upscale.to(x, 16, 16))).abs().mean().item_double())
          .isLessThan(0.05);
    });
  }

  @Test
  void upscalingKeepsWhatIsFlatAndWhatIsSteep() {
    Scopes.run(() -> {
      for (float x : Tensors.toFloats(Upscale.to(Tensors.full(0.3, 1, 1, 1, 3, 5), 7, 11))) {
        assertThat(x).isBetween(0.29999f, 0.30001f);
      }
      float[] ramp = {0, 1, 2, 3, 4, 5, 6, 7};
      float[] up = Tensors.toFloats(Upscale.to(Tensors.of(ramp, 1, 1, 1, 1, 8), 1, 16));
      for (int i = 4; i < 12; i++) {
        assertThat(up[i]).isBetween(0.5f * i - 0.25f - 1e-5f, 0.5f * i - 0.25f + 1e-5f);
      }
      assertThat(Tensors.toBytes(Upscale.to(content(1), 4, 4)))
          .isEqualTo(Tensors.toBytes(content(1)));
    });
  }

  /** Outside of the blended frames each clip is the one that its prompt alone would make. */
  @Test
  void betweenClipsASoftEdgeMakesTheBlendedFramesAgain() {
    Scopes.run(() -> {
      PromptCues soft = new PromptCues(List.of(0L, 4L), 2);
      Tensor z = make(new Travel(soft, TWO, Travel.Turn.BETWEEN_CLIPS, 9, 1), 6);
      VideoRequest red = request(6).withPrompt("a red ball");
      Tensor first = new TextToVideo(engine).latents(List.of(red), Progress.NONE);
      assertThat(frames(z, 0, 3)).isEqualTo(frames(first, 0, 3));
      assertThat(frames(z, 3, 2)).isNotEqualTo(frames(first, 3, 2));
      Tensor given = Tensors.cat(List.of(first.narrow(2, 3, 2), Tensors.zeros(1, 4, 4, 4, 4)), 2);
      Job job =
          new Job(
              Plans.softBoundary(engine.levels(2), 6, 2),
              List.of(request(6)),
              TWO,
              given,
              "clip",
              1,
              3);
      assertThat(frames(z, 3, 6)).isEqualTo(Tensors.toBytes(engine.run(job, Progress.NONE)));
    });
  }

  @Test
  void betweenClipsAHardEdgeHoldsTheFramesBeforeIt() {
    Scopes.run(() -> {
      PromptCues hard = new PromptCues(List.of(0L, 4L), 0);
      Tensor z = make(new Travel(hard, TWO, Travel.Turn.BETWEEN_CLIPS, 8, 2), 6);
      VideoRequest red = request(6).withPrompt("a red ball");
      Tensor first = new TextToVideo(engine).latents(List.of(red), Progress.NONE);
      assertThat(frames(z, 0, 4)).isEqualTo(frames(first, 0, 4));
      Tensor given = Tensors.cat(List.of(first.narrow(2, 2, 2), Tensors.zeros(1, 4, 4, 4, 4)), 2);
      Job job =
          Job.of(
                  Plans.extend(engine.levels(2), 6, 2),
                  List.of(request(6).withPrompt("a blue ball")),
                  given)
              .at(1, 2);
      assertThat(frames(z, 4, 4)).isEqualTo(frames(engine.run(job, Progress.NONE), 2, 4));
    });
  }

  @Test
  void withinOneClipPromptsMeetInOneRun() {
    Scopes.run(() -> {
      PromptCues cues = new PromptCues(List.of(0L, 3L), 2);
      Tensor z = make(new Travel(cues, TWO, Travel.Turn.WITHIN_CLIPS, 6, 1), 6);
      Job job =
          new Job(
              Plans.textToVideo(engine.levels(2), 6).withPrompts(cues.track(0, 6)),
              List.of(request(6)),
              TWO,
              engine.canvas(List.of(request(6)), 6),
              "clip",
              0,
              0);
      assertThat(Tensors.toBytes(z)).isEqualTo(Tensors.toBytes(engine.run(job, Progress.NONE)));
    });
  }

  /** What a given frame looks like in the result is what the autoencoder makes of it. */
  @Test
  void givenFramesComeBackAsTheAutoencoderSeesThem() {
    Scopes.run(() -> {
      Tensor image = content(1);
      Video video = new Animate(image, 0).run(engine, request(3), Progress.NONE);
      byte[] alone = engine.decode(image, 8).frames().getFirst().rgb();
      byte[] first = video.frames().getFirst().rgb();
      for (int i = 0; i < alone.length; i++) {
        assertThat(Math.abs((alone[i] & 0xff) - (first[i] & 0xff))).isLessThanOrEqualTo(1);
      }
      assertThat(Arrays.equals(alone, video.frames().getLast().rgb())).isFalse();
    });
  }

  @Test
  void whatCannotBeIsRefusedInOneLine() {
    Scopes.run(() -> {
      Tensor z = content(3);
      refused(new Animate(z, 0), 3, "all 3 frames are given: none is left");
      refused(new Animate(z, 2), 4, "frame 0: a level lies in [0, 1]; 2.0 does not");
      refused(new Interpolate(z, z), 4, "give one image here, not a video of 3 frames");
      refused(new Interpolate(content(1), content(1)), 2, "nothing between the ends of 2 frames");
      refused(new Loop(content(1), 0), 1, "a loop has at least 2 frames, not 1");
      refused(new Extend(Optional.of(z), 8, 4), 4, "cannot be gone on from with an overlap of 4");
      refused(new Extend(Optional.of(z), 8, 3), 3, "overlap by 1 to 2 of them, not 3");
      refused(new Extend(Optional.of(z), 3, 2), 4, "there are 3 frames already");
      refused(new Extend(Optional.empty(), 9, 0), 4, "overlap by 1 to 3 of them, not 0");
      refused(new Restyle(z, 0, 1), 3, "a strength lies in (0, 1]; 0.0 does not");
      refused(new Restyle(z, 0.5, 2), 2, "overlap by 1 to 1 of them, not 2");
      refused(new Refine(new Refine.Latents(Tensors.zeros(1, 4, 2, 8, 8)), 0.5, 1), 2, "larger");
      PromptCues cues = new PromptCues(List.of(0L, 4L), 3);
      refused(
          new Travel(cues, TWO, Travel.Turn.WITHIN_CLIPS, 4, 1),
          6,
          "the last prompt is reached at frame 6: a video of 4 frames ends before it");
      refused(
          new Travel(cues, TWO, Travel.Turn.BETWEEN_CLIPS, 20, 1), 3, "overlap by 1 to 2 of them");
      refused(
          new Drawn(Plans.animate(engine.levels(2), 3), List.of(List.of("")), Optional.empty()),
          3,
          "this plan has 1 given frames: give them");
      refused(
          new Drawn(Plans.animate(engine.levels(2), 4), List.of(List.of("")), Optional.of(z)),
          3,
          "the plan has 4 frames, the given video 3");
      refused(
          new Drawn(Plans.textToVideo(engine.levels(2), 4), TWO, Optional.empty()),
          3,
          "this plan has 1 prompts, not 2: give as many");
      refused(
          new Drawn(
              Plans.textToVideo(new double[] {1, 0.5}, 4), List.of(List.of("")), Optional.empty()),
          3,
          "frame 0 of this plan ends at level 0.5, as noise: end it at 0");
    });
  }

  private void refused(VideoTask task, int clip, String message) {
    assertThatThrownBy(() -> make(task, clip))
        .isInstanceOf(UserError.class)
        .hasMessageContaining(message)
        .hasMessageNotContaining("\n");
  }
}
