package io.zoetrope.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.diffusion.Plans;
import io.zoetrope.diffusion.TimestepPlan;
import io.zoetrope.diffusion.guidance.Downsampling;
import io.zoetrope.diffusion.guidance.Measurement;
import io.zoetrope.diffusion.guidance.ReconstructionGuidance.Activations;
import io.zoetrope.diffusion.guidance.ReconstructionWeight;
import io.zoetrope.error.UserError;
import io.zoetrope.pipeline.family.ModelChoice;
import io.zoetrope.pipeline.model.VideoModel;
import io.zoetrope.pipeline.model.VideoRequest;
import io.zoetrope.pipeline.task.Extend;
import io.zoetrope.pipeline.task.HigherRate;
import io.zoetrope.pipeline.task.Interpolate;
import io.zoetrope.pipeline.task.SuperResolve;
import io.zoetrope.pipeline.task.VideoTask;
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
import java.util.Optional;
import java.util.function.Supplier;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Tasks whose given frames are taken by guidance, on a tiny model of random weights. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class GuidedTasksTest {
  private static final double[] LEVELS = {1, 0.6, 0.3, 0};

  private VideoModel model;
  private PointerScope scope = new PointerScope();

  @BeforeAll
  void load(@TempDir Path folder) {
    model = VideoModel.load(ModelChoice.of(TinyModel.write(folder.resolve("model")), "f32"));
  }

  @AfterAll
  void free() {
    model.close();
  }

  @BeforeEach
  void open() {
    scope = new PointerScope();
  }

  @AfterEach
  void close() {
    scope.close();
  }

  private Engine engine() {
    return new Engine(model);
  }

  private static List<VideoRequest> request(int frames) {
    return List.of(TinyModel.request(3, frames, 3, "flow-euler"));
  }

  private static Tensor normal(String name, long... shape) {
    try (RandomStream stream = new RandomStreams(2).stream(name)) {
      return stream.normal(shape);
    }
  }

  private static Map<String, Guide> guides() {
    Map<String, Guide> all = new LinkedHashMap<>();
    all.put("held", Guide.NONE);
    all.put("replacement", Guide.replacement());
    all.put("reconstruction", Guide.reconstruction(2));
    all.put(
        "matched, recomputed",
        new HeldByGuidance(
            frame -> true,
            Optional.of(ReconstructionWeight.matched(1, 25)),
            Activations.RECOMPUTED));
    all.put(
        "one held, others guided",
        new HeldByGuidance(
            frame -> frame > 0, Optional.of(ReconstructionWeight.constant(2)), Activations.KEPT));
    return all;
  }

  @Test
  void heldFramesFallWithTheirNeighbours() {
    TimestepPlan held = Plans.extend(LEVELS, 4, 2);
    TimestepPlan falls = Guide.replacement().plan(held);
    assertThat(falls.levels()).isDeepEqualTo(TimestepPlan.uniform(LEVELS, 4).levels());
    assertThat(falls.givenFrames()).containsExactly(true, true, false, false);
    HeldByGuidance second =
        new HeldByGuidance(frame -> frame == 1, Optional.empty(), Activations.KEPT);
    assertThat(second.plan(held).levels()[1]).containsExactly(0, 0.6, 0.6, 0.6);
    TimestepPlan pyramid = TimestepPlan.pyramid(LEVELS, 4, 1).holdClean(0).holdClean(2);
    assertThat(Guide.replacement().plan(pyramid).levels()[2]).containsExactly(0.6, 0.6, 0.6, 1);
    TimestepPlan restyle = Plans.restyle(LEVELS, 4, 0.5);
    assertThat(Guide.replacement().plan(restyle)).isEqualTo(restyle);
  }

  private void assertEach(VideoTask task, int clip, int frames, Map<Integer, Tensor> exact) {
    List<byte[]> results = new ArrayList<>();
    guides()
        .forEach((name, guide) -> {
          List<Long> done = new ArrayList<>();
          Progress progress =
              report -> {
                done.add(report.done());
                assertThat(report.done()).isLessThanOrEqualTo(report.total());
              };
          Tensor z = task.latents(engine().withGuide(guide), request(clip), progress);
          assertThat(Tensors.shape(z)).as(name).containsExactly(1, 4, frames, 4, 4);
          for (float x : Tensors.toFloats(z)) {
            assertThat(x).as(name).isFinite();
          }
          exact.forEach((frame, wanted) ->
              assertThat(Tensors.toBytes(z.select(2, frame)))
                  .as("%s: frame %d is given", name, frame)
                  .isEqualTo(Tensors.toBytes(wanted)));
          Tensor again = task.latents(engine().withGuide(guide), request(clip), Progress.NONE);
          byte[] bytes = Tensors.toBytes(z);
          assertThat(Tensors.toBytes(again)).as("%s: same seed, same video", name).isEqualTo(bytes);
          assertThat(results).as("%s is like no other", name).doesNotContain(bytes);
          results.add(bytes);
        });
  }

  @Test
  void everyTaskTakesEveryGuide() {
    Tensor begun = normal("begun", 1, 4, 4, 4, 4);
    Map<Integer, Tensor> exact = new LinkedHashMap<>();
    for (int f = 0; f < 4; f++) {
      exact.put(f, begun.select(2, f));
    }
    assertEach(new Extend(Optional.of(begun), 10, 2), 6, 10, exact);
    assertEach(
        new Interpolate(begun.narrow(2, 0, 1), begun.narrow(2, 1, 1)),
        5,
        5,
        Map.of(0, begun.select(2, 0), 4, begun.select(2, 1)));
  }

  @Test
  void doubleRateKeepsTheSource() {
    for (int[] shape : new int[][] {{4, 16, 1}, {5, 4, 1}, {5, 4, 2}, {4, 6, 5}, {3, 4, 3}}) {
      Tensor source = normal("source", 1, 4, shape[0], 4, 4);
      Map<Integer, Tensor> exact = new LinkedHashMap<>();
      for (int f = 0; f < shape[0]; f++) {
        exact.put(2 * f, source.select(2, f));
      }
      int frames = 2 * shape[0] - 1;
      if (shape[0] == 5) {
        assertEach(new HigherRate(source, 2, shape[2]), shape[1], frames, exact);
      }
      List<Long> left = new ArrayList<>();
      Tensor z =
          new HigherRate(source, 2, shape[2])
              .latents(
                  engine(), request(shape[1]), report -> left.add(report.total() - report.done()));
      assertThat(left.getLast()).as("progress reaches its end").isZero();
      exact.forEach((frame, wanted) ->
          assertThat(Tensors.toBytes(z.select(2, frame))).isEqualTo(Tensors.toBytes(wanted)));
      assertThat(z.size(2)).isEqualTo(frames);
    }
    Tensor one = normal("one", 1, 4, 1, 4, 4);
    assertThatThrownBy(() -> new HigherRate(one, 2, 1).latents(engine(), request(4), Progress.NONE))
        .isInstanceOf(UserError.class);
    Tensor many = normal("many", 1, 4, 9, 4, 4);
    assertThatThrownBy(
            () -> new HigherRate(many, 2, 4).latents(engine(), request(4), Progress.NONE))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("overlap by 1 to 3");
  }

  /** The guided video looks like the small one, more so than by chance and with more weight. */
  @Test
  void superResolutionFollowsTheSmallVideo() {
    Tensor small = normal("small", 1, 3, 6, 4, 4).tanh();
    Measurement down = new Measurement.Downsampled(4, 4, Downsampling.AREA);
    double[] error = new double[3];
    double[] weights = {0, 20, 100}; // the decoder of random weights has small slopes
    for (int i = 0; i < weights.length; i++) {
      ReconstructionWeight weight = ReconstructionWeight.constant(weights[i]);
      Supplier<Tensor> make =
          () ->
              new SuperResolve(small, 2, Downsampling.AREA, weight, Activations.KEPT)
                  .latents(
                      engine(), List.of(TinyModel.request(3, 4, 8, "flow-euler")), Progress.NONE);
      Tensor z = make.get();
      assertThat(Tensors.shape(z)).containsExactly(1, 4, 6, 4, 4);
      error[i] = down.apply(engine().pixels(z)).sub(small).square().mean().item_double();
      assertThat(Tensors.toBytes(make.get())).isEqualTo(Tensors.toBytes(z));
    }
    System.out.printf(
        "error of the small picture: %.4f, guided %.4f, %.4f%n", error[0], error[1], error[2]);
    assertThat(error[1]).isLessThan(error[0]);
    assertThat(error[2]).isLessThan(error[1]).isLessThan(0.95 * error[0]);
    Tensor large = Tensors.zeros(1, 3, 6, 32, 32);
    assertThatThrownBy(() ->
            new SuperResolve(
                    large, 2, Downsampling.AREA, ReconstructionWeight.constant(1), Activations.KEPT)
                .latents(engine(), request(4), Progress.NONE))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("not smaller");
  }

  @Test
  void memoryIsFlatOverClips() {
    Engine guided = engine().withGuide(Guide.reconstruction(2));
    Tensor begun = normal("begun", 1, 4, 4, 4, 4);
    Runnable task =
        () ->
            Scopes.run(() ->
                new Extend(Optional.of(begun), 12, 2).latents(guided, request(4), Progress.NONE));
    task.run();
    long handles = TextToVideoTest.handles();
    for (int i = 0; i < 5; i++) {
      task.run();
    }
    assertThat(TextToVideoTest.handles()).isLessThanOrEqualTo(handles);
  }
}
