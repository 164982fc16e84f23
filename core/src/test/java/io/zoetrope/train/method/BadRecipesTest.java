package io.zoetrope.train.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.error.UserError;
import io.zoetrope.media.Frame;
import io.zoetrope.media.Png;
import io.zoetrope.pipeline.TinyModel;
import io.zoetrope.pipeline.family.TinyStableDiffusion;
import io.zoetrope.train.TrainingListener;
import io.zoetrope.train.footage.Captions;
import io.zoetrope.train.part.PartBlock;
import io.zoetrope.train.recipe.Recipe;
import io.zoetrope.train.run.TrainingRun;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a person can get wrong in a recipe for a loaded base ends in one line, and in no crash. */
class BadRecipesTest {
  @TempDir Path folder;

  private Path base() {
    Path base = folder.resolve("sd");
    return Files.exists(base) ? base : TinyStableDiffusion.write(base, ScalarType.Float);
  }

  private static String text(Path base, String data, String part, String more) {
    return """
    name: r
    steps: 1
    batch: 1
    precision: f32
    optimizer: {lr: 1e-3}
    ema: 0.0
    sample: {every: 0}
    data: %s
    objective: {kind: adapt, base: {model: '%s'}, parts: [%s], clips: 2%s}
    """
        .formatted(data, base, part, more);
  }

  private static final String TOYS = "{kind: toybox, width: 64, height: 64, frames: 2}";
  private static final String LORA = "{kind: lora, rank: 2}";

  private static void check(String text, List<String> settings) {
    TrainingRun.check(Methods.ALL.parse("r", text, settings), TrainingListener.NONE);
  }

  private void refused(String data, String part, String more, String why) {
    String text = text(base(), data, part, more);
    assertThatThrownBy(() -> check(text, List.of()))
        .as(text)
        .isInstanceOf(UserError.class)
        .hasMessageContaining(why)
        .hasMessageNotContaining("\n");
  }

  private static void picture(Path file, int side) throws IOException {
    Files.createDirectories(Objects.requireNonNull(file.getParent()));
    Png.write(file, new Frame(side, side, new byte[side * side * 3]));
  }

  @Test
  void whatDoesNotFitIsSaidInOneLine() throws IOException {
    refused(TOYS, "{kind: lora, alpha: 0}", "", "alpha must be above 0");
    refused(TOYS, "{kind: lora, rank: 9}", "", "rank 9 is above that of layer");
    refused(TOYS, "{kind: lora, dropout: 1}", "", "dropout must be 0 to 0.99");
    refused(TOYS, "{kind: lora, rankDropout: -0.1}", "", "rankDropout");
    refused(TOYS, "{kind: lora, maxNorm: 0}", "", "maxNorm must be above 0");
    refused(TOYS, "{kind: lora, upRate: 0}", "", "upRate must be above 0");
    refused(TOYS, "{kind: tokens, encoder: nowhere}", "", "no config.json of an image encoder");
    refused(TOYS, "{kind: tokens, encoder: '" + base() + "/unet'}", "", "image encoder is a CLIP");
    refused(TOYS, "{kind: tokens, encoder: x, tokens: 0}", "", "tokens must be 1 to 256");
    refused(TOYS, "{kind: tokens, encoder: x, dropText: 0.9, dropBoth: 0.2}", "", "together");
    refused(TOYS, "{kind: control, hint: nowhere}", "", "hint 'nowhere' is no folder");
    refused(TOYS, "{kind: control, hint: mask, widths: [4, 4]}", "", "latents are 1/8");
    refused(TOYS, "{kind: control, hint: mask, widths: []}", "", "widths must name something");
    refused(
        "{kind: toybox, width: 64, height: 64, frames: 1}",
        "{kind: control, hint: mask, widths: [4, 4, 8, 8]}",
        "",
        "is that of clips");
    String both =
        "{kind: control, name: a, hint: mask, widths: [4, 4, 8, 8]},"
            + "{kind: control, name: b, hint: mask, widths: [4, 4, 8, 8]}";
    refused(TOYS, both, "", "one of tokens and one of control");
    refused(TOYS, LORA, ", images: 1, mask: mask", "say images: 0");
    refused(TOYS, LORA, ", passes: [{name: p, weight: 1e39}]", "weight must be above 0");
    refused(TOYS, LORA, ", passes: [{name: p, scales: {lora: 1e39}}]", "-1000 to 1000");
    refused(TOYS, LORA, ", passes: [{name: p, scales: {other: 0}}]", "names the part 'other'");
    refused(TOYS, LORA, ", maxStride: 100000", "maxStride 1 to 1000");
    refused(TOYS, LORA, ", captions: {keep: 2}", "keep has no effect");
    String pictures = "{kind: folder, path: '%s', width: 64, height: 64, frames: 1}";
    Path bare = folder.resolve("bare");
    picture(bare.resolve("a.png"), 64);
    refused(pictures.formatted(bare), LORA, "", "a.png");
    Path hints = Files.createDirectories(folder.resolve("hints"));
    Path told = folder.resolve("told");
    picture(told.resolve("1_a moon/a.png"), 64);
    String control = "{kind: control, hint: '" + hints + "', widths: [4, 4, 8, 8]}";
    refused(pictures.formatted(told), control, "", "has nothing beside");
    picture(hints.resolve("1_a moon/a.png"), 32);
    refused(pictures.formatted(told), control, "", "is 32x32, and");
    Path notOne = folder.resolve("no-picture/1_a moon/a.png");
    Files.createDirectories(Objects.requireNonNull(notOne.getParent()));
    Files.writeString(notOne, "no picture");
    refused(pictures.formatted(folder.resolve("no-picture")), LORA, "", "a.png");
  }

