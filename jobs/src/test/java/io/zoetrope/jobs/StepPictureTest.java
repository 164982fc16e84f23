package io.zoetrope.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StepPictureTest {
  @Test
  void aFileSaysWhichStepItShows() {
    assertThat(new StepPicture(9, 9, 0).file()).isEqualTo("9.webp");
    assertThat(new StepPicture(34, 9, 16).file()).isEqualTo("34-9-16.webp");
    assertThat(StepPicture.tryParse("9.webp")).hasValue(new StepPicture(9, 9, 0));
    assertThat(StepPicture.tryParse("34-9-16.webp")).hasValue(new StepPicture(34, 9, 16));
    assertThat(StepPicture.tryParse("34-9.webp")).isEmpty();
    assertThat(StepPicture.tryParse("../9.webp")).isEmpty();
    assertThat(StepPicture.tryParse(".partial-9.webp")).isEmpty();
  }

  @Test
  void thoseOfAnAttemptRise(@TempDir Path attempt) throws Exception {
    assertThat(StepPicture.all(attempt)).isEmpty();
    Files.createDirectories(attempt.resolve(StepPicture.FOLDER));
    for (StepPicture one :
        new StepPicture[] {
          new StepPicture(11, 3, 16), new StepPicture(2, 2, 0), new StepPicture(8, 8, 0)
        }) {
      Files.createFile(one.at(attempt));
    }
    assertThat(StepPicture.all(attempt)).extracting(StepPicture::step).containsExactly(2, 8, 11);
  }
}
