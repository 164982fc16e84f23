package io.zoetrope.train.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.zoetrope.diffusion.KarrasSchedule;
import io.zoetrope.diffusion.Prediction;
import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.error.UserError;
import io.zoetrope.network.ClipInput;
import io.zoetrope.network.ClipInput.Kind;
import io.zoetrope.network.NetworkConfig;
import io.zoetrope.network.VideoNetwork;
import io.zoetrope.nn.ParameterStore;
import io.zoetrope.pipeline.TinyModel;
import io.zoetrope.pipeline.family.ModelChoice;
import io.zoetrope.pipeline.family.Networks;
import io.zoetrope.pipeline.model.VideoModel;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.Precision;
import io.zoetrope.torch.RandomStream;
import io.zoetrope.torch.RandomStreams;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Share;
import io.zoetrope.torch.Tensors;
import io.zoetrope.train.TrainingListener;
import io.zoetrope.train.footage.ClipCut;
import io.zoetrope.train.footage.Showing;
import io.zoetrope.train.run.TrainingRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Networks that learn to be told numbers of their clips, and levels as SVD draws them. */
class MicroTrainingTest {
  private static final ClipInput BOTH =
      new ClipInput(List.of(Kind.RATE, Kind.MOTION), 8, List.of(0.2, 0.5));

  @TempDir Path folder;

  private TrainingRun.Outcome run(
      String network, int steps, String more, String runs, boolean resume, List<String> notes) {
    String text =
        """
        {name: micro, seed: 3, steps: 4, batch: 2, precision: f32, ema: 0.0,
         checkpoint: {every: 2}, optimizer: {lr: 1e-2}, schedule: {floor: 1.0}, sample: {every: 4},
         data: {kind: toybox, width: 32, height: 32, frames: 9},
         objective: {kind: diffusion, network: %s, autoencoder: none, prediction: v,
          clips: 4, cut: 3, maxStride: 4%s}}
        """
            .formatted(network, more);
    return TrainingRun.run(
        Methods.ALL.parse(
            "r", text, List.of("steps=" + steps, "sample.every=" + (steps == 3 ? 3 : 0))),
        text,
        folder.resolve(runs),
        resume,
        new TrainingListener() {
          @Override
          public void note(String line) {
            notes.add(line);
          }
        });
  }

  private TrainingRun.Outcome run(String network, String more) {
    return run(network, 4, more, "runs", false, new ArrayList<>());
  }

  @Test
  void aModelSaysWhatItIsToldAndWhatBucketsMean() {
    List<String> notes = new ArrayList<>();
    Path made =
        run("unet-tiny-pixels", 3, ", inflation: vdm, micro: {buckets: 3}", "runs", false, notes)
            .product();
    try (VideoModel model = VideoModel.load(ModelChoice.of(made, "f32"))) {
      ClipInput told = model.network().config().told().clip();
      assertThat(told.kinds()).containsExactly(Kind.RATE, Kind.MOTION);
      assertThat(told.motion()).isNotEmpty().isSorted();
      assertThat(notes).contains("measuring how much 4 clips move", MicroBlock.line(told));
      assertThat(MicroBlock.line(told)).contains("0: 0.0 to ", "above ");
      assertThat(model.network().config().reads()).contains(Conditioning.RATE, Conditioning.MOTION);
    }
  }

  @Test
  void itGoesOnToTheBit() throws IOException {
    String more = ", inflation: vdm, micro: {edges: [0.1, 0.3], drop: 0.5}";
    run("unet-tiny-pixels", 4, more, "whole", false, new ArrayList<>());
    run("unet-tiny-pixels", 2, more, "parts", false, new ArrayList<>());
    run("unet-tiny-pixels", 4, more, "parts", true, new ArrayList<>());
    assertThat(weights("parts")).isEqualTo(weights("whole"));
  }

  private byte[] weights(String runs) throws IOException {
    try (var files = Files.walk(folder.resolve(runs).resolve("micro/model"))) {
      Path file =
          files
              .filter(f -> f.toString().endsWith(".safetensors"))
              .filter(f -> f.toString().contains("unet"))
              .findFirst()
              .orElseThrow();
      return Files.readAllBytes(file);
    }
  }

