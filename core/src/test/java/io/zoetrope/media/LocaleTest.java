package io.zoetrope.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.error.UserError;
import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever digits a session writes, FFmpeg and people read ours. */
class LocaleTest {
  private final Locale before = Locale.getDefault();
  @TempDir Path folder;

  @AfterEach
  void back() {
    Locale.setDefault(before);
  }

  @ParameterizedTest
  @ValueSource(strings = {"ar-EG", "fa-IR", "bn-BD", "my-MM", "tr-TR", "de-DE"})
  void everyFormatIsWrittenAndRead(String locale) {
    Locale.setDefault(Locale.forLanguageTag(locale));
    for (String name : new String[] {"a.gif", "a.mp4", "a.webm", "a.webp", "frames"}) {
      Path path = folder.resolve(name);
      VideoWriter.write(path, TestClips.smooth(32, 32, 10, 10));
      Source source = Source.video(path, Source.Wish.of(32, 32).at(10).first(4));
      assertThat(source.report()).isEqualTo(name + ": 32x32 at 10 fps, frames 0..3 of 10");
    }
    Source hdr = Source.video(Path.of("src/test/resources/media/pq.mp4"), Source.Wish.of(64, 64));
    assertThat(TestClips.pixel(hdr.video().frames().getFirst(), 12, 32)).containsOnly(128);
  }

  @Test
  void messagesHoldDigitsThatCanBeTypedAgain() {
    Locale.setDefault(Locale.forLanguageTag("fa-IR"));
    assertThatThrownBy(() -> new Frame(0, 4, new byte[0])).hasMessageContaining("0x4");
    Path path = folder.resolve("a.mp4");
    VideoWriter.write(path, TestClips.smooth(32, 32, 4, 8));
    assertThatThrownBy(() -> VideoReader.read(path, ReadOptions.ALL.start(10)))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("ends before 10.0 seconds");
    assertThat(Source.rate(29.97)).isEqualTo("29.97");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a=0.5", "a=\u06F3", "end=1,5"})
  void whatFfmpegWouldReadByTheLocaleIsNotGivenToIt(String text) {
    assertThatThrownBy(() -> Ffmpeg.whole(text)).isInstanceOf(IllegalArgumentException.class);
  }
}
