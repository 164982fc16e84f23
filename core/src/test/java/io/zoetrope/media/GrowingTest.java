package io.zoetrope.media;

import static org.assertj.core.api.Assertions.assertThat;

import io.zoetrope.ChildJvm;
import io.zoetrope.media.ReadOptions.Damaged;
import io.zoetrope.media.WriteOptions.Durability;
import java.io.BufferedReader;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A file that grows in place plays at every moment of its writing. */
class GrowingTest {
  private static final WriteOptions GROWING = WriteOptions.at(8).durability(Durability.GROWING);
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"a.mp4", "a.webm", "a.gif"})
  void whatAKilledProcessLeavesPlays(String name) throws Exception {
    Path path = folder.resolve(name);
    Path left = folder.resolve("left-" + name);
    Video clip = TestClips.counting(64, 64, 20, 8);
    try (VideoWriter writer = VideoWriter.open(path, 64, 64, GROWING)) {
      clip.frames().forEach(writer::write);
      Files.copy(path, left); // what the disk holds if the process ends now
    }
    Video back = VideoReader.read(left, ReadOptions.ALL.fps(8).damaged(Damaged.KEEP_WHAT_READS));
    System.out.printf("%s: %d of 20 frames after a kill%n", name, back.frames().size());
    assertThat(back.frames()).hasSizeBetween(15, 20);
    for (int i = 0; i < back.frames().size(); i++) {
      assertThat(TestClips.number(back.frames().get(i))).isEqualTo(i);
    }
  }

  /** Writes frames for ever, to be killed. */
  static final class Endless {
    public static void main(String[] args) {
      Video clip = TestClips.counting(64, 64, 20, 8);
      try (VideoWriter writer = VideoWriter.open(Path.of(args[0]), 64, 64, GROWING)) {
        for (int i = 0; true; i++) {
          writer.write(clip.frames().get(i % 20));
          System.out.println(i);
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"a.mp4", "a.webm", "a.gif", "a"})
  void survivesKillNine(String name) throws Exception {
    Path path = folder.resolve(name);
    Process process = ChildJvm.of(Endless.class, path).start();
    int written = 0;
    try (BufferedReader lines = process.inputReader()) {
      while (written < 30) {
        String line = lines.readLine();
        assertThat(line).isNotNull().matches("\\d+");
        written = Integer.parseInt(line) + 1;
      }
    } finally {
      process.destroyForcibly();
      process.waitFor();
    }
    Video back = VideoReader.read(path, ReadOptions.ALL.fps(8).damaged(Damaged.KEEP_WHAT_READS));
    assertThat(back.frames()).hasSizeGreaterThanOrEqualTo(25);
    assertThat(TestClips.numbers(back)).startsWith(0, 1, 2).contains(19);
  }

  /** A clean end makes an ordinary file: one index, no fragments. */
  @Test
  void aFinishedMp4HasNoFragments() throws Exception {
    Path path = folder.resolve("a.mp4");
    VideoWriter.write(path, TestClips.counting(64, 64, 20, 8), GROWING);
    VideoInfo info = VideoReader.probe(path);
    assertThat(info.frames()).hasValue(20);
    assertThat(info.seconds().orElseThrow()).isEqualTo(2.5);
    try (VideoWriter writer = VideoWriter.open(path, 64, 64, GROWING)) {
      TestClips.counting(64, 64, 20, 8).frames().forEach(writer::write);
      assertThat(VideoReader.probe(path).frames()).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"a.mp4", "a.webm", "a.gif", "a"})
  void aFinishedOneIsWhole(String name) {
    Path path = folder.resolve(name);
    VideoWriter.write(path, TestClips.counting(64, 64, 20, 8), GROWING);
    Video back = VideoReader.read(path);
    assertThat(TestClips.numbers(back)).hasSize(20).startsWith(0, 1).endsWith(18, 19);
    assertThat(back.fps()).isEqualTo(8);
  }

  @Test
  void picturesAppearOneByOne() throws Exception {
    Path path = folder.resolve("frames");
    Video clip = TestClips.counting(8, 8, 3, 8);
    try (VideoWriter writer = VideoWriter.open(path, 8, 8, GROWING)) {
      for (int i = 0; i < 3; i++) {
        writer.write(clip.frames().get(i));
        assertThat(VideoReader.read(path).frames()).hasSize(i + 1);
      }
    }
    assertThat(TestClips.numbers(VideoReader.read(path))).containsExactly(0, 1, 2);
  }
}
