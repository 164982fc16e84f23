package io.zoetrope.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.zoetrope.error.UserError;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Contact sheets. */
class DrawingTest {
  @Test
  void sheetHasARowForEachClipAndItsFirstAndLastFrame() {
    Video clip = TestClips.counting(32, 24, 11, 8);
    Frame sheet = ContactSheet.of(List.of(new ContactSheet.Row(clip, "")), 3);
    assertThat(sheet.width()).isEqualTo(4 + 3 * 36);
    assertThat(sheet.height()).isEqualTo(4 + 28);
    assertThat(TestClips.pixel(sheet, 20, 15)[0]).isEqualTo(40);
    assertThat(TestClips.pixel(sheet, 56, 15)[0]).isEqualTo(90);
    assertThat(TestClips.pixel(sheet, 92, 15)[0]).isEqualTo(140);
  }

  @Test
  void captionsTakeRoomAndLeaveInk() {
    assumeTrue(Canvas.hasFonts(), "this machine has no fonts");
    Video clip = TestClips.counting(120, 24, 3, 8);
    Frame plain = ContactSheet.of(List.of(new ContactSheet.Row(clip, "")), 3);
    Frame sheet =
        ContactSheet.of(
            List.of(
                new ContactSheet.Row(clip, "a very long caption ".repeat(50)),
                new ContactSheet.Row(clip, "")),
            3);
    assertThat(sheet.width()).isEqualTo(plain.width());
    assertThat(sheet.height()).isGreaterThan(2 * plain.height() - 4);
    int dark = 0;
    for (int x = 0; x < sheet.width(); x++) {
      for (int y = 0; y < 20; y++) {
        dark += TestClips.pixel(sheet, x, y)[0] < 100 ? 1 : 0;
      }
    }
    assertThat(dark).isGreaterThan(100);
  }

  @Test
  void emptySheetsAreRefused() {
    assertThatThrownBy(() -> ContactSheet.of(List.of(), 3)).isInstanceOf(UserError.class);
    assertThatThrownBy(() -> ContactSheet.grid(List.of())).isInstanceOf(UserError.class);
    Video wide = TestClips.counting(4096, 4096, 2, 8);
    List<ContactSheet.Row> rows = Collections.nCopies(20, new ContactSheet.Row(wide, ""));
    assertThatThrownBy(() -> ContactSheet.of(rows, 2))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("too large");
  }
}