  /** Zero at the start: whatever is told, the network answers as the one that is not told it. */
  @ParameterizedTest
  @CsvSource({"tiny,", "unet-tiny, vdm", "unet-tiny, align-your-latents"})
  void itBeginsAsTheNetworkWas(String network, String inflation) {
    NetworkConfig plain = Networks.of(network, Optional.ofNullable(inflation));
    NetworkConfig told = plain.telling(plain.told().and(BOTH));
    try (ParameterStore one =
        ParameterStore.forTraining(Map.of(), new RandomStreams(2), Precision.F32)) {
      VideoNetwork was = plain.build(one.root());
      one.parameters()
          .forEach((name, p) ->
              Scopes.run(() -> {
                try (RandomStream random = new RandomStreams(8).stream(name)) {
                  Tensor noise = Ops.mul(random.normal(Tensors.shape(p)), 0.1);
                  Scopes.noGrad(() -> p.add_(noise));
                }
              }));
      try (ParameterStore two =
          ParameterStore.forTraining(one.parameters(), new RandomStreams(3), Precision.F32)) {
        VideoNetwork is = told.build(two.root());
        assertThat(two.missing()).hasSize(4);
        Conditioning said =
            Conditioning.none()
                .with(Conditioning.RATE, Tensors.full(8, 1))
                .with(Conditioning.MOTION, Tensors.full(2, 1));
        byte[] before = answer(was, plain, Conditioning.none());
        assertThat(answer(is, plain, said)).isEqualTo(before);
        assertThat(answer(is, plain, Conditioning.none())).isEqualTo(before);
        two.parameters()
            .forEach((name, p) -> {
              if (two.missing().contains(name) && name.endsWith("linear_2.weight")) {
                Scopes.run(() -> Scopes.noGrad(() -> p.add_(Tensors.full(0.1, 1))));
              }
            });
        assertThat(answer(is, plain, said)).isNotEqualTo(before);
      }
    }
  }

  private static byte[] answer(VideoNetwork network, NetworkConfig config, Conditioning said) {
    return Scopes.value(() ->
        Scopes.noGrad(() -> {
          try (RandomStream random = new RandomStreams(1).stream("z")) {
            Tensor z = random.normal(1, config.takes(), 3, 8, 8);
            Conditioning words =
                Conditioning.text(random.normal(1, 3, config.textWidth())).and(said);
            return Tensors.toBytes(network.predict(z, Tensors.full(500, 1, 3), words));
          }
        }));
  }

  @Test
  void rateIsThatOfTheCutAndMotionThatOfItsFrames() {
    // Sides per frame: clip 0 moves by 0.001 at each, clip 1 by 0.01.
    MeasuredMotion motion = new MeasuredMotion(List.of(fill(8, 0.001), fill(8, 0.01)));
    MicroClips clips = new MicroClips(BOTH, 0, 16, 100, motion, 0);
    List<ClipCut> cuts = List.of(new ClipCut(0, List.of(0, 2, 4)), new ClipCut(1, List.of(1, 5)));
    Conditioning said = clips.of(cuts, false);
    assertThat(numbers(said, Kind.RATE)).containsExactly(8, 4);
    // 0.1 px a frame, two frames apart: 0.2; 1 px, four apart: 4.
    assertThat(numbers(said, Kind.MOTION)).containsExactly(0, 2);
    assertThat(Tensors.toFloats(said.get(Conditioning.FRAME_TIMES).orElseThrow()))
        .containsExactly(0, 1, 2);
    assertThat(numbers(clips.of(List.of(new ClipCut(0, List.of(3))), false), Kind.RATE))
        .containsExactly(-1);
    assertThat(motion.quantiles(2, 1)).containsExactly(0.01);
    assertThat(motion.quantiles(4, 2)).containsExactly(0.002, 0.01, 0.02);
  }

