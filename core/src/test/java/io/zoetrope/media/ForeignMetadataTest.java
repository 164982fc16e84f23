package io.zoetrope.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.error.UserError;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.zip.CRC32;
import java.util.zip.DeflaterOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Texts in files of other programs, damaged ones and hostile ones. */
class ForeignMetadataTest {
  private static final byte[] PICTURE = Png.encode(TestClips.plain(4, 4, 1, 2, 3));
  private static final Charset LATIN = StandardCharsets.ISO_8859_1;

  @TempDir Path folder;

  private Path file(String name, byte[]... parts) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return Files.write(folder.resolve(name), all.toByteArray());
  }

  private static byte[] chunk(String type, byte[] data) {
    ByteBuffer out = ByteBuffer.allocate(12 + data.length).putInt(data.length);
    out.put(type.getBytes(LATIN)).put(data);
    CRC32 crc = new CRC32();
    crc.update(out.array(), 4, 4 + data.length);
    return out.putInt((int) crc.getValue()).array();
  }

  /** A picture with a chunk more behind its header. */
  private Path png(byte[] more) throws IOException {
    int header = 8 + 25;
    return file(
        "a.png",
        Arrays.copyOf(PICTURE, header),
        more,
        Arrays.copyOfRange(PICTURE, header, PICTURE.length));
  }

  private static byte[] deflated(byte[] data) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (DeflaterOutputStream deflater = new DeflaterOutputStream(out)) {
      deflater.write(data);
    }
    return out.toByteArray();
  }

  private static byte[] joined(String head, byte[] tail) {
    byte[] first = head.getBytes(LATIN);
    byte[] all = Arrays.copyOf(first, first.length + tail.length);
    System.arraycopy(tail, 0, all, first.length, tail.length);
    return all;
  }

  private void fails(Path path, String words) {
    assertThatThrownBy(() -> VideoMetadata.read(path))
        .isInstanceOf(UserError.class)
        .hasMessageContaining(words)
        .hasMessageContaining(path.getFileName().toString())
        .message()
        .doesNotContain("\n");
  }

  private void reads(Path path, String key, String text) {
    assertThat(VideoMetadata.read(path).entries()).isEqualTo(Map.of(key, text));
  }

  @Test
  void textsOfPngsInEveryForm() throws IOException {
    reads(
        png(chunk("tEXt", "parameters\0steps: 20 \u00e9".getBytes(LATIN))),
        "parameters",
        "steps: 20 é");
    reads(png(chunk("tEXt", "Author\0somebody".getBytes(LATIN))), "author", "somebody");
  }

  @Test
  void packedTextsOfPngs() throws IOException {
    byte[] text = "wörkflow".getBytes(StandardCharsets.UTF_8);
    reads(
        png(chunk("zTXt", joined("Author\0\0", deflated("Zoë".getBytes(LATIN))))), "author", "Zoë");
    reads(
        png(chunk("iTXt", joined("workflow\0\1\0de\0Arbeit\0", deflated(text)))),
        "workflow",
        "wörkflow");
  }

  @Test
  void keysThatAreNoneAreMadeSoOrLeftOut() throws IOException {
    reads(png(chunk("tEXt", "Camera-Model 2\0x".getBytes(LATIN))), "camera_model_2", "x");
    assertThat(VideoMetadata.read(png(chunk("tEXt", "2\0x".getBytes(LATIN)))).isEmpty()).isTrue();
    reads(png(chunk("tEXt", "Comment\0a\1b".getBytes(LATIN))), "comment", "a\uFFFDb");
  }

  @Test
  void aFewBytesThatUnfoldToMany() throws IOException {
    byte[] bomb = deflated(new byte[50_000_000]);
    assertThat(bomb.length).isLessThan(100_000);
    fails(png(chunk("zTXt", joined("Comment\0\0", bomb))), "more than");
    fails(png(chunk("iTXt", joined("Comment\0\1\0\0\0", bomb))), "more than");
  }

  @ParameterizedTest
  @ValueSource(strings = {"Comment", "Comment\0\0x", "Comment\0\1"})
  void chunksWithoutTheirParts(String data) throws IOException {
    fails(png(chunk("iTXt", data.getBytes(LATIN))), "damaged");
    if (data.endsWith("\1")) {
      fails(png(chunk("zTXt", joined("Comment\0\0", new byte[] {1, 2, 3}))), "damaged");
    }
  }

  @Test
  void lengthsBeyondTheEnd() throws IOException {
    byte[] head = Arrays.copyOf(PICTURE, 33);
    byte[] whole = chunk("iTXt", joined("Comment\0\0\0\0\0", new byte[1000]));
    fails(file("b.png", head, Arrays.copyOf(whole, 500)), "damaged");
    whole[0] = (byte) 0x7f;
    fails(file("c.png", head, whole), "more than");
    byte[] pixels = chunk("IDAT", new byte[1000]);
    pixels[0] = (byte) 0xff;
    fails(file("d.png", head, pixels), "damaged");
    byte[] spoilt = chunk("tEXt", "Comment\0hello".getBytes(LATIN));
    spoilt[20] ^= 1;
    fails(png(spoilt), "damaged");
  }

  @Test
  void commentsOfGifs() throws IOException {
    byte[] head = {'G', 'I', 'F', '8', '9', 'a', 1, 0, 1, 0, 0, 0, 0, 0x21, (byte) 0xFE};
    byte[] end = {0, 0x3B};
    byte[] block = new byte[256];
    Arrays.fill(block, (byte) 'x');
    block[0] = (byte) 255;
    reads(file("a.gif", head, block, block, end), "comment", "x".repeat(510));
    reads(file("l.gif", head, new byte[] {2, (byte) 0xe9, 'a'}, end), "comment", "éa");
    fails(file("cut.gif", head, block, new byte[] {100, 'x'}), "damaged");
    reads(file("cut2.gif", head, block, new byte[] {0}), "comment", "x".repeat(255));
    Path endless = folder.resolve("endless.gif");
    try (var out = Files.newOutputStream(endless)) {
      out.write(head);
      for (int i = 0; i < 40_000; i++) {
        out.write(block);
      }
    }
    fails(endless, "more than");
  }

  @Test
  void commentsOfJpegs() throws IOException {
    byte[] start = {(byte) 0xff, (byte) 0xd8, (byte) 0xff, (byte) 0xe0, 0, 4, 1, 2, (byte) 0xff};
    byte[] comment = "\u00fe\0\5abc".getBytes(LATIN);
    byte[] end = {(byte) 0xff, (byte) 0xff, (byte) 0xda};
    reads(file("a.jpg", start, comment, end), "comment", "abc");
    fails(file("cut.jpg", start, "\u00fe\u00ff\u00ffabc".getBytes(LATIN)), "damaged");
    fails(file("none.jpg", start, "\u00fe\0\1abc".getBytes(LATIN)), "damaged");
    assertThat(VideoMetadata.read(file("b.jpg", start, new byte[] {(byte) 0xda})).isEmpty())
        .isTrue();
  }

  /** A WebP with a packet of metadata, and nothing else that matters. */
  private Path webp(String packet, int tooLong) throws IOException {
    byte[] xml = packet.getBytes(StandardCharsets.UTF_8);
    ByteBuffer out = ByteBuffer.allocate(38 + xml.length).order(ByteOrder.LITTLE_ENDIAN);
    out.put("RIFF".getBytes(LATIN)).putInt(30 + xml.length).put("WEBPVP8X".getBytes(LATIN));
    out.putInt(10).put(new byte[10]).put("XMP ".getBytes(LATIN)).putInt(xml.length + tooLong);
    return file("a.webp", out.put(xml).array());
  }

  private static String xmp(String attributes, String inside) {
    return "<r:RDF xmlns:r=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\"><r:Description "
        + attributes
        + ">"
        + inside
        + "</r:Description></r:RDF>";
  }

  @Test
  void packetsOfOtherPrograms() throws IOException {
    reads(webp(xmp("xmlns:p='urn:p' p:CreatorTool='GIMP' r:about=''", ""), 0), "software", "GIMP");
    String list = "<p:subject xmlns:p='urn:p'>\n <r:Bag><r:li>a</r:li><r:li>b</r:li></r:Bag>\n";
    reads(webp(xmp("", list + "</p:subject>"), 0), "subject", "a");
    assertThat(VideoMetadata.read(webp("<x/>", 0)).isEmpty()).isTrue();
  }

  @Test
  void packetsThatAreNone() throws IOException {
    fails(webp("<x", 0), "damaged");
    fails(webp("hello", 0), "damaged");
    fails(webp(xmp("", "<p>"), 0), "damaged");
    fails(webp("<x/>", 1000), "damaged");
    fails(webp("<x/>", 1 << 30), "more than");
  }

  @Test
  void packetsOpenNoOtherFile() throws IOException {
    Path secret = Files.writeString(folder.resolve("secret.txt"), "secret");
    String type = "<!DOCTYPE x [<!ENTITY e SYSTEM \"" + secret.toUri() + "\">]>";
    Path path = webp(type + xmp("", "<p>&e;</p>"), 0);
    try {
      assertThat(VideoMetadata.read(path).toString()).doesNotContain("secret");
    } catch (UserError e) {
      assertThat(e).hasMessageContaining("damaged");
    }
    String laughs = "<!DOCTYPE x [<!ENTITY a \"" + "ha".repeat(5000) + "\">";
    String many = "&a;".repeat(5000);
    Path bomb = webp(laughs + "<!ENTITY b \"" + many + "\">]>" + xmp("", "<p>&b;</p>"), 0);
    try {
      assertThat(VideoMetadata.read(bomb).toString()).hasSizeLessThan(1000);
    } catch (UserError e) {
      assertThat(e).hasMessageContaining("damaged");
    }
  }

  @Test
  void noVideoNoTexts() throws IOException {
    fails(folder.resolve("none.mp4"), "there is no file");
    fails(file("empty.mp4"), "is empty");
    fails(file("notes.txt", "hello\n".repeat(100).getBytes(LATIN)), "not a video");
    fails(Files.createDirectory(folder.resolve("empty")), "has no pictures");
  }

  @ParameterizedTest
  @CsvSource({"a.mp4, 200", "a.webm, 60", "a.gif, 20", "a.webp, 60", "a.png, 30", "a.jpg, 40"})
  void cutOffBeforeAnyText(String name, int bytes) throws IOException {
    Path path = folder.resolve(name);
    WriteOptions options = WriteOptions.at(8).metadata(VideoMetadata.of("comment", "hello"));
    VideoWriter.write(path, TestClips.smooth(48, 32, 3, 8), options);
    byte[] head = Arrays.copyOf(Files.readAllBytes(path), bytes);
    fails(file("cut-" + name, head), "damaged or cut off");
  }

  /** Whatever a byte says: texts or one line, in no time. */
  @ParameterizedTest
  @EnumSource(
      mode = EnumSource.Mode.EXCLUDE,
      names = {"PNG_FOLDER", "JPEG_FOLDER"})
  void spoiltFilesHarmNobody(OutputFormat format) throws IOException {
    long seed = System.nanoTime();
    System.out.println("spoilt files of seed " + seed + " for " + format);
    Random random = new Random(seed);
    Path path = folder.resolve("a" + format.ending());
    VideoMetadata metadata =
        VideoMetadata.of("comment", "hello").with("zoetrope", "{}".repeat(200));
    VideoWriter.write(path, TestClips.smooth(16, 16, 2, 8), WriteOptions.at(8).metadata(metadata));
    byte[] whole = Files.readAllBytes(path);
    for (int i = 0; i < 300; i++) {
      byte[] spoilt =
          random.nextInt(3) == 0
              ? Arrays.copyOf(whole, random.nextInt(whole.length))
              : whole.clone();
      for (int n = random.nextInt(8); n >= 0 && spoilt.length > 0; n--) {
        // Headers and lengths stand at the beginning, the tags of WebP at the end.
        int within = random.nextBoolean() ? Math.min(900, spoilt.length) : spoilt.length;
        spoilt[random.nextInt(within)] = (byte) random.nextInt(256);
      }
      Path bad = file("bad" + format.ending(), spoilt);
      try {
        assertThat(VideoMetadata.read(bad).entries()).as("seed %d, %d", seed, i).isNotNull();
      } catch (UserError e) {
        assertThat(e.getMessage()).as("seed %d, %d", seed, i).doesNotContain("\n");
      }
    }
  }
}
