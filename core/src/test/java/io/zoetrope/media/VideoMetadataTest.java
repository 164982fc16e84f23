package io.zoetrope.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.error.UserError;
import io.zoetrope.media.WriteOptions.Durability;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Text that a file carries comes back from every format, and changes nothing that is seen. */
class VideoMetadataTest {
  private static final String JSON =
      "{\"prompt\": \"a \\\"red\\\" ball\\nüber 日本 \uD83C\uDFA5 <b>&amp;]]></b>\", \"seed\": 7}";

  private static final VideoMetadata USUAL =
      new VideoMetadata(
          Map.of(
              "zoetrope",
              JSON,
              VideoMetadata.TITLE,
              "Ball & <box>",
              VideoMetadata.COMMENT,
              "line one\nline two\r\nline three\ttab = yes; 'quotes' \\ #",
              VideoMetadata.SOFTWARE,
              "Zoetrope 0.1 – test"));

  @TempDir Path folder;

  private Path write(OutputFormat format, Video video, WriteOptions options) throws Exception {
    Path path = Files.createTempDirectory(folder, "x").resolve("clip" + format.ending());
    try (VideoWriter writer =
        VideoWriter.open(path, format, video.width(), video.height(), options)) {
      video.frames().forEach(writer::write);
      writer.commit();
    }
    try (Stream<Path> left = Files.list(path.getParent())) {
      assertThat(left).containsExactly(path);
    }
    return path;
  }

  private static WriteOptions with(VideoMetadata metadata) {
    return WriteOptions.at(8).metadata(metadata);
  }

  @ParameterizedTest
  @EnumSource
  void comesBack(OutputFormat format) throws Exception {
    for (int frames : new int[] {1, 5}) {
      Path path = write(format, TestClips.smooth(48, 32, frames, 8), with(USUAL));
      assertThat(VideoMetadata.read(path)).isEqualTo(USUAL);
    }
  }

  @ParameterizedTest
  @EnumSource
  void withoutThereIsNone(OutputFormat format) throws Exception {
    Path path = write(format, TestClips.smooth(48, 32, 3, 8), WriteOptions.at(8));
    assertThat(VideoMetadata.read(path)).isEqualTo(VideoMetadata.NONE);
  }

  @ParameterizedTest
  @EnumSource
  void longTextComesBack(OutputFormat format) throws Exception {
    StringBuilder text = new StringBuilder("{\"rows\": [");
    while (text.length() < 300_000) {
      text.append("\"zeile ").append(text.length()).append(" äöü \uD83D\uDE80\",\n");
    }
    VideoMetadata metadata = VideoMetadata.of("zoetrope", text.append("0]}").toString());
    Path path = write(format, TestClips.smooth(48, 32, 3, 8), with(metadata));
    assertThat(VideoMetadata.read(path)).isEqualTo(metadata);
  }

  /** Whatever a person types, and whatever a program makes of it. */
  @ParameterizedTest
  @EnumSource
  void anyTextComesBack(OutputFormat format) throws Exception {
    long seed = System.nanoTime();
    System.out.println("texts of seed " + seed + " for " + format);
    Random random = new Random(seed);
    Video clip = TestClips.smooth(16, 16, 2, 8);
    for (int i = 0; i < 25; i++) {
      VideoMetadata metadata = VideoMetadata.NONE;
      for (String key : new String[] {"zoetrope", "title", "comment", "description", "a_1"}) {
        if (random.nextInt(4) > 0) {
          metadata = metadata.with(key, text(random));
        }
      }
      Path path = write(format, clip, with(metadata));
      assertThat(VideoMetadata.read(path)).as("seed %d, round %d", seed, i).isEqualTo(metadata);
    }
  }

  /** Up to some thousand characters, many of them those that formats treat specially. */
  private static String text(Random random) {
    String odd = " \t\n\r\"'\\&<>=;#[]{}%:\u0085\u2028\uFEFF\u00A0\u007F\u0301é日";
    int length = 1 + random.nextInt(random.nextInt(10) == 0 ? 5000 : 40);
    // Formats without keys write some themselves.
    StringBuilder out = new StringBuilder(random.nextInt(5) == 0 ? "title=" : "");
    while (out.length() < length) {
      int c =
          switch (random.nextInt(4)) {
            case 0 -> odd.charAt(random.nextInt(odd.length()));
            case 1 -> random.nextInt(0x110000);
            case 2 -> 'a' + random.nextInt(26);
            default -> random.nextInt(0x800);
          };
      if (VideoMetadata.holds(c)) {
        out.appendCodePoint(c);
      }
    }
    return out.toString();
  }

