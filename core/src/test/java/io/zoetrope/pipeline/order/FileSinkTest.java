package io.zoetrope.pipeline.order;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.diffusion.PromptCues;
import io.zoetrope.error.UserError;
import io.zoetrope.media.OutputFormat;
import io.zoetrope.media.VideoMetadata;
import io.zoetrope.media.VideoReader;
import io.zoetrope.pipeline.TinyModel;
import io.zoetrope.pipeline.model.Size;
import io.zoetrope.progress.Phase;
import io.zoetrope.progress.Progress;
import io.zoetrope.progress.Report;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FileSinkTest {
  @TempDir static Path model;
  @TempDir Path folder;

  @BeforeAll
  static void train() {
    TinyModel.write(model);
  }

  private static VideoOrder order(TaskSpec task) {
    return new VideoOrder(
        task,
        Wish.of("a red ball").withSeed(3).withSteps(2).withFrames(6),
        ModelRef.of(model.toString()),
        Tuning.NONE);
  }

  private static final TaskSpec ROLL = new RollSpec(PromptCues.single(), Optional.of(6), 2);

  private Made make(VideoOrder order, FileSink sink, Progress progress) {
    return Studio.make(order, Sources.in(folder), sink, progress);
  }

  private List<Path> left() throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return all.toList();
    }
  }

  /** Cancels when a phase has so many units done. */
  private static Progress cancelling(Phase phase, long done) {
    boolean[] cancelled = {false};
    return new Progress() {
      @Override
      public void update(Report report) {
        cancelled[0] |= report.phase() == phase && report.done() >= done;
      }

      @Override
      public boolean cancelled() {
        return cancelled[0];
      }
    };
  }

  @ParameterizedTest
  @EnumSource
  void writesWhatTheEndingSaysAndRemembersTheOrder(OutputFormat format) throws IOException {
    Path path = folder.resolve("ball" + format.ending());
    FileSink sink = FileSink.of(path);
    VideoOrder order = order(GenerateSpec.usual());
    assertThat(make(order, sink, Progress.NONE).frames()).isEqualTo(6);
    assertThat(sink.frames()).isEqualTo(6);
    assertThat(sink.kept()).isTrue();
    assertThat(left()).containsExactly(path);
    assertThat(Files.isDirectory(path)).isEqualTo(format.folder());
    assertThat(Remembered.read(path).orElseThrow().order()).isEqualTo(order);
    if (!format.picture()) {
      assertThat(VideoReader.read(path).frames()).hasSize(6);
    }
  }

  @ParameterizedTest
  @EnumSource
  void saysNothingOfTheOrderIfAskedNotTo(OutputFormat format) {
    Path path = folder.resolve("ball" + format.ending());
    make(order(GenerateSpec.usual()), FileSink.of(path).withoutMetadata(), Progress.NONE);
    assertThat(VideoMetadata.read(path).get(Remembered.KEY)).isEmpty();
  }

  @Test
  void leavesNothingOfWhatWasCancelledAndWhatWasThereStays() throws IOException {
    Path path = Files.writeString(folder.resolve("ball.mp4"), "older");
    for (Phase phase : List.of(Phase.SAMPLE, Phase.DECODE, Phase.WRITE)) {
      FileSink sink = FileSink.of(path);
      assertThatThrownBy(() -> make(order(GenerateSpec.usual()), sink, cancelling(phase, 2)))
          .isInstanceOf(CancellationException.class);
      assertThat(sink.kept()).isFalse();
      assertThat(left()).containsExactly(path);
      assertThat(path).hasContent("older");
    }
  }

  @Test
  void cancelledAfterTheLastFrameIsCancelled() throws IOException {
    FileSink sink = FileSink.of(folder.resolve("ball.mp4"));
    assertThatThrownBy(() -> make(order(GenerateSpec.usual()), sink, cancelling(Phase.WRITE, 6)))
        .isInstanceOf(CancellationException.class);
    assertThat(left()).isEmpty();
  }

  @Test
  void whatGrewStays() throws IOException {
    Path path = folder.resolve("ball.mp4");
    FileSink sink = FileSink.of(path);
    VideoOrder order = order(ROLL);
    VideoOrder longer = order.withWish(order.wish().withFrames(40));
    assertThatThrownBy(() -> make(longer, sink, cancelling(Phase.SAMPLE, 12)))
        .isInstanceOf(CancellationException.class);
    assertThat(sink.kept()).isTrue();
    assertThat(VideoReader.read(path).frames()).hasSize((int) sink.frames());
    assertThat(left()).containsExactly(path);
  }

  @Test
  void whatEndsOnlyWhenItIsStoppedIsWholeThen() {
    Path path = folder.resolve("ball.gif");
    FileSink sink = FileSink.of(path);
    VideoOrder endless =
        new VideoOrder(
            ROLL, Wish.of("a red ball").withSteps(2), ModelRef.of(model.toString()), Tuning.NONE);
    Made made = make(endless, sink, cancelling(Phase.SAMPLE, 12));
    assertThat(made.frames()).isEqualTo(sink.frames()).isPositive();
    assertThat(VideoReader.read(path).frames()).hasSize((int) sink.frames());
  }

  @Test
  void takesAnotherOrderAfterTheFirst() {
    FileSink sink = FileSink.of(folder.resolve("ball.gif"));
    make(order(GenerateSpec.usual()), sink, Progress.NONE);
    make(order(GenerateSpec.usual()), sink, Progress.NONE);
    assertThat(sink.frames()).isEqualTo(6);
  }

  /** A contact sheet is drawn when all frames are there: they have to fit into Java's memory. */
  @Test
  void aSheetThatWillNotFitIsRefusedBeforeAnythingIsComputed() throws IOException {
    boolean[] sampled = {false};
    Progress watched = report -> sampled[0] |= report.phase() == Phase.SAMPLE;
    VideoOrder order = order(GenerateSpec.usual());
    VideoOrder large = order.withWish(order.wish().withFrames(256).withSize(new Size(2048, 2048)));
    FileSink sheet = FileSink.of(folder.resolve("ball.png"));
    assertThatThrownBy(() -> make(large, sheet, watched))
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith("256 frames of 2048x2048 in 'ball.png' need 118")
        .message()
        .hasLineCount(1);
    assertThat(sampled[0]).isFalse();
    assertThat(left()).isEmpty();
  }

  @Test
  void failsBeforeAnythingIsComputed() {
    assertThatThrownBy(() -> FileSink.of(Path.of("ball.avi"))).isInstanceOf(UserError.class);
    boolean[] sampled = {false};
    Progress watched = report -> sampled[0] |= report.phase() == Phase.SAMPLE;
    FileSink nowhere = FileSink.of(folder.resolve("no/ball.mp4"));
    assertThatThrownBy(() -> make(order(GenerateSpec.usual()), nowhere, watched))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("there is no folder");
    assertThat(sampled[0]).isFalse();
  }
}
