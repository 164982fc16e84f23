package io.zoetrope.pipeline.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.pipeline.TinyModel;
import io.zoetrope.pipeline.family.ModelChoice;
import io.zoetrope.progress.Phase;
import io.zoetrope.progress.Progress;
import io.zoetrope.progress.Report;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Loading tells of every weight, and stops between two. */
class LoadingTest {
  @TempDir Path folder;

  @Test
  void bytesOfAllPartsAddUpToTheirSum() {
    ModelChoice choice = ModelChoice.of(TinyModel.write(folder.resolve("model")), "f32");
    List<Report> seen = new ArrayList<>();
    VideoModel.load(choice, seen::add).close();
    assertThat(seen).extracting(Report::phase).containsOnly(Phase.LOAD);
    assertThat(seen).extracting(Report::done).isSorted().doesNotContain(0L);
    assertThat(seen).extracting(Report::total).containsOnly(seen.getLast().done());
    Progress impatient =
        new Progress() {
          private int told;

          @Override
          public void update(Report report) {
            told++;
          }

          @Override
          public boolean cancelled() {
            return told >= seen.size() - 2;
          }
        };
    long then = seen.get(seen.size() - 3).done();
    assertThatThrownBy(() -> VideoModel.load(choice, impatient))
        .isInstanceOf(CancellationException.class)
        .hasMessage("cancelled after %s of %s".formatted(then, seen.getLast().total()));
    VideoModel.load(choice).close();
  }
}