  @ParameterizedTest
  @EnumSource
  void framesAndTimesStay(OutputFormat format) throws Exception {
    Video clip = TestClips.smooth(50, 34, 7, 12.5);
    Path plain = write(format, clip, WriteOptions.at(12.5));
    Path laden = write(format, clip, WriteOptions.at(12.5).metadata(USUAL));
    if (format == OutputFormat.WEBP) {
      assertThat(webpFrames(laden)).isEqualTo(webpFrames(plain)).hasSize(2 + 7);
      return;
    }
    assertThat(shown(laden)).isEqualTo(shown(plain)).isNotEmpty();
  }

  /** Every frame with its times, as text. */
  private static List<String> shown(Path path) {
    List<String> all = new ArrayList<>();
    try (FrameSource source =
        Files.isDirectory(path)
            ? PictureFolder.open(path, 8, ReadOptions.Plane.COLOURS)
            : new FileSource(path, ReadOptions.Damaged.REFUSE, ReadOptions.Plane.COLOURS)) {
      all.add(source.info().toString());
      for (var s = source.next(); s.isPresent(); s = source.next()) {
        int pixels = Arrays.hashCode(s.get().frame().rgb());
        all.add(s.get().time() + " to " + s.get().end() + ": " + pixels);
      }
    }
    return all;
  }

  /** FFmpeg cannot read it back: the chunks but for the texts and the flag that says so. */
  private static List<String> webpFrames(Path path) throws Exception {
    List<String> chunks = new ArrayList<>();
    List<WebpChunks.Chunk> all = WebpChunks.of(path);
    for (WebpChunks.Chunk chunk : all) {
      byte[] data = chunk.data();
      if (chunk.name().equals("VP8X")) {
        assertThat((data[0] & 4) != 0).isEqualTo(all.getLast().name().equals("XMP "));
        data[0] &= ~4;
      }
      if (!chunk.name().equals("XMP ")) {
        chunks.add(chunk.name() + " " + Arrays.hashCode(data));
      }
    }
    return chunks;
  }

  /** A still picture, which FFmpeg reads: the file had to become one of the extended kind. */
  @Test
  void aStillWebpIsSeenAsBefore() throws Exception {
    Video one = TestClips.smooth(51, 33, 1, 8);
    Path plain = write(OutputFormat.WEBP, one, WriteOptions.at(8));
    Path laden = write(OutputFormat.WEBP, one, with(USUAL));
    assertThat(WebpChunks.of(plain)).extracting(WebpChunks.Chunk::name).containsExactly("VP8 ");
    assertThat(WebpChunks.of(laden))
        .extracting(WebpChunks.Chunk::name)
        .containsExactly("VP8X", "VP8 ", "XMP ");
    // Only the flag of XMP; 51 and 33, less one, in 24 bits each.
    assertThat(WebpChunks.of(laden).getFirst().data())
        .containsExactly(4, 0, 0, 0, 50, 0, 0, 32, 0, 0);
    assertThat(VideoReader.read(laden).frames().getFirst().rgb())
        .isEqualTo(VideoReader.read(plain).frames().getFirst().rgb());
  }

  @ParameterizedTest
  @MethodSource("growing")
  void standsAtTheStartOfWhatGrows(OutputFormat format) throws Exception {
    Path path = folder.resolve("clip" + format.ending());
    Video clip = TestClips.counting(64, 64, 20, 8);
    WriteOptions options = with(USUAL).durability(Durability.GROWING);
    try (VideoWriter writer = VideoWriter.open(path, format, 64, 64, options)) {
      clip.frames().forEach(writer::write);
      assertThat(VideoMetadata.read(path)).as("while it grows").isEqualTo(USUAL);
      writer.commit();
    }
    assertThat(VideoMetadata.read(path)).as("at the end").isEqualTo(USUAL);
    assertThat(TestClips.numbers(VideoReader.read(path))).hasSize(20).startsWith(0, 1);
  }

  static Stream<OutputFormat> growing() {
    return Arrays.stream(OutputFormat.values()).filter(OutputFormat::grows);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\0", "a\u0001b", "\uD83C", "a\uDFA5b", "\uFFFE", "\uFFFF"})
  void noFileCanCarryThis(String text) {
    assertThatThrownBy(() -> VideoMetadata.of("comment", text))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("comment")
        .message()
        .doesNotContain("\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "Title", "a b", "ä", "1a", "encoder", "major_brand", "a-b"})
  void noKey(String key) {
    assertThatThrownBy(() -> VideoMetadata.of(key, "x"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void tooMuchText() {
    String half = "ä".repeat(VideoMetadata.MOST_BYTES / 4);
    VideoMetadata all = VideoMetadata.of("a", half).with("b", half);
    assertThatThrownBy(() -> all.with("c", "x"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("4194305 bytes");
  }
}
