package io.zoetrope.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tasks by a model of few levels, which knows no others. */
class FewStepsIT {
  private static final String BUNDLED =
      Path.of("../models/toybox").toAbsolutePath().normalize().toString();

  @TempDir Path folder;

  private TestCli.Outcome travel(String... more) {
    String[] words = {
      "travel",
      "--at",
      "0",
      "a red ball",
      "--at",
      "20",
      "a blue ball",
      "--frames",
      "40",
      "--fast",
      "-m",
      BUNDLED,
      "-o",
      "travel.mp4"
    };
    String[] all = new String[words.length + more.length];
    System.arraycopy(words, 0, all, 0, words.length);
    System.arraycopy(more, 0, all, words.length, more.length);
    return new TestCli(folder).run(all);
  }

  /** A soft change has levels between; it is refused before the first clip is made. */
  @Test
  void aSoftChangeIsRefusedAtOnce() {
    TestCli.Outcome soft = travel();
    assertThat(soft.code()).isEqualTo(1);
    assertThat(soft.err()).contains("was not distilled for").doesNotContain("sampling");
    assertThat(folder.resolve("travel.mp4")).doesNotExist();
  }

  @Test
  void aHardChangeIsMade() {
    assertThat(travel("--blend", "0").code()).isZero();
    assertThat(folder.resolve("travel.mp4")).exists();
  }
}
