package io.zoetrope.train.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.zoetrope.checkpoint.safetensors.Safetensors;
import io.zoetrope.checkpoint.safetensors.SafetensorsFile;
import io.zoetrope.data.toybox.Split;
import io.zoetrope.data.toybox.ToyboxDataset;
import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.error.UserError;
import io.zoetrope.media.FrameTensors;
import io.zoetrope.network.PictureSlots;
import io.zoetrope.pipeline.ShownPicture;
import io.zoetrope.pipeline.TinyModel;
import io.zoetrope.pipeline.family.LoraChoice;
import io.zoetrope.pipeline.family.ModelChoice;
import io.zoetrope.pipeline.family.TinyStableVideo;
import io.zoetrope.pipeline.model.VideoModel;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.RandomStreams;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Share;
import io.zoetrope.torch.Tensors;
import io.zoetrope.train.TrainingListener;
import io.zoetrope.train.footage.ClipCut;
import io.zoetrope.train.run.TrainingRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Stable Video Diffusion is trained on as it was trained: its schedule, its picture, its numbers.
 */
class StableVideoTrainingTest {
  private static final String CAMERA =
      "{kind: lora, name: camera, targets: ['*temporal_transformer_blocks.*attn*.to_*'], rank: 2}";
  private static final String WHOLE = "{kind: weights, name: all, names: ['*']}";

  @TempDir Path folder;

  private Path base() {
    Path there = folder.resolve("svd");
    return Files.exists(there) ? there : TinyStableVideo.directory(folder);
  }

  private TrainingRun.Outcome run(
      Path base,
      int steps,
      String part,
      String more,
      String runs,
      boolean resume,
      List<String> told) {
    String text =
        """
        {name: svd, seed: 3, steps: 4, batch: 2, precision: f32, ema: 0.0, schedule: {floor: 1.0},
         checkpoint: {every: 2}, optimizer: {lr: 1e-2}, sample: {every: 0},
         data: {kind: toybox, width: 64, height: 64, frames: 5, fps: 4},
         objective: {kind: adapt, base: {model: '%s'}, parts: [%s], clips: 3, cut: 3, maxStride: 2,
          levels: {kind: log-normal-sigma, mean: 0.7, std: 1.6}%s}}
        """
            .formatted(base, part, more);
    return TrainingRun.run(
        Methods.ALL.parse("r", text, List.of("steps=" + steps)),
        text,
        folder.resolve(runs),
        resume,
        new TrainingListener() {
          @Override
          public void note(String line) {
            told.add(line);
          }
        });
  }

  @Test
  void theScheduleIsTheCheckpointsAndNumbersAreMeasured() {
    List<String> told = new ArrayList<>();
    Path file = run(base(), 2, CAMERA, "", "runs", false, told).product();
    assertThat(told).noneMatch(line -> line.contains("noisier"));
    assertThat(told)
        .anyMatch(line -> line.matches("127 of motion is [0-9.]+ pixels per frame, as half .*"));
    try (SafetensorsFile weights = Safetensors.open(file)) {
      assertThat(weights.metadata())
          .containsEntry("zoetrope.prediction", "v")
          .containsEntry("zoetrope.schedule", "edm 0.002-700.0")
          .containsEntry("zoetrope.rank", "2");
      assertThat(weights.metadata().get("zoetrope.told")).startsWith("127 of motion is ");
      assertThat(weights.entries().keySet())
          .isNotEmpty()
          .allMatch(name -> name.contains("temporal_transformer_blocks"));
    }
    ModelChoice with = ModelChoice.of(base(), "f32").withLoras(List.of(new LoraChoice(file, 1)));
    try (VideoModel model = VideoModel.load(with)) {
      assertThat(model.loras().getFirst().used()).isEqualTo(model.loras().getFirst().layers());
    }
  }

  @ParameterizedTest
  @CsvSource({"camera", "all"})
  void itGoesOnToTheBit(String which) throws IOException {
    String part = which.equals("all") ? WHOLE : CAMERA;
    Path base = base();
    Path whole = run(base, 4, part, "", "whole", false, new ArrayList<>()).product();
    run(base, 2, part, "", "parts", false, new ArrayList<>());
    Path parts = run(base, 4, part, "", "parts", true, new ArrayList<>()).product();
    assertThat(tensors(parts)).isEqualTo(tensors(whole)).isNotEmpty();
  }

  private static List<String> tensors(Path file) {
    List<String> all = new ArrayList<>();
    try (SafetensorsFile weights = Safetensors.open(file)) {
      weights
          .tensors()
          .forEach(
              (name, w) -> all.add(name + " " + java.util.Arrays.hashCode(Tensors.toBytes(w))));
    }
    return all;
  }

