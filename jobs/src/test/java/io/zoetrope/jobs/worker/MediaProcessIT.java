package io.zoetrope.jobs.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.zoetrope.jobs.Input;
import io.zoetrope.media.Frame;
import io.zoetrope.media.Video;
import io.zoetrope.media.VideoMetadata;
import io.zoetrope.media.VideoWriter;
import io.zoetrope.media.WriteOptions;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Strangers' files, in the process that opens them. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MediaProcessIT {
  private static final String SHA = "0".repeat(64);

  @TempDir Path folder;
  private final MediaProcess media = new MediaProcess(MediaLimits.USUAL);

  @AfterAll
  void close() {
    media.close();
  }

  private Path file(String ending, int frames) throws IOException {
    Path whole = folder.resolve("whole." + ending);
    List<Frame> all = new ArrayList<>();
    for (int f = 0; f < frames; f++) {
      byte[] rgb = new byte[3 * 64 * 48];
      Arrays.fill(rgb, (byte) (40 * f));
      all.add(new Frame(64, 48, rgb));
    }
    WriteOptions options = WriteOptions.at(8).metadata(VideoMetadata.of("zoetrope", "{\"a\": 1}"));
    VideoWriter.write(whole, new Video(all, 8), options);
    return Files.move(whole, folder.resolve(ending + frames));
  }

  private MediaException refused(Path file) {
    return catchThrowableOfType(MediaException.class, () -> media.at(file, SHA, 1));
  }

  @ParameterizedTest
  @CsvSource({
    "png, png, 1",
    "jpg, jpeg, 1",
    "webp, webp, 5",
    "gif, gif, 5",
    "mp4, mp4, 5",
    "webm, webm, 5"
  })
  void aFileIsLookedAt(String ending, String kind, int frames) throws IOException {
    Path file = file(ending, frames);
    Input seen = media.at(file, SHA, 7);
    assertThat(seen.kind()).isEqualTo(kind);
    assertThat(seen.width()).isEqualTo(64);
    assertThat(seen.height()).isEqualTo(48);
    assertThat(seen.frames().orElse(1L)).isEqualTo(frames);
    assertThat(seen.fps().isPresent()).isEqualTo(frames > 1);
    assertThat(media.recall(file)).containsEntry("zoetrope", "{\"a\": 1}");
    assertThat(new String(media.thumbnail(file), 8, 4, StandardCharsets.US_ASCII))
        .isEqualTo("WEBP");
  }

  @Test
  void whatIsNoneOfThoseIsRefused() throws IOException {
    Map<String, String> files =
        Map.of(
            "a", "#!/bin/sh\n",
            "b", "ffconcat version 1.0\nfile /etc/passwd\n",
            "c", "#EXTM3U\nhttp://127.0.0.1/\n",
            "d", "",
            "e", "{\"no\": \"plan\"}");
    for (Map.Entry<String, String> text : files.entrySet()) {
      Path file = Files.writeString(folder.resolve(text.getKey()), text.getValue());
      MediaException e = refused(file);
      assertThat(e.code()).isEqualTo("invalid_media");
      assertThat(e.getMessage()).doesNotContain("/", folder.toString());
    }
  }

  /** A PNG of 30000 x 30000 pixels in a few bytes. */
  @Test
  void aBombIsTooLargeBeforeItIsDecoded() throws IOException {
    ByteBuffer header = ByteBuffer.allocate(17);
    header.put("IHDR".getBytes(StandardCharsets.US_ASCII));
    header.putInt(30_000).putInt(30_000).put(new byte[] {8, 2, 0, 0, 0});
    CRC32 crc = new CRC32();
    crc.update(header.array());
    ByteBuffer png = ByteBuffer.allocate(8 + 4 + 17 + 4 + 12);
    png.putLong(0x89504e470d0a1a0aL).putInt(13).put(header.array()).putInt((int) crc.getValue());
    png.putInt(0).put("IEND".getBytes(StandardCharsets.US_ASCII));
    Path file = Files.write(folder.resolve("bomb"), png.array());
    assertThat(refused(file)).isNotNull();
  }

  @Test
  void moreFramesThanAreTakenAreTooLarge() throws IOException {
    Path film = file("mp4", 40);
    MediaLimits few = new MediaLimits(4096, 1 << 24, 20, 50 << 20, 8, Duration.ofSeconds(30));
    try (MediaProcess strict = new MediaProcess(few)) {
      MediaException e = catchThrowableOfType(MediaException.class, () -> strict.at(film, SHA, 1));
      assertThat(e.code()).isEqualTo("too_large");
      assertThat(e).hasMessage("40 frames, and at most 20 are taken");
    }
  }

  @Test
  void aProcessThatIsKilledRefusesOneFile() throws IOException {
    Path file = file("gif", 3);
    media.at(file, SHA, 1);
    Optional<Long> pid = media.pid();
    ProcessHandle.of(pid.orElseThrow()).orElseThrow().destroyForcibly();
    try {
      media.at(file, SHA, 1);
    } catch (MediaException e) {
      assertThat(e).hasMessage("the file cannot be read here");
    }
    assertThat(media.at(file, SHA, 1).kind()).isEqualTo("gif");
  }

  @Test
  void mutatedFilesAreReadOrRefusedInOurWords() throws IOException {
    long seed = Long.getLong("seed", 20_261_130);
    Map<String, Integer> told = new MutatedFiles(folder, seed).run(media, 300);
    System.out.println("seed " + seed + ": " + told);
    assertThat(told.keySet())
        .allMatch(words ->
            words.equals("read") || words.matches("(invalid_media|too_large): [a-zA-Z0-9 ,]+"));
    assertThat(told.get("read")).isBetween(30, 290);
    assertThat(media.killed()).isLessThan(10);
  }
}
