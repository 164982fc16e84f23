package io.zoetrope.train.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.zoetrope.error.UserError;
import io.zoetrope.media.Frame;
import io.zoetrope.media.Png;
import io.zoetrope.pipeline.family.ModelChoice;
import io.zoetrope.pipeline.family.TinyStableDiffusion;
import io.zoetrope.pipeline.model.VideoModel;
import io.zoetrope.torch.Scopes;
import io.zoetrope.train.Pass;
import io.zoetrope.train.RunFolder;
import io.zoetrope.train.StepReport;
import io.zoetrope.train.TrainingListener;
import io.zoetrope.train.TrainingStep;
import io.zoetrope.train.recipe.Recipe;
import io.zoetrope.train.run.TrainingRun;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntUnaryOperator;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A few pictures of an instance, a prior of its class, and masks of what counts in them. */
class DreamBoothTest {
  @TempDir Path folder;

  private final List<String> notes = new ArrayList<>();

  private final TrainingListener listener =
      new TrainingListener() {
        @Override
        public void note(String line) {
          notes.add(line);
        }
      };

  private Path base() {
    Path base = folder.resolve("sd");
    return Files.exists(base) ? base : TinyStableDiffusion.write(base, ScalarType.Float);
  }

  private static void picture(Path file, int size, int red) {
    byte[] rgb = new byte[size * size * 3];
    for (int i = 0; i < rgb.length; i += 3) {
      rgb[i] = (byte) red;
      rgb[i + 1] = (byte) (i / 3 % size * 2);
    }
    Png.write(file, new Frame(size, size, rgb));
  }

  private Path instances() throws IOException {
    Path pictures = Files.createDirectories(folder.resolve("pictures/2_zog moon"));
    picture(pictures.resolve("a.png"), 64, 200);
    picture(pictures.resolve("b.png"), 64, 90);
    return folder.resolve("pictures");
  }

  private static Recipe<Method> recipe(Path base, Path pictures, String more) {
    String text =
        """
        {name: r, seed: 3, steps: 2, batch: 2, precision: f32, optimizer: {lr: 1e-3}, ema: 0.0,
         checkpoint: {every: 100}, log: {every: 1}, sample: {every: 0},
         data: {kind: folder, path: '%s', width: 64, height: 64, frames: 1},
         objective: {kind: adapt, base: {model: '%s'}, parts: [{kind: lora, rank: 2}]%s}}
        """
            .formatted(pictures, base, more);
    return Methods.ALL.parse("r", text, List.of());
  }

  private TrainingRun.Outcome run(String runs, String more) throws IOException {
    return TrainingRun.run(
        recipe(base(), instances(), more), "", folder.resolve(runs), false, listener);
  }

  /** The base makes them once; runs beside share them, and what they look like does not change. */
  @Test
  void theBaseMakesPicturesOfTheClass() throws IOException {
    String prior = ", prior: {prompts: [a moon, the moon], count: 3, steps: 2}";
    TrainingRun.Outcome unused = run("runs", prior);
    assertThat(notes).anyMatch(line -> line.endsWith("0 were there, 3 are made"));
    Path made;
    try (Stream<Path> folders = Files.list(folder.resolve("runs/made"))) {
      made = folders.findFirst().orElseThrow();
    }
    assertThat(made.resolve("00001.txt")).hasContent("the moon");
    byte[] second = Files.readAllBytes(made.resolve("00001.png"));
    assertThat(Files.readAllBytes(made.resolve("00002.png"))).isNotEqualTo(second);
    Files.delete(made.resolve("00001.png"));
    notes.clear();
    Recipe<Method> again = recipe(base(), instances(), prior);
    try (RunFolder run = RunFolder.open(folder.resolve("runs/again"), "", false);
        Setting setting = new Setting(again, run, listener)) {
      Prepared prepared = again.objective().prepare(setting);
      assertThat(prepared.players().getFirst().passes()).hasSize(2);
    }
    assertThat(notes).anyMatch(line -> line.endsWith("2 were there, 1 are made"));
    assertThat(Files.readAllBytes(made.resolve("00001.png"))).isEqualTo(second);
    assertThat(folder.resolve("runs/r/metrics.jsonl")).content().contains("class.loss_u");
  }

