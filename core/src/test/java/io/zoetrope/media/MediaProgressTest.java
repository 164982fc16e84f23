package io.zoetrope.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.progress.Phase;
import io.zoetrope.progress.Progress;
import io.zoetrope.progress.Report;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Reading and writing tell of every frame, and stop between two. */
class MediaProgressTest {
  @TempDir Path folder;

  /** Remembers; wants to stop after so many reports. */
  private static final class Watch implements Progress {
    final List<Report> seen = new ArrayList<>();
    final int patience;

    Watch(int patience) {
      this.patience = patience;
    }

    @Override
    public void update(Report report) {
      seen.add(report);
    }

    @Override
    public boolean cancelled() {
      return seen.size() >= patience;
    }

    void saw(Phase phase, long total) {
      assertThat(seen).extracting(Report::phase).containsOnly(phase);
      assertThat(seen).extracting(Report::total).containsOnly(total);
      assertThat(seen)
          .extracting(Report::done)
          .containsExactlyElementsOf(LongStream.rangeClosed(1, seen.size()).boxed().toList());
    }
  }

  private static final int[] STOPS = {0, 3, 6};
  private static final int[] GIF_STOPS = {0, 3, 6, 8, 11};

  @ParameterizedTest
  @EnumSource
  void writing(OutputFormat format) throws Exception {
    Path path = folder.resolve("clip" + format.ending());
    Video clip = TestClips.smooth(32, 32, 6, 8);
    Watch all = new Watch(99);
    VideoWriter.write(path, clip, WriteOptions.at(8), all);
    if (format == OutputFormat.GIF) {
      // Its colours are chosen when all are there; only then are they packed.
      assertThat(all.seen)
          .extracting(Report::done)
          .containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 1L, 2L, 3L, 4L, 5L, 6L);
    } else {
      all.saw(Phase.WRITE, 6);
      assertThat(all.seen).hasSize(6);
    }
    Path other = folder.resolve("other" + format.ending());
    for (int patience : format == OutputFormat.GIF ? GIF_STOPS : STOPS) {
      Watch some = new Watch(patience);
      assertThatThrownBy(() -> VideoWriter.write(other, clip, WriteOptions.at(8), some))
          .isInstanceOf(CancellationException.class)
          .hasMessage("cancelled after " + (patience > 6 ? patience - 6 : patience) + " of 6");
      assertThat(some.seen).hasSize(patience);
      try (Stream<Path> left = Files.list(folder)) {
        assertThat(left).containsExactly(path);
      }
    }
  }

  @Test
  void reading() {
    Path path = folder.resolve("clip.mp4");
    VideoWriter.write(path, TestClips.smooth(32, 32, 12, 8));
    Watch all = new Watch(99);
    VideoReader.read(path, ReadOptions.ALL, all);
    all.saw(Phase.READ, 12);
    Watch few = new Watch(99);
    VideoReader.read(path, ReadOptions.ALL.start(0.5).maxFrames(5), few);
    few.saw(Phase.READ, 5);
    Watch late = new Watch(99);
    VideoReader.read(path, ReadOptions.ALL.start(1), late);
    late.saw(Phase.READ, 4);
    Watch impatient = new Watch(3);
    assertThatThrownBy(() -> VideoReader.read(path, ReadOptions.ALL, impatient))
        .isInstanceOf(CancellationException.class)
        .hasMessage("cancelled after 3 of 12");
    assertThat(impatient.seen).hasSize(3);
  }

  @Test
  void aSource() {
    Path path = folder.resolve("clip.gif");
    VideoWriter.write(path, TestClips.smooth(32, 32, 12, 8));
    Watch all = new Watch(99);
    Source.Wish wish = Source.Wish.of(16, 16).at(4).first(5);
    assertThat(Source.video(path, wish, all).video().frames()).hasSize(5);
    all.saw(Phase.READ, 5);
    assertThat(all.seen).hasSize(5);
    Watch impatient = new Watch(1);
    assertThatThrownBy(() -> Source.video(path, wish, impatient))
        .isInstanceOf(CancellationException.class);
  }
}
