package io.zoetrope.media;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pictures are played as people count. */
class NaturalOrderTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "frame_1.png|frame_2.png|frame_9.png|frame_10.png|frame_11.png|frame_100.png",
        "00.png|01.png|2.png|10.png",
        "f01.png|f1.png|f2.png|f010.png|f11.png",
        "s1_f2.png|s1_f10.png|s2_f1.png|s10_f1.png",
        "s01-9.png|s1-10.png|s02-1.png|s2-02.png",
        "frame.png|frame1.png|frame2.png",
        "a1.png|B2.png|b10.png|C3.png",
        "1.jpg|2.png|3.jpg|10.png",
        "x99999999999999999999998.png|x99999999999999999999999.png|x100000000000000000000000.png",
        "clip-1.5.png|clip-1.10.png|clip-2.png",
        "été 2.png|été 10.png",
      })
  void numbersCount(String names) {
    List<String> wanted = Arrays.asList(names.split("\\|"));
    List<String> mixed = new ArrayList<>(wanted);
    Collections.shuffle(mixed, new Random(3));
    mixed.sort(NaturalOrder.NAMES);
    assertThat(mixed).isEqualTo(wanted);
  }

  @Test
  void aFolderIsPlayedInOrder(@TempDir Path folder) {
    Video clip = TestClips.counting(16, 16, 12, 8);
    for (int i = 0; i < 12; i++) {
      Png.write(folder.resolve("frame_" + (i + 1) + ".png"), clip.frames().get(i));
    }
    assertThat(TestClips.numbers(VideoReader.read(folder)))
        .containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);
    assertThat(TestClips.numbers(VideoReader.read(folder, ReadOptions.ALL.start(1))))
        .containsExactly(8, 9, 10, 11);
  }
}