  private double loss(Recipe<Method> recipe, int index, String name) {
    try (VideoModel model = VideoModel.load(ModelChoice.of(base(), "f32"));
        RunFolder run = RunFolder.open(folder.resolve("x/" + name), "", false);
        Setting setting = new Setting(recipe, run, TrainingListener.NONE)) {
      Pass pass =
          ((AdaptMethod) recipe.objective())
              .prepare(setting, model)
              .players()
              .getFirst()
              .passes()
              .get(index);
      double sum = 0;
      for (int i = 0; i < 4; i++) {
        TrainingStep step = new TrainingStep(99, i, 0, 1);
        sum += Scopes.value(() -> Scopes.noGrad(() -> pass.objective().loss(step).item_double()));
      }
      return pass.weight() * sum / 4;
    }
  }

  /** The mean of each half by itself, that of the class times its weight. */
  @Test
  void theLossIsThatOfBothHalves() throws IOException {
    Path classes = Files.createDirectories(folder.resolve("class/1_a moon"));
    picture(classes.resolve("c.png"), 64, 10);
    String prior =
        ", prior: {weight: 0.5, data: {kind: folder, path: '%s', width: 64, height: 64, frames: 1}}"
            .formatted(folder.resolve("class"));
    Recipe<Method> both = recipe(base(), instances(), prior);
    double instance = loss(recipe(base(), instances(), ""), 0, "alone");
    assertThat(loss(both, 0, "both")).as("the instance's half is as without").isEqualTo(instance);
    Recipe<Method> whole = recipe(base(), instances(), prior.replace("0.5", "1"));
    assertThat(loss(both, 1, "class")).isCloseTo(0.5 * loss(whole, 1, "one"), within(1e-12));
    double[] reported = new double[1];
    TrainingRun.Outcome unused =
        TrainingRun.run(
            both,
            "",
            folder.resolve("runs"),
            false,
            new TrainingListener() {
              @Override
              public void step(StepReport report) {
                reported[0] = report.loss();
              }
            });
    assertThat(reported[0]).isPositive();
  }

  /** Errors count as much as the masks are light; masks that change nothing are refused. */
  @Test
  void errorsCountWhereTheMaskIsWhite() throws IOException {
    Path masks = Files.createDirectories(folder.resolve("masks/2_zog moon"));
    Path where = folder.resolve("masks");
    String key = ", mask: '" + where + "'";
    double plain = loss(recipe(base(), instances(), ""), 0, "plain");
    for (int light : new int[] {254, 51, 128}) {
      grey(masks, light);
      assertThat(loss(recipe(base(), instances(), key), 0, "mask" + light))
          .isCloseTo(plain * light / 255, within(1e-5 * plain));
    }
    grey(masks, 0);
    refused(key, "nothing of 2_zog moon/a.png, 2_zog moon/b.png counts: black in the masks");
    grey(masks, 255);
    refused(key, "mask has no effect: all of them are white");
    picture(masks.resolve("b.png"), 32, 255);
    refused(key, "which it stands beside, 64x64");
    Files.delete(masks.resolve("b.png"));
    refused(key, "has nothing beside '2_zog moon/b.png'");
    refused(", mask: mask", "only clips of the toy world come with their mask");
  }

  private static void grey(Path masks, int light) {
    for (String name : List.of("a", "b")) {
      byte[] rgb = new byte[64 * 64 * 3];
      Arrays.fill(rgb, (byte) light);
      Png.write(masks.resolve(name + ".png"), new Frame(64, 64, rgb));
    }
  }

