package io.zoetrope.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.error.UserError;
import io.zoetrope.media.ReadOptions.Damaged;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What cannot be read fails with one line that names the file and the cause. */
class ReadErrorsTest {
  @TempDir Path folder;

  private void fails(Path path, String... words) {
    assertThatThrownBy(() -> VideoReader.read(path))
        .isInstanceOf(UserError.class)
        .message()
        .contains(path.getFileName().toString())
        .contains(words)
        .doesNotContain("\n");
  }

  @Test
  void noSuchFile() {
    fails(folder.resolve("a.mp4"), "there is no file");
  }

  @Test
  void emptyFile() throws IOException {
    fails(Files.createFile(folder.resolve("a.mp4")), "is empty");
  }

  @Test
  void folderWithoutPictures() throws IOException {
    Path empty = Files.createDirectory(folder.resolve("empty"));
    fails(empty, "has no pictures");
    Files.writeString(empty.resolve("notes.txt"), "hello");
    fails(empty, "has no pictures");
  }

  @ParameterizedTest
  @ValueSource(strings = {"notes.txt", "notes.mp4", "notes.gif", "notes.png", "list.m3u8"})
  void textIsNotAVideo(String name) throws IOException {
    fails(Files.writeString(folder.resolve(name), "hello\n".repeat(100)), "not a video");
  }

  @Test
  void playlistsFetchNothing() throws IOException {
    String list = "#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,\nhttp://127.0.0.1:1/a.ts\n";
    fails(Files.writeString(folder.resolve("list.m3u8"), list), "not a video");
    Path concat = folder.resolve("a.ffconcat");
    fails(Files.writeString(concat, "ffconcat version 1.0\nfile x.mp4\n"), "not a video");
  }

  @Test
  void randomBytes() throws IOException {
    byte[] bytes = TestClips.noise(64, 64, 1, 1).frames().getFirst().rgb();
    fails(Files.write(folder.resolve("a.mp4"), bytes), "not a video");
  }

  @Test
  void soundOnly() throws IOException {
    ByteBuffer wav = ByteBuffer.allocate(44 + 16000).order(ByteOrder.LITTLE_ENDIAN);
    wav.put("RIFF".getBytes(StandardCharsets.US_ASCII)).putInt(wav.capacity() - 8);
    wav.put("WAVEfmt ".getBytes(StandardCharsets.US_ASCII)).putInt(16);
    wav.putShort((short) 1).putShort((short) 1).putInt(8000).putInt(16000);
    wav.putShort((short) 2).putShort((short) 16);
    wav.put("data".getBytes(StandardCharsets.US_ASCII)).putInt(16000);
    fails(Files.write(folder.resolve("a.wav"), wav.array()), "sound but no pictures");
  }

  @ParameterizedTest
  @CsvSource({"a.mp4,0.3", "a.mp4,0.6", "a.mp4,0.95", "a.webm,0.6", "a.gif,0.5", "a.png,0.5"})
  void cutOff(String name, double part) throws IOException {
    Path path = folder.resolve(name);
    Video clip = TestClips.smooth(128, 128, name.endsWith("png") ? 1 : 32, 8);
    VideoWriter.write(path, clip);
    byte[] all = Files.readAllBytes(path);
    Path cut = folder.resolve("cut-" + name);
    Files.write(cut, Arrays.copyOf(all, (int) (all.length * part)));
    fails(cut, "damaged or cut off");
    if (!name.endsWith("png")) {
      Video rest = VideoReader.read(cut, ReadOptions.ALL.damaged(Damaged.KEEP_WHAT_READS));
      assertThat(rest.frames()).hasSizeBetween(1, 31);
      Video same = new Video(clip.frames().subList(0, 1), 8);
      assertThat(TestClips.psnr(same, rest)).isGreaterThan(25);
    }
  }

  @Test
  void mp4WithoutItsIndex() throws IOException {
    Path path = folder.resolve("a.mp4");
    VideoWriter.write(path, TestClips.smooth(64, 64, 8, 8));
    byte[] head = Arrays.copyOf(Files.readAllBytes(path), 200);
    fails(Files.write(folder.resolve("b.mp4"), head), "damaged or cut off");
  }

  @Test
  void startAfterTheEnd() {
    Path path = folder.resolve("a.mp4");
    VideoWriter.write(path, TestClips.smooth(64, 64, 8, 8));
    for (ReadOptions options : new ReadOptions[] {ReadOptions.ALL, ReadOptions.ALL.fps(8)}) {
      assertThatThrownBy(() -> VideoReader.read(path, options.start(5)))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("ends before 5.0 seconds");
    }
  }

  @Test
  void picturesOfTwoSizes() {
    Path frames = folder.resolve("frames");
    VideoWriter.write(frames, TestClips.smooth(16, 16, 2, 8));
    Png.write(frames.resolve("00001.png"), TestClips.plain(8, 16, 1, 2, 3));
    fails(frames, "00001.png", "8x16", "16x16");
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, -1, Double.NaN, 2000})
  void sillyRates(double fps) {
    assertThatThrownBy(() -> ReadOptions.ALL.fps(fps))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("frames per second");
  }

  @Test
  void sillyWindows() {
    assertThatThrownBy(() -> ReadOptions.ALL.start(-1)).isInstanceOf(UserError.class);
    assertThatThrownBy(() -> ReadOptions.ALL.start(Double.NaN)).isInstanceOf(UserError.class);
    assertThatThrownBy(() -> ReadOptions.ALL.maxFrames(0)).isInstanceOf(UserError.class);
  }
}