  /** The toy world's own network is no U-Net, beside which things stand. */
  @Test
  void anotherFamilyIsSaid() {
    Path toy = TinyModel.write(folder.resolve("toy"));
    String data = "{kind: toybox, width: 16, height: 16, frames: 2}";
    for (String part :
        List.of(
            "{kind: control, hint: mask}",
            "{kind: tokens, encoder: '%s'}"
                .formatted(TinyStableDiffusion.resource("reference/ip_adapter/image_encoder")))) {
      assertThatThrownBy(() -> check(text(toy, data, part, ""), List.of()))
          .as(part)
          .isInstanceOf(UserError.class)
          .hasMessageContaining("stand beside a U-Net");
    }
  }

  /** Keys of numbers in a record, as settings have them. */
  private static List<String> numbers(String prefix, Class<?> type) {
    return Arrays.stream(type.getRecordComponents())
        .filter(c -> isNumber(c))
        .map(c -> prefix + c.getName())
        .toList();
  }

  private static boolean isNumber(RecordComponent c) {
    return c.getType() == double.class
        || c.getType() == int.class
        || (c.getType() == Optional.class && c.getGenericType().toString().contains("Double"));
  }

  /** No number is so large that a training ends in an error of libtorch. */
  @Test
  void noNumberIsTooLargeForALine() {
    List<String> keys = new ArrayList<>();
    keys.addAll(numbers("", Recipe.class));
    keys.addAll(numbers("optimizer.", Recipe.Optimizer.class));
    keys.addAll(numbers("schedule.", Recipe.Schedule.class));
    keys.addAll(numbers("objective.", NoiseBlock.class));
    keys.addAll(numbers("objective.", ClipsBlock.class));
    keys.addAll(numbers("objective.captions.", Captions.class));
    assertThat(keys).contains("optimizer.lr", "clip", "objective.noiseOffset", "objective.cut");
    String text = text(base(), TOYS, LORA, ", captions: {shuffle: true}");
    Map<String, String> accepted = new LinkedHashMap<>();
    for (String key : keys) {
      // As many of these as anybody has time for.
      boolean more = List.of("accumulate", "objective.clips", "maxSkipped").contains(key);
      for (String value : more ? List.of("-1e39", "0") : List.of("1e39", "-1e39", "2000000000")) {
        String setting = key + "=" + value;
        tried(text, List.of(setting)).ifPresent(why -> accepted.put(setting, why));
      }
    }
    for (RecordComponent c : PartBlock.Lora.class.getRecordComponents()) {
      if (isNumber(c)) {
        String part =
            "{kind: lora%s, %s: 1e39}"
                .formatted(c.getName().equals("rank") ? "" : ", rank: 2", c.getName());
        tried(text(base(), TOYS, part, ""), List.of()).ifPresent(why -> accepted.put(part, why));
      }
    }
    assertThat(accepted).as("what ends in another error").isEmpty();
  }

  /** What comes of it, if neither nothing nor a line for people. */
  private static Optional<String> tried(String text, List<String> settings) {
    try {
      check(text, settings);
      return Optional.empty();
    } catch (UserError e) {
      return Optional.empty();
    } catch (RuntimeException e) {
      return Optional.of(String.valueOf(e));
    }
  }
}
