package io.zoetrope.train.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.error.UserError;
import io.zoetrope.media.Frame;
import io.zoetrope.media.Png;
import io.zoetrope.pipeline.family.TinyStableDiffusion;
import io.zoetrope.train.TrainingListener;
import io.zoetrope.train.recipe.DataBlock;
import io.zoetrope.train.recipe.Recipe;
import io.zoetrope.train.run.TrainingRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A part of a loaded base learns clips of several shapes. */
class AdaptShapesTest {
  @TempDir Path folder;

  private final List<String> notes = new ArrayList<>();

  private Recipe<Method> recipe(String data, String more) {
    Path base = folder.resolve("sd");
    if (!Files.exists(base)) {
      Path unused = TinyStableDiffusion.write(base, ScalarType.Float);
    }
    String text =
        """
        {name: r, seed: 3, steps: 6, batch: 2, precision: f32, optimizer: {lr: 1e-3}, ema: 0.0,
         checkpoint: {every: 100}, log: {every: 1}, sample: {every: 0}, data: %s,
         objective: {kind: adapt, base: {model: '%s'}, parts: [{kind: lora, rank: 2}], clips: 4%s}}
        """
            .formatted(data, base, more);
    return Methods.ALL.parse("r", text, List.of());
  }

  private void run(Recipe<Method> recipe, String runs) {
    TrainingRun.Outcome unused =
        TrainingRun.run(
            recipe,
            "",
            folder.resolve(runs),
            false,
            new TrainingListener() {
              @Override
              public void note(String line) {
                notes.add(line);
              }
            });
  }

  private String pictures() throws IOException {
    Path pictures = Files.createDirectories(folder.resolve("pictures/1_a moon"));
    int[][] sizes = {{96, 64}, {100, 64}, {64, 96}, {64, 64}};
    for (int i = 0; i < sizes.length; i++) {
      byte[] rgb = new byte[sizes[i][0] * sizes[i][1] * 3];
      Arrays.fill(rgb, 0, rgb.length / 2, (byte) 200);
      Png.write(pictures.resolve(i + ".png"), new Frame(sizes[i][0], sizes[i][1], rgb));
    }
    return "{kind: folder, path: '%s', width: 64, height: 64, frames: 1}"
        .formatted(folder.resolve("pictures"));
  }

  /** Each picture in the bucket of its aspect, masks and all; every one is drawn as often. */
  @Test
  void picturesKeepTheirAspects() throws IOException {
    String data = pictures();
    Path masks = Files.createDirectories(folder.resolve("masks/1_a moon"));
    for (Path picture : List.of(Path.of("0.png"), Path.of("1.png"), Path.of("2.png"))) {
      Files.copy(folder.resolve("pictures/1_a moon").resolve(picture), masks.resolve(picture));
    }
    Files.copy(masks.resolve("2.png"), masks.resolve("3.png"));
    String wide =
        ", buckets: [{width: 64, height: 64, frames: 1},"
            + " {width: 96, height: 64, frames: 1, batch: 1}]";
    assertThatThrownBy(
            () -> run(recipe(data, wide + ", mask: '" + folder.resolve("masks") + "'"), "m"))
        .hasMessageContaining("3.png' is 64x96, and");
    run(recipe(data, wide), "runs");
    assertThat(notes).contains("64x64x1: 2 clips, 2 at a time; 96x64x1: 2 clips, 1 at a time");
    assertThat(Files.readString(folder.resolve("runs/r/metrics.jsonl")))
        .contains("loss_64x64x1")
        .contains("loss_96x64x1");
    assertThat(folder.resolve("runs/r/trained/lora.safetensors")).exists();
  }

  /** Those that kohya's {@code make_bucket_resolutions} gives for (512, 512). */
  @Test
  void aspectsMakeBucketsOfTheSameSize() {
    AspectBlock usual = new AspectBlock(64, 256, 1024);
    assertThat(usual.buckets(new DataBlock.Toybox(0, 512, 512, 1, 8)))
        .extracting(block -> block.width() + "x" + block.height())
        .containsExactly(
            "256x1024",
            "256x960",
            "256x896",
            "256x832",
            "320x768",
            "320x704",
            "384x640",
            "448x576",
            "512x512",
            "576x448",
            "640x384",
            "704x320",
            "768x320",
            "832x256",
            "896x256",
            "960x256",
            "1024x256");
    assertThatThrownBy(() -> usual.buckets(new DataBlock.Toybox(0, 128, 128, 1, 8)))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("aspects of 128x128 pixels have no sides of 256 to 1024");
  }

  @Test
  void aspectsAreDrawnAsOftenAsTheyHavePictures() throws IOException {
    run(recipe(pictures(), ", aspects: {step: 16, least: 48, most: 96}"), "runs");
    assertThat(notes).anyMatch(line -> line.contains("64x64x1: 1 clips, 2 at a time"));
  }

  @Test
  void whatCannotBeIsSaid() throws IOException {
    String data = pictures();
    refused(data, ", buckets: [{width: 68, height: 64, frames: 1}]", "multiples of 8, not 68");
    refused(data, ", aspects: {step: 12, least: 36, most: 96}", "multiples of 8, not 36");
    refused(data, ", aspects: {step: 16, least: 40}", "least and most must be multiples of step");
    refused(data, ", aspects: {step: 4}", "step must be 8 to 1024");
    refused(
        data,
        ", aspects: {}, buckets: [{width: 64, height: 64, frames: 1}]",
        "aspects have no effect beside buckets");
    refused(data, ", buckets: [{width: 256, height: 64, frames: 1}]", "fills no bucket");
    refused("{kind: toybox, width: 68, height: 64, frames: 1}", "", "multiples of 8, not 68");
  }

  private void refused(String data, String more, String why) {
    assertThatThrownBy(() -> run(recipe(data, more), "x" + more.hashCode()))
        .as(more)
        .isInstanceOf(UserError.class)
        .hasMessageContaining(why)
        .hasMessageNotContaining("\n");
  }
}