  /** Half of a picture is transparent: what the network says of it is nobody's error. */
  @Test
  void errorsCountWhereThePictureIsOpaque() throws IOException {
    Path pictures = instances();
    refused(", mask: alpha", "no clip is transparent anywhere");
    opaque(pictures.resolve("2_zog moon/a.png"), x -> x < 32 ? 255 : 0);
    opaque(pictures.resolve("2_zog moon/b.png"), x -> 255);
    Path masks = Files.createDirectories(folder.resolve("masks/2_zog moon"));
    half(masks.resolve("a.png"));
    Png.write(masks.resolve("b.png"), white());
    Recipe<Method> alpha = recipe(base(), pictures, ", mask: alpha");
    Recipe<Method> beside = recipe(base(), pictures, ", mask: '" + folder.resolve("masks") + "'");
    assertThat(loss(alpha, 0, "alpha"))
        .as("as a picture of it beside")
        .isEqualTo(loss(beside, 0, "beside"))
        .isLessThan(loss(recipe(base(), pictures, ""), 0, "plain"));
    opaque(pictures.resolve("2_zog moon/b.png"), x -> 0);
    refused(alpha, "nothing of 2_zog moon/b.png counts: wholly transparent");
    refused(
        Methods.ALL.parse(
            "r",
            """
            {name: r, seed: 3, steps: 2, batch: 2, precision: f32, optimizer: {lr: 1e-3},
             data: {kind: toybox, width: 64, height: 64, frames: 1},
             objective: {kind: adapt, base: {model: '%s'}, parts: [{kind: lora}], mask: alpha}}
            """
                .formatted(base()),
            List.of()),
        "only clips of files have alpha channels");
    assertThatThrownBy(() -> recipe(base(), pictures, ", mask: alhpa"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("mask 'alhpa' is no folder: it is a folder, or one of alpha, mask");
  }

  private static Frame white() {
    byte[] rgb = new byte[64 * 64 * 3];
    Arrays.fill(rgb, (byte) 255);
    return new Frame(64, 64, rgb);
  }

  private static void half(Path file) {
    Frame frame = white();
    for (int i = 0; i < 64 * 64; i++) {
      if (i % 64 >= 32) {
        Arrays.fill(frame.rgb(), 3 * i, 3 * i + 3, (byte) 0);
      }
    }
    Png.write(file, frame);
  }

  private static void opaque(Path file, IntUnaryOperator alpha) throws IOException {
    BufferedImage image = new BufferedImage(64, 64, BufferedImage.TYPE_INT_ARGB);
    for (int i = 0; i < 64 * 64; i++) {
      image.setRGB(i % 64, i / 64, alpha.applyAsInt(i % 64) << 24 | 0x203040 + i % 64);
    }
    ImageIO.write(image, "png", file.toFile());
  }

  private void refused(Recipe<Method> recipe, String why) {
    assertThatThrownBy(() ->
            TrainingRun.run(recipe, "", folder.resolve("x/" + why.hashCode()), false, listener))
        .isInstanceOf(UserError.class)
        .hasMessageContaining(why)
        .hasMessageNotContaining("\n");
  }

  @Test
  void whatHasNoEffectIsSaid() {
    refused(", prior: {}", "a prior has prompts");
    refused(", prior: {prompts: [a], weight: 0}", "weight must be above 0");
    refused(", prior: {prompts: [a], guidance: -1}", "guidance");
    refused(", prior: {prompts: [a]}, passes: [{name: p}]", "prior has no effect");
    refused(", passes: [{name: p, from: class}]", "there is no prior");
    refused(
        ", prior: {data: {kind: toybox, width: 32, height: 32}}",
        "prior.data are 32x32, data 64x64");
  }

  private void refused(String more, String why) {
    assertThatThrownBy(() -> run("refused" + why.hashCode(), more))
        .as(more)
        .isInstanceOf(UserError.class)
        .hasMessageContaining(why)
        .hasMessageNotContaining("\n");
  }
}
