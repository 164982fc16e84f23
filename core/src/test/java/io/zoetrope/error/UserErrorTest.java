package io.zoetrope.error;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class UserErrorTest {
  private static final UserError TOLD =
      new UserError(
          Fault.UNSUPPORTED,
          "this sampler\n  is made for another model",
          Mend.of("take ").and(Mend.Knob.SAMPLER, "ddim").and(", or ").and(Mend.Deed.FETCH, "a/b"));

  @Test
  void theMessageIsReasonAndMendInOneLine() {
    assertThat(TOLD)
        .hasMessage("this sampler is made for another model: take the sampler ddim, or fetch a/b");
    assertThat(TOLD.reason()).isEqualTo("this sampler is made for another model");
    assertThat(TOLD.fault()).isEqualTo(Fault.UNSUPPORTED);
    assertThat(new UserError(Fault.INVALID, "no mend is known", "")).hasMessage("no mend is known");
  }

  /** Programs and their logs rely on these. */
  @Test
  void codesStayAsTheyAre() {
    assertThat(Arrays.stream(Fault.values()).map(Fault::code))
        .containsExactly(
            "invalid",
            "order",
            "not-found",
            "damaged",
            "unsupported",
            "mismatch",
            "not-finite",
            "too-large",
            "occupied",
            "no-access",
            "unreachable");
    assertThat(TOLD.code()).isEqualTo("unsupported");
  }

  @Test
  void aDoorWordsTheSlotsInItsOwnWay() {
    String line =
        TOLD.line(slot ->
            switch (slot) {
              case Mend.Turn turn -> "[" + turn.knob() + "=" + turn.value() + "]";
              case Mend.Act act -> "<" + act.deed() + " " + act.object() + ">";
            });
    assertThat(line)
        .isEqualTo("this sampler is made for another model: take [SAMPLER=ddim], or <FETCH a/b>");
  }

  @Test
  void saidOfAPlaceItKeepsFaultAndMend() {
    UserError placed = TOLD.at(Path.of("model")).at("line 3");
    assertThat(placed.getMessage()).startsWith("line 3: model: this sampler").endsWith("fetch a/b");
    assertThat(placed.fault()).isEqualTo(TOLD.fault());
    assertThat(placed.mend()).isEqualTo(TOLD.mend());
    assertThat(placed).hasRootCause(TOLD);
  }

  @Test
  void everySlotHasWordsOfItsOwn() {
    for (Mend.Knob knob : Mend.Knob.values()) {
      assertThat(Mend.NONE.and(knob).text()).isNotBlank().doesNotContain("--");
    }
    for (Mend.Deed deed : Mend.Deed.values()) {
      assertThat(Mend.NONE.and(deed).text()).isNotBlank().doesNotContain("zoetrope ");
    }
  }

  @Test
  void itCanBeSentElsewhere() throws IOException, ClassNotFoundException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(TOLD);
    }
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      UserError read = (UserError) in.readObject();
      assertThat(read).hasMessage(TOLD.getMessage());
      assertThat(read.mend()).isEqualTo(TOLD.mend());
    }
  }
}