  @Test
  void aNumberIsLeftAwayWithItsProbability() {
    MicroClips clips =
        new MicroClips(BOTH, 0.3, 16, 100, new MeasuredMotion(List.of(fill(8, 0.01))), 0);
    List<ClipCut> cuts = Collections.nCopies(4000, new ClipCut(0, List.of(0, 2)));
    Showing.Drawn drawn = clips.draw(cuts, Share.WHOLE, new RandomStreams(5));
    assertThat(drawn.silent()).containsOnly(false);
    for (Kind kind : BOTH.kinds()) {
      double unsaid = 0;
      for (float number : numbers(drawn.conditioning(), kind)) {
        unsaid += number < 0 ? 1 : 0;
      }
      assertThat(unsaid / 4000).isCloseTo(0.3, within(0.03));
    }
  }

  private static double[] fill(int count, double value) {
    return Collections.nCopies(count, value).stream().mapToDouble(v -> v).toArray();
  }

  private static float[] numbers(Conditioning said, Kind kind) {
    return Tensors.toFloats(said.get(kind.slot()).orElseThrow());
  }

  /** What is learned on Karras's sigmas says so as Stable Video Diffusion's file does. */
  @Test
  void levelsAreThoseOfStableVideoDiffusion() {
    List<String> notes = new ArrayList<>();
    String levels = ", levels: {kind: log-normal-sigma, mean: 0.7, std: 1.6}";
    Path made =
        run(
                "unet-tiny-pixels",
                1,
                ", inflation: vdm, schedule: {name: karras, sigmas: [0.002, 700]}" + levels,
                "runs",
                false,
                notes)
            .product();
    try (VideoModel model = VideoModel.load(ModelChoice.of(made, "f32"))) {
      assertThat(model.scheduling().toSchedule()).isEqualTo(new KarrasSchedule(0.002, 700, 7));
      assertThat(model.scheduling().describe()).isEqualTo("edm 0.002-700.0");
      assertThat(model.defaults().sampler()).isEqualTo("euler-karras");
      assertThat(
              TinyModel.latents(model, TinyModel.request(1, 4, 3, "euler-karras").withSize(32, 32)))
          .isNotEmpty();
    }
    assertThat(notes).noneMatch(line -> line.contains("noisier"));
    assertThatThrownBy(() ->
            new ScheduleBlock("karras", 1, List.of(), List.of(1.0, 2.0)).scheduling(Prediction.EPS))
        .isInstanceOf(UserError.class)
        .hasMessage("a network of karras with sigmas predicts v, not eps: say prediction: v");
    run("unet-tiny-pixels", 1, ", schedule: {name: scaled_linear}" + levels, "sd", false, notes);
    assertThat(notes)
        .anyMatch(line -> line.startsWith("11 % of the levels that are drawn are noisier"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          micro: {kinds: []}                                  | kinds must name something
          micro: {kinds: [augmentation]}                      | is not told the noise of one
          micro: {kinds: [rate, rate]}                        | once, not twice
          micro: {kinds: [speed]}                             | rate, motion
          micro: {buckets: 1}                                 | buckets must be 2 to 100
          micro: {drop: 1.5}                                  | drop must be 0 to 1
          micro: {sinusoids: 7}                               | an even number of sinusoids
          micro: {edges: [2, 1]}                              | rise from above 0
          micro: {kinds: [rate], edges: [1]}                  | for networks that are told it
          micro: {}, temporal: false                          | over time
          micro: {}, buckets: [{width: 32, height: 32, frames: 4}] | of one shape
          micro: {}, images: 2                                | images beside clips
          schedule: {name: karras, sigmas: [1]}               | sigmas are two numbers
          schedule: {name: karras, sigmas: [2, 1]}            | sigmas are two numbers
          schedule: {name: cosine, sigmas: [1, 2]}            | of karras; cosine has
          levels: {kind: log-normal-sigma, mean: 0, std: 0}   | std must be above 0
          """)
  void whatIsNoTrainingIsSaidInOneLine(String more, String said) {
    assertThatThrownBy(() -> run("unet-tiny-pixels", ", " + more))
        .isInstanceOf(UserError.class)
        .hasMessageContaining(said)
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n"));
  }
}