  /**
   * Bands of one number: all four of what is looked at and what lies beside, as often as planned.
   */
  @Test
  void pictureAndLatentsAreLeftAwayInBands() {
    try (VideoModel model = VideoModel.load(ModelChoice.of(base(), "f32"))) {
      ToyboxDataset data = new ToyboxDataset(0, Split.TRAIN, 24, 16, 5, 8);
      PictureShowing showing =
          new PictureShowing(
              model, ShownPicture.kind(model).orElseThrow(), data, new PictureBlock(0.2, -3, 0.5));
      List<ClipCut> cuts = Collections.nCopies(400, new ClipCut(1, List.of(1, 3)));
      Scopes.run(() -> {
        Conditioning shown = showing.draw(cuts, Share.WHOLE, new RandomStreams(4)).conditioning();
        Tensor beside = shown.get(Conditioning.BESIDE).orElseThrow();
        Tensor tokens = shown.get(PictureSlots.TOKENS).orElseThrow();
        float[] noise = Tensors.toFloats(shown.get(Conditioning.AUGMENTATION).orElseThrow());
        int[] seen = new int[4];
        double mean = 0;
        double square = 0;
        for (int i = 0; i < 400; i++) {
          boolean looks = tokens.select(0, i).abs().max().item_double() > 0;
          boolean lies = beside.select(0, i).abs().max().item_double() > 0;
          seen[(looks ? 2 : 0) + (lies ? 1 : 0)]++;
          assertThat(noise[2 * i]).isEqualTo(noise[2 * i + 1]);
          mean += Math.log(noise[2 * i]) / 400;
          square += Math.pow(Math.log(noise[2 * i]), 2) / 400;
        }
        assertThat(mean).isCloseTo(-3, within(0.1));
        assertThat(Math.sqrt(square - mean * mean)).isCloseTo(0.5, within(0.06));
        // d each of nothing, of the picture alone and of the latents alone; the rest of both.
        assertThat(seen[0] / 400.0).isCloseTo(0.2, within(0.06));
        assertThat(seen[1] / 400.0).isCloseTo(0.2, within(0.06));
        assertThat(seen[2] / 400.0).isCloseTo(0.2, within(0.06));
        assertThat(seen[3] / 400.0).isCloseTo(0.4, within(0.06));
      });
    }
  }

  /** Frames all have the latent of the first, as the encoder gives it. */
  @Test
  void theFirstFrameLiesBesideAllUnscaled() {
    try (VideoModel model = VideoModel.load(ModelChoice.of(base(), "f32"))) {
      ToyboxDataset data = new ToyboxDataset(0, Split.TRAIN, 24, 16, 5, 8);
      PictureShowing showing =
          new PictureShowing(
              model, ShownPicture.kind(model).orElseThrow(), data, new PictureBlock(0, -20, 0));
      Scopes.run(() -> {
        List<ClipCut> cuts = List.of(new ClipCut(2, List.of(1, 3)));
        Tensor beside =
            showing
                .draw(cuts, Share.WHOLE, new RandomStreams(4))
                .conditioning()
                .get(Conditioning.BESIDE)
                .orElseThrow();
        Tensor x = FrameTensors.toTensor(data.get(2).video()).narrow(1, 1, 1).unsqueeze(0);
        Tensor z = Ops.mul(model.autoencoder().encode(x), 1 / 0.18215);
        for (int frame = 0; frame < 2; frame++) {
          assertThat(beside.select(2, frame).sub(z.select(2, 0)).abs().max().item_double())
              .isLessThan(1e-4);
        }
        assertThat(
                showing
                    .of(cuts, true)
                    .get(Conditioning.BESIDE)
                    .orElseThrow()
                    .abs()
                    .max()
                    .item_double())
            .isZero();
      });
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          picture: {drop: 0.5}   | drop must be 0 to
          picture: {std: -1}     | std must be 0 to 10
          picture: {mean: 9}     | mean must be -20 to 5
          picture: {noise: 1}    | drop, mean, std
          images: 2              | images beside clips
          """)
  void whatIsNoTrainingIsSaidInOneLine(String more, String said) {
    assertThatThrownBy(() -> run(base(), 1, CAMERA, ", " + more, "bad", false, new ArrayList<>()))
        .isInstanceOf(UserError.class)
        .hasMessageContaining(said)
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n"));
  }

  @Test
  void aBaseThatIsShownNoPictureSaysSo() {
    Path toy = TinyModel.write(folder.resolve("toy"));
    assertThatThrownBy(() ->
            run(
                toy,
                1,
                "{kind: lora, rank: 1, targets: [attention]}",
                ", picture: {}",
                "bad",
                false,
                new ArrayList<>()))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("shown no picture on its frames: leave picture out");
  }
}
