package io.zoetrope.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.error.UserError;
import java.util.List;
import org.junit.jupiter.api.Test;

class ResizeTest {
  @Test
  void coverCutsTheMiddle() {
    Resize wide = Resize.cover(1920, 1080, 128, 128);
    assertThat(wide).isEqualTo(new Resize(1920, 1080, 420, 0, 1080, 1080, 128, 128));
    assertThat(wide.describe()).isEqualTo("cut 1920x1080 to 1080x1080, scaled to 128x128");
    assertThat(Resize.cover(64, 128, 32, 32).y()).isEqualTo(32);
    assertThat(Resize.cover(64, 64, 32, 32).describe()).isEqualTo("64x64 scaled to 32x32");
    assertThat(Resize.cover(64, 64, 64, 64).describe()).isEqualTo("kept 64x64");
    assertThat(Resize.cover(1, 1000, 8, 8).cropHeight()).isEqualTo(1);
  }

  @Test
  void theSameSizeIsTheSameFrame() {
    Frame frame = TestClips.smooth(16, 16, 1, 8).frames().getFirst();
    assertThat(Resize.cover(16, 16, 16, 16).apply(frame)).isSameAs(frame);
  }

  @Test
  void plainColoursStayExact() {
    Frame frame = TestClips.plain(37, 23, 12, 130, 250);
    for (int size : new int[] {1, 5, 16, 64}) {
      Frame scaled = Resize.cover(37, 23, size, size).apply(frame);
      assertThat(scaled.rgb()).isEqualTo(TestClips.plain(size, size, 12, 130, 250).rgb());
    }
  }

  @Test
  void smoothContentSurvivesDownAndUp() {
    Video clip = TestClips.smooth(128, 96, 2, 8);
    Video small = Resize.cover(clip, 64, 48);
    Video exact = TestClips.smooth(64, 48, 2, 8);
    // The same waves sampled at half the rate lie half a pixel off: 128 * (x + 0.5) against 2 x.
    assertThat(TestClips.psnr(small, exact)).isGreaterThan(25);
    Video back = Resize.stretch(64, 48, 128, 96).apply(small);
    assertThat(TestClips.psnr(clip, back)).isGreaterThan(38);
  }

  @Test
  void finePatternsDoNotAlias() {
    Frame stripes = TestClips.plain(96, 96, 0, 0, 0);
    for (int y = 0; y < 96; y++) {
      for (int x = 0; x < 96; x += 2) {
        for (int c = 0; c < 3; c++) {
          stripes.rgb()[(y * 96 + x) * 3 + c] = (byte) 255;
        }
      }
    }
    Frame small = Resize.cover(96, 96, 20, 20).apply(stripes);
    for (byte value : small.rgb()) {
      assertThat(value & 0xff).isBetween(118, 138);
    }
  }

  @Test
  void edgesDoNotMove() {
    Frame half = TestClips.plain(64, 64, 0, 0, 0);
    for (int y = 0; y < 64; y++) {
      for (int x = 32; x < 64; x++) {
        half.rgb()[(y * 64 + x) * 3] = (byte) 255;
      }
    }
    Frame small = Resize.cover(64, 64, 16, 16).apply(half);
    assertThat(TestClips.pixel(small, 6, 8)[0]).isLessThan(8);
    assertThat(TestClips.pixel(small, 9, 8)[0]).isGreaterThan(247);
    int sum = TestClips.pixel(small, 7, 8)[0] + TestClips.pixel(small, 8, 8)[0];
    assertThat(sum).isBetween(250, 260);
  }

  @Test
  void refusals() {
    assertThatThrownBy(() -> Resize.cover(8, 8, 0, 8)).isInstanceOf(UserError.class);
    assertThatThrownBy(() -> Resize.cover(8, 8, 4, 4).apply(TestClips.plain(9, 8, 0, 0, 0)))
        .isInstanceOf(IllegalArgumentException.class);
    Video clip = new Video(List.of(TestClips.plain(8, 8, 0, 0, 0)), 3);
    assertThat(Resize.cover(clip, 4, 2).fps()).isEqualTo(3);
  }
}
