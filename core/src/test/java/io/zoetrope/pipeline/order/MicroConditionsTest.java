package io.zoetrope.pipeline.order;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.error.UserError;
import io.zoetrope.network.ClipInput;
import io.zoetrope.network.ClipInput.Kind;
import io.zoetrope.network.Told;
import io.zoetrope.network.dit.DitConfig;
import io.zoetrope.pipeline.Engine;
import io.zoetrope.pipeline.TextToVideo;
import io.zoetrope.pipeline.TinyModel;
import io.zoetrope.pipeline.family.ModelChoice;
import io.zoetrope.pipeline.model.VideoModel;
import io.zoetrope.progress.Progress;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Numbers of a clip that a network is told: as somebody says, or as the model has it. */
class MicroConditionsTest {
  private static final ClipInput ALL = new ClipInput(List.of(Kind.values()), 8);
  private static final ClipInput BUCKETS =
      new ClipInput(List.of(Kind.RATE, Kind.MOTION), 8, List.of(0.5, 2.0));

  private static void on(Path folder, ClipInput clip, Consumer<Engine> body) {
    Path model =
        TinyModel.write(
            folder.resolve("model"), DitConfig.size("tiny").telling(Told.LEVEL.and(clip)), 0.1);
    try (VideoModel loaded = VideoModel.load(ModelChoice.of(model, "f32"))) {
      assertThat(loaded.network().config().told().clip()).isEqualTo(clip);
      body.accept(new Engine(loaded));
    }
  }

  private static byte[] made(Engine engine) {
    return Scopes.value(() ->
        Tensors.toBytes(
            new TextToVideo(engine)
                .latents(List.of(TinyModel.request(3, 4, 2, "flow-euler")), Progress.NONE)));
  }

  private static Engine told(Engine engine, String yaml) {
    return VideoOrder.parse(
            "order",
            "{task: {kind: generate}, wish: {prompts: [a ball]}, model: {name: m}, tuning: {micro: {%s}}}"
                .formatted(yaml))
        .tuning()
        .over(engine.model());
  }

  @Test
  void eachChangesWhatIsMade(@TempDir Path folder) {
    on(
        folder,
        ALL,
        engine -> {
          byte[] usual = made(engine);
          assertThat(made(told(engine, "motion: 30"))).isNotEqualTo(usual);
          assertThat(made(told(engine, "fps: 3"))).isNotEqualTo(usual);
          assertThat(made(told(engine, "augmentation: 0.5"))).isNotEqualTo(usual);
          assertThat(made(told(engine, "motion: 30, fps: 3")))
              .isNotEqualTo(made(told(engine, "motion: 30")));
        });
  }

  @Test
  void withoutAWordTheRateIsThatOfTheVideoAndMotionTheUsualBucket(@TempDir Path folder) {
    on(
        folder,
        ALL,
        engine -> {
          assertThat(made(told(engine, "motion: 127, fps: 8"))).isEqualTo(made(engine));
        });
  }

  @Test
  void ofAModelWithBucketsNothingIsSaidOfMotion(@TempDir Path folder) {
    on(
        folder,
        BUCKETS,
        engine -> {
          byte[] unsaid =
              made(
                  engine.withTold(
                      Conditioning.none().with(Conditioning.MOTION, Tensors.full(-1, 1))));
          assertThat(made(engine)).isEqualTo(unsaid);
          assertThat(made(told(engine, "motion: 0"))).isNotEqualTo(unsaid);
          assertThat(made(told(engine, "motion: 2"))).isNotEqualTo(made(told(engine, "motion: 0")));
          assertThatThrownBy(() -> told(engine, "motion: 3"))
              .isInstanceOf(UserError.class)
              .hasMessage(
                  "this model's buckets of motion are 0 to 2, of which the last is above 2.0 pixels per"
                      + " frame; 3 is none");
        });
  }

  @ParameterizedTest
  @CsvSource({
    "motion: 3, how much a clip moves",
    "fps: 3, a rate of frames",
    "augmentation: 0.1, the noise of a picture that it is shown"
  })
  void aModelThatIsNotToldItRefuses(String yaml, String what, @TempDir Path folder) {
    Path model = TinyModel.write(folder.resolve("model"));
    try (VideoModel loaded = VideoModel.load(ModelChoice.of(model, "f32"))) {
      assertThatThrownBy(() -> told(new Engine(loaded), yaml))
          .isInstanceOf(UserError.class)
          .hasMessage("this model is not told %s: leave it out".formatted(what));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "motion: -1, motion must be 0 to 1023",
    "motion: 2000, motion must be 0 to 1023",
    "motion: 1.5, motion",
    "fps: 0, fps must be 0.1 to 240",
    "augmentation: -0.1, augmentation must be 0 to 10",
    "bucket: 3, bucket"
  })
  void badNumbersAreOneLine(String yaml, String says) {
    assertThatThrownBy(() ->
            VideoOrder.parse(
                "order",
                "{task: {kind: generate}, wish: {prompts: [a ball]}, model: {name: m}, tuning: {micro: {%s}}}"
                    .formatted(yaml)))
        .isInstanceOf(UserError.class)
        .hasMessageContaining(says);
  }

  @Test
  void aBucketHoldsWhatMovesSoMuch() {
    assertThat(List.of(0.0, 0.5, 0.6, 2.0, 9.0).stream().map(BUCKETS::bucket))
        .containsExactly(0, 0, 1, 1, 2);
    assertThat(BUCKETS.means(0)).isEqualTo("0.0 to 0.5 pixels per frame");
    assertThat(BUCKETS.means(2)).isEqualTo("above 2.0 pixels per frame");
    assertThat(ALL.buckets()).isZero();
    assertThatThrownBy(() -> new ClipInput(List.of(Kind.MOTION), 8, List.of(2.0, 1.0)))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("rise from above 0");
    assertThatThrownBy(() -> new ClipInput(List.of(Kind.RATE), 8, List.of(2.0)))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("told it");
  }

  @Test
  void anOrderRemembersIt() {
    MicroConditions said =
        new MicroConditions(Optional.of(40), Optional.of(6.5), Optional.of(0.02));
    VideoOrder order =
        new VideoOrder(
            GenerateSpec.usual(), Wish.of("a ball"), ModelRef.of("m"), Tuning.NONE.withMicro(said));
    assertThat(VideoOrder.parse("order", order.toJson())).isEqualTo(order);
  }

  /** Whoever says how much it shall move is told how much it does. */
  @Test
  void whatIsMadeIsMeasured(@TempDir Path folder) {
    TinyModel.write(
        folder.resolve("told"), DitConfig.size("tiny").telling(Told.LEVEL.and(BUCKETS)), 0.1);
    TinyModel.write(folder.resolve("plain"));
    for (String name : List.of("told", "plain")) {
      VideoOrder order =
          new VideoOrder(
              GenerateSpec.usual(),
              Wish.of("a ball").withSeed(3).withSteps(2).withFrames(4),
              ModelRef.of(name),
              Tuning.NONE);
      Made made =
          Studio.make(
              order,
              Sources.in(folder),
              FileSink.of(folder.resolve(name + ".webp")),
              Progress.NONE);
      assertThat(made.details().containsKey("motion")).isEqualTo(name.equals("told"));
      assertThat(made.notes().stream().anyMatch(line -> line.startsWith("moves by ")))
          .isEqualTo(name.equals("told"));
    }
  }
}
