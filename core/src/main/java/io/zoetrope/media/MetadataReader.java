package io.zoetrope.media;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Reads {@link VideoMetadata} from files of any program: which format, and what became of it. */
final class MetadataReader {
  private final Map<String, String> found = new TreeMap<>();
  private long bytes;

  /** How texts stand in files of one format. */
  @FunctionalInterface
  private interface Format {
    /**
     * Takes the texts out, one by one, until the file ends.
     *
     * @param file at its beginning
     * @throws EOFException if the file ends early, or its structure makes no sense
     * @throws TooMuch if there is more text than anybody needs
     */
    void read(DataInputStream file, MetadataReader out) throws IOException;
  }

  /** More text than anybody needs. */
  static final class TooMuch extends IOException {
    private static final long serialVersionUID = 1L;
  }

  static VideoMetadata read(Path path) {
    if (!Files.exists(path)) {
      throw new UserError(Fault.NOT_FOUND, "there is no file '" + path + "'");
    }
    if (Files.isDirectory(path)) {
      return read(PictureFolder.pictures(path).getFirst());
    }
    MetadataReader out = new MetadataReader();
    boolean whole = false;
    try (DataInputStream file =
        new DataInputStream(new BufferedInputStream(Files.newInputStream(path)))) {
      try {
        format(path).read(file, out);
        whole = true;
      } catch (EOFException e) {
        // What stands before the end is given, if there is any.
      }
      if (!whole && out.found.isEmpty()) {
        throw MediaFiles.unreadable(path);
      }
      return out.metadata();
    } catch (TooMuch e) {
      throw new UserError(
          Fault.TOO_LARGE,
          "'%s' carries more than %s bytes of text, which are not read"
              .formatted(path, VideoMetadata.MOST_BYTES),
          e);
    } catch (IOException e) {
      throw new UserError(Fault.NO_ACCESS, "cannot read '" + path + "': " + e.getMessage(), e);
    }
  }

  private static Format format(Path path) {
    String head = MediaFiles.ascii(MediaFiles.head(path, 12));
    if (head.startsWith("\u0089PNG")) {
      return PngTexts::read;
    }
    if (head.startsWith("GIF8")) {
      return GifComments::read;
    }
    if (head.startsWith("RIFF") && head.endsWith("WEBP")) {
      return WebpXmp::read;
    }
    if (head.startsWith("\u00ff\u00d8\u00ff")) {
      return MetadataReader::jpeg;
    }
    return (file, out) -> Ffmpeg.tags(path, out);
  }

  /** Comment segments before the picture (ITU T.81, annex B). */
  private static void jpeg(DataInputStream file, MetadataReader out) throws IOException {
    ByteArrayOutputStream parts = new ByteArrayOutputStream();
    file.skipNBytes(2);
    while (true) {
      if (file.readUnsignedByte() != 0xFF) {
        throw new EOFException();
      }
      int marker = file.readUnsignedByte();
      while (marker == 0xFF) { // any number of them may fill up
        marker = file.readUnsignedByte();
      }
      if (marker == 0xDA || marker == 0xD9) {
        if (parts.size() > 0) {
          Jpeg.packet(parts.toByteArray(), out);
        }
        return;
      }
      int length = file.readUnsignedShort() - 2;
      if (length < 0) {
        throw new EOFException();
      }
      if (marker == 0xFE) {
        out.put(VideoMetadata.COMMENT, text(out.bytes(file, length)));
      } else if (!Jpeg.read(file, marker, length, parts, out)) {
        file.skipNBytes(length);
      }
    }
  }

  /**
   * So many bytes of text.
   *
   * @throws TooMuch before they are read, if they are too many
   * @throws EOFException if there are not so many
   */
  byte[] bytes(DataInputStream file, long count) throws IOException {
    byte[] read = file.readNBytes(take(count));
    if (read.length < count) {
      throw new EOFException();
    }
    return read;
  }

  /** Counts bytes of text that will be taken into memory. */
  int take(long count) throws TooMuch {
    bytes += count;
    if (bytes > VideoMetadata.MOST_BYTES) {
      throw new TooMuch();
    }
    return (int) count;
  }

  /** A text; the first of its key counts. Names that are no keys are made so, if that can be. */
  void put(String name, String text) {
    String key = name.strip().toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9_]", "_");
    if (!text.isEmpty() && VideoMetadata.isKey(key)) {
      found.putIfAbsent(key, text);
    }
  }

  private VideoMetadata metadata() throws TooMuch {
    bytes = 0;
    for (Map.Entry<String, String> entry : found.entrySet()) {
      entry.setValue(clean(entry.getValue()));
      take(entry.getValue().getBytes(StandardCharsets.UTF_8).length);
    }
    return new VideoMetadata(found);
  }

  private static String clean(String text) {
    if (text.codePoints().allMatch(VideoMetadata::holds)) {
      return text;
    }
    StringBuilder clean = new StringBuilder(text.length());
    text.codePoints().map(c -> VideoMetadata.holds(c) ? c : 0xFFFD).forEach(clean::appendCodePoint);
    return clean.toString();
  }

  /** UTF-8 if it is that, else Latin-1: formats older than Unicode do not say. */
  static String text(byte[] bytes) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      return new String(bytes, StandardCharsets.ISO_8859_1);
    }
  }
}
