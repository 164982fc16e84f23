package io.zoetrope.pipeline.order;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.error.UserError;
import io.zoetrope.record.RecordWriter;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class VideoOrderTest {
  private static final int TIMES = 200;

  private static final long SEED = new Random().nextLong(1_000_000);

  static Stream<Class<?>> tasks() {
    return Arrays.stream(TaskSpec.class.getPermittedSubclasses()).filter(Class::isRecord);
  }

  @ParameterizedTest
  @MethodSource("tasks")
  void comesBackFromItsJson(Class<?> task) {
    Map<Class<?>, Supplier<VideoOrder>> all = new RandomOrders(new Random(SEED)).all();
    assertThat(all).containsKey(task);
    for (int i = 0; i < TIMES; i++) {
      VideoOrder order = Objects.requireNonNull(all.get(task)).get();
      String json = order.toJson();
      assertThat(VideoOrder.parse("order", json)).as("seed %d: %s", SEED, json).isEqualTo(order);
      assertThat(json).as("seed %d", SEED).matches("\\p{ASCII}+").doesNotContain("\n");
      assertThat(VideoOrder.parse("order", RecordWriter.pretty(order))).isEqualTo(order);
      assertThat(VideoOrder.parse("order", "\ufeff" + json)).isEqualTo(order);
    }
  }

  @Test
  void whatIsLeftOutIsUsual() {
    assertThat(
            VideoOrder.parse(
                "order",
                "{\"task\": {\"kind\": \"generate\"}, \"wish\": {\"prompts\": [\"a ball\"]},"
                    + " \"model\": {\"name\": \"toybox\"}}"))
        .isEqualTo(
            new VideoOrder(
                GenerateSpec.usual(), Wish.of("a ball"), ModelRef.of("toybox"), Tuning.NONE));
  }

  @Test
  void settingsAreAppliedOverIt() {
    String json =
        new VideoOrder(GenerateSpec.usual(), Wish.of("a"), ModelRef.of("m"), Tuning.NONE).toJson();
    VideoOrder other = VideoOrder.parse("order", json, List.of("wish.steps=7", "tuning.window=4"));
    assertThat(other.wish().steps()).contains(7);
    assertThat(other.tuning().window()).contains(4);
  }

  /** What is wrong, in place of a word of a good order, and what is said of it. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "wish: {stepz: 4}| wish.stepz is not a key here: did you mean 'steps'?",
        "wishes: {}| wishes is not a key here: did you mean 'wish'?",
        "model: {nam: toybox}| model.nam is not a key here: did you mean 'name'?",
        "model: {}| model.name is missing",
        "model: {name: ' '}| name is empty",
        "model: toybox| model must be a block of keys and values",
        "model: {name: t, dtype: f64}| dtype must be auto, f32 or bf16, is 'f64'",
        "model: {name: t, device: tpu}| device must be auto, cpu, cuda or cuda:N",
        "model: {name: t, clipSkip: 12}| clipSkip must be 0 to 11, is 12",
        "model: {name: t, clipSkip: half}| clipSkip must be a number, is 'half'",
        "model: {name: t, longPrompts: 2}| longPrompts must be true or false, is '2'",
        "model: {name: t, loras: a}| model.loras must be a list",
        "model: {name: t, loras: [{file: a, scale: .nan}]}| scale must be a number, is '.nan'",
        "model: {name: t, loras: [{file: a, scale: 101}]}| scale must be -100 to 100",
        "model: {name: t, controls: [{net: n, shown: {path: p}, at: [3, 3]}]}| frames that rise",
        "task: {kind: generat}| task.kind must be one of",
        "task: {}| task.kind must be one of",
        "task: [generate]| task must be a block with a kind",
        "task: {kind: own}| task.kind must be one of",
        "task: {kind: animate}| task.image is missing",
        "task: {kind: animate, image: {path: ''}}| task.image.path has no value",
        "task: {kind: animate, image: {path: a, sha256: beef}}| sha256 must be 64 digits",
        "task: {kind: animate, image: {path: a}, noise: 1}| noise must be 0 to 0.99, is 1.0",
        "task: {kind: animate, image: {path: a}, noise: 1e999}| noise is too large",
        "task: {kind: animate, image: {path: a}, fit: squeeze}| must be one of crop, pad, stretch",
        "task: {kind: animate, image: {path: a}, start: 3}| task.start is not a key here",
        "task: {kind: restyle, video: {path: a}, strength: 0}| strength must be 0.01 to 1",
        "task: {kind: restyle, video: {path: a}, join: {clip: 4}}| overlap by 1 to 3 of them, not 4",
        "task: {kind: extend, video: {path: a}, start: -1}| start must be 0 to",
        "task: {kind: extend, video: {path: a}, join: {overlap: 0}}| overlap must be 1 to 256",
        "task: {kind: refine, scale: 9}| scale must be 1 to 8, is 9.0",
        "task: {kind: travel}| task.cues is missing",
        "task: {kind: travel, cues: {starts: [0, 9, 4], blend: 0}}| comes after frame 9",
        "task: {kind: travel, cues: {starts: [5], blend: 0}}| sets in at frame 0, not 5",
        "task: {kind: travel, cues: {starts: [0, 9], blend: 4}}| has 1 prompts, and cues for 2",
        "task: {kind: roll, clip: 4}| context 4 leaves no window of a clip of 4 frames",
        "wish: {prompts: []}| the prompt is empty: say what generate shall show",
        "wish: {prompts: [a, b]}| generate takes one prompt, not 2",
        "wish: {prompts: a}| wish.prompts must be a list",
        "wish: {prompts: [a], seed: -1}| seed must be 0 to",
        "wish: {prompts: [a], seed: 99999999999999999999}| seed must be a whole number in range",
        "wish: {prompts: [a], frames: 0}| frames must be 1 to 1000000, is 0",
        "wish: {prompts: [a], frames: 2.5}| frames must be a whole number in range, is 2.5",
        "wish: {prompts: [a], frames: [6]}| wish.frames must be one value",
        "wish: {prompts: [a], fps: -8}| fps must be 0.1 to 240, is -8.0",
        "wish: {prompts: [a], fps: Infinity}| fps must be a number, is 'Infinity'",
        "wish: {prompts: [a], steps: 1001}| steps must be 1 to 1000, is 1001",
        "wish: {prompts: [a], guidance: NaN}| guidance must be a number, is 'NaN'",
        "wish: {prompts: [a], sampler: eulr}| sampler must be one of",
        "wish: {prompts: [a], size: {width: 33, height: 32}}| width must be even",
        "wish: {prompts: [a], size: {width: -32, height: 32}}| width must be 16 to 4096, is -32",
        "wish: {prompts: [a], size: {width: 32}}| wish.size.height is missing",
        "wish: {prompts: [a], size: 32x32}| wish.size must be a block of keys and values",
        "tuning: {window: 0}| window must be 1 to 256, is 0",
        "tuning: {temporal: -1}| temporal must be 0 to 10, is -1.0",
        "tuning: {freeInit: 21}| freeInit must be 1 to 20, is 21",
        "tuning: {hold: {kind: replacement}}| hold is about given frames",
        "tuning: {hold: {kind: reconstruction, weight: -1}}| weight must be 0 to 100",
        "tuning: {hold: {kind: tight}}| tuning.hold.kind must be one of replacement, reconstruction",
      })
  void aBadOrderIsOneClearLine(String bad, String message) {
    String key = bad.substring(0, bad.indexOf(':'));
    StringBuilder text = new StringBuilder("{" + bad);
    Map.of(
            "task", "{kind: generate}",
            "wish", "{prompts: [a ball]}",
            "model", "{name: toybox}")
        .forEach((name, value) -> {
          if (!name.equals(key)) {
            text.append(", ").append(name).append(": ").append(value);
          }
        });
    assertThatThrownBy(() -> VideoOrder.parse("order.json", text.append("}").toString()))
        .isInstanceOf(UserError.class)
        .hasMessageContaining(message)
        .hasMessageStartingWith("order.json line 1: ")
        .hasMessageNotContainingAny("\n", "Exception");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "nonsense| must be a block",
        "{task: {kind: generate}, task: {kind: loop}}| uplicate",
        "{task: &a {kind: generate}, wish: *a}| anchors and aliases",
        "[1, 2]| the video order must be a block of keys and values",
        "{\"task\": {\"kind\": \"generate\"| line 1",
      })
  void textThatIsNoOrder(String text, String message) {
    assertThatThrownBy(() -> VideoOrder.parse("order.json", text))
        .isInstanceOf(UserError.class)
        .hasMessageContaining(message)
        .hasMessageNotContaining("\n");
  }

  /** Each task says no to what it has no use for. */
  @ParameterizedTest
  @MethodSource("tasks")
  void whatATaskHasNoUseForIsRefused(Class<?> task) {
    VideoOrder order =
        Objects.requireNonNull(new RandomOrders(new Random(SEED)).all().get(task)).get();
    VideoOrder plain = order.withTuning(Tuning.NONE).withModel(ModelRef.of("m"));
    SourceRef shown = SourceRef.of(Path.of("a.png"));
    ModelRef.Control control = new ModelRef.Control(Path.of("net"), shown, 1, List.of());
    Map<TaskSpec.Ability, Supplier<VideoOrder>> asked =
        Map.of(
            TaskSpec.Ability.CONTROLS,
            () -> plain.withModel(ModelRef.of("m").withControls(List.of(control))),
            TaskSpec.Ability.HOLD,
            () ->
                plain.withTuning(
                    new Tuning(
                        Optional.empty(),
                        false,
                        Optional.empty(),
                        Optional.empty(),
                        Optional.of(new Hold.Replacement()))),
            TaskSpec.Ability.FREE_INIT,
            () ->
                plain.withTuning(
                    new Tuning(
                        Optional.empty(),
                        false,
                        Optional.of(2),
                        Optional.empty(),
                        Optional.empty())),
            TaskSpec.Ability.FREE_NOISE,
            () ->
                plain.withTuning(
                    new Tuning(
                        Optional.empty(),
                        true,
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty())));
    asked.forEach((ability, make) -> {
      if (plain.task().abilities().contains(ability)) {
        assertThat(make.get()).isNotEqualTo(plain);
      } else {
        assertThatThrownBy(make::get)
            .isInstanceOf(UserError.class)
            .hasMessageContaining("leave it out of");
      }
    });
  }
}
