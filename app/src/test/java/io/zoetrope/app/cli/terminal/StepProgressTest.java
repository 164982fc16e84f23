package io.zoetrope.app.cli.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import io.zoetrope.progress.Phase;
import io.zoetrope.progress.Report;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a person at a terminal sees of the phases of one command. */
class StepProgressTest {
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private Session session(boolean terminal) {
    return session(terminal, Map.of());
  }

  private Session session(boolean terminal, Map<String, String> environment) {
    PrintStream stream = new PrintStream(err, true, StandardCharsets.UTF_8);
    Console console = new Console(stream, stream, terminal, 90);
    return new Session(console, new Cancellation(), Path.of(""), environment);
  }

  private String told() {
    return err.toString(StandardCharsets.UTF_8);
  }

  @Test
  void everyPhaseHasItsName() throws Exception {
    try (StepProgress progress = new StepProgress(session(true), new OutputOptions(), "rolling")) {
      for (Phase phase : new Phase[] {Phase.LOAD, Phase.SAMPLE, Phase.DECODE, Phase.WRITE}) {
        for (int i = 1; i <= 3; i++) {
          progress.update(Report.of(phase, i, 3).words(phase == Phase.SAMPLE ? "loss 1" : ""));
          Thread.sleep(300); // a short phase shows no bar
        }
      }
    }
    assertThat(told()).containsSubsequence("loading", "rolling", "decoding", "writing");
    assertThat(told()).contains("loss 1").doesNotContain("sampling");
  }

  /** One thing for a person, however often the two take turns. */
  @Test
  void framesAreWrittenWhileOthersAreDecoded() throws Exception {
    try (StepProgress progress = new StepProgress(session(true), new OutputOptions(), "sampling")) {
      for (int i = 1; i <= 4; i++) {
        progress.update(Report.of(Phase.DECODE, i, 5));
        progress.update(Report.of(Phase.WRITE, i, 5));
        Thread.sleep(300);
      }
    }
    // Time goes on from the first frame: a bar is shown because all of them took long.
    assertThat(told()).contains("decoding").doesNotContain("writing");
  }

  @Test
  void phasesThatAreOverAtOnceShowNothing() {
    try (StepProgress progress = new StepProgress(session(true), new OutputOptions(), "sampling")) {
      progress.update(Report.of(Phase.LOAD, 1, 2));
      progress.update(Report.of(Phase.LOAD, 2, 2));
    }
    assertThat(told()).doesNotContain("loading");
  }

  @Test
  void aFileGetsNoLinesOfWhatIsShort() {
    try (StepProgress progress =
        new StepProgress(session(false), new OutputOptions(), "sampling")) {
      progress.update(1, 2);
      progress.update(2, 2);
    }
    assertThat(told()).isEmpty();
  }

  @Test
  void aDumbTerminalGetsNoBar() throws Exception {
    work(Map.of("TERM", "dumb"));
    assertThat(told()).doesNotContain("\u001b", "\r");
  }

  @Test
  void aTerminalWithoutColoursGetsABarWithoutThem() throws Exception {
    work(Map.of("NO_COLOR", "1"));
    assertThat(told()).contains("sampling").doesNotContain("\u001b[3");
  }

  private void work(Map<String, String> environment) throws Exception {
    Session session = session(true, environment);
    try (StepProgress progress = new StepProgress(session, new OutputOptions(), "sampling")) {
      progress.update(1, 2);
      Thread.sleep(500);
      progress.update(2, 2);
    }
  }

  @Test
  void cancellingReachesTheWork() {
    Session session = session(false);
    try (StepProgress progress = new StepProgress(session, new OutputOptions(), "sampling")) {
      assertThat(progress.cancelled()).isFalse();
      session.cancellation().cancel();
      assertThat(progress.cancelled()).isTrue();
      assertThat(progress.then(report -> {}).cancelled()).isTrue();
    }
  }
}
