package io.zoetrope.media;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MediaEndingsTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "a.avif",
        "a.apng",
        "a.3gp",
        "a.MTS",
        "a.m2ts",
        "a.m2v",
        "a.vob",
        "a.MP4",
        "b.c.jpeg"
      })
  void whatCanBeReadIsAClip(String name) {
    assertThat(MediaEndings.isMedia(Path.of("folder", name))).isTrue();
  }

  @Test
  void othersAreNot() {
    for (String name : new String[] {"mp4", ".mp4", "a.txt", "a.mp4.txt", "a."}) {
      assertThat(MediaEndings.isMedia(Path.of(name))).as(name).isFalse();
    }
  }
}
