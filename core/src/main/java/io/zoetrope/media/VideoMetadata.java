package io.zoetrope.media;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Text that a file carries beside its frames: what it shows, what made it, from what order. Every
 * {@link OutputFormat} can hold it, and other programs read it there: see {@link #read}.
 *
 * <p>A text is any Unicode that XML 1.0 can hold, which is all but most control characters and
 * halves of characters; it is not empty. Keys are lower-case letters, digits and underscores, for
 * some formats know no other.
 *
 * @param entries key -> text, sorted by key; at most {@value #MOST_BYTES} bytes of UTF-8 in all
 */
public record VideoMetadata(Map<String, String> entries) {
  /** What a person calls it. */
  public static final String TITLE = "title";

  /** A few words for people, which most programs show. */
  public static final String COMMENT = "comment";

  /** The program that made it, and its version. */
  public static final String SOFTWARE = "software";

  /** Bytes of UTF-8 that a file may carry: programs of others refuse texts not much longer. */
  public static final int MOST_BYTES = 1 << 22;

  /** Nothing. */
  public static final VideoMetadata NONE = new VideoMetadata(Map.of());

  private static final Pattern KEY = Pattern.compile("[a-z][a-z0-9_]{0,63}");

  /**
   * What formats and the muxers of FFmpeg write on their own, about the file and not its content.
   */
  private static final Set<String> TECHNICAL =
      Set.of(
          "encoder",
          "encoding_tool",
          "major_brand",
          "minor_version",
          "compatible_brands",
          "creation_time",
          "duration",
          "language",
          "stereo_mode");

  public VideoMetadata {
    entries = Collections.unmodifiableMap(new TreeMap<>(entries));
    long bytes = 0;
    for (Map.Entry<String, String> entry : entries.entrySet()) {
      if (!isKey(entry.getKey())) {
        throw new IllegalArgumentException("no key of metadata: '" + entry.getKey() + "'");
      }
      check(entry.getKey(), entry.getValue());
      bytes += entry.getValue().getBytes(StandardCharsets.UTF_8).length;
    }
    if (bytes > MOST_BYTES) {
      throw new UserError(
          Fault.TOO_LARGE,
          "%s bytes of text are too many for the file to carry: at most %s"
              .formatted(bytes, MOST_BYTES));
    }
  }

  /** One text. */
  public static VideoMetadata of(String key, String text) {
    return NONE.with(key, text);
  }

  /**
   * This with a text more, or another text.
   *
   * @param key 1 to 64 lower-case letters, digits and underscores, a letter first; not a name that
   *     formats use for themselves, such as {@code encoder}
   * @throws UserError if the text is empty, too long, or holds what no file can
   */
  public VideoMetadata with(String key, String text) {
    Map<String, String> more = new TreeMap<>(entries);
    more.put(key, text);
    return new VideoMetadata(more);
  }

  /** The text of a key, if there is one. */
  public Optional<String> get(String key) {
    return Optional.ofNullable(entries.get(key));
  }

  public boolean isEmpty() {
    return entries.isEmpty();
  }

  /**
   * What a file carries, without decoding a frame. Of a folder of pictures, what the first carries.
   *
   * <ul>
   *   <li>MP4, WebM and their like: the tags of the file, as FFmpeg reads them
   *   <li>GIF: comments
   *   <li>PNG: texts of all kinds
   *   <li>WebP: XMP
   *   <li>JPEG: XMP and comments
   * </ul>
   *
   * <p>Keys are made lower-case; what files say about their own format is left out, and characters
   * that this cannot hold are replaced by U+FFFD. Of a file that is cut off, what stands before the
   * end is read.
   *
   * @return empty if the file carries none
   * @throws UserError if there is no such file, it is no video or picture, it is damaged before any
   *     text, or it carries more than {@value #MOST_BYTES} bytes
   */
  public static VideoMetadata read(Path path) {
    return MetadataReader.read(path);
  }

  static boolean isKey(String key) {
    return KEY.matcher(key).matches() && !TECHNICAL.contains(key);
  }

  private static void check(String key, String text) {
    if (text.isEmpty()) {
      throw new UserError(Fault.INVALID, "the text '" + key + "' for the file to carry is empty");
    }
    text.codePoints()
        .filter(c -> !holds(c))
        .findFirst()
        .ifPresent(c -> {
          throw new UserError(
              Fault.INVALID,
              "the text '%s' holds the character U+%04X, which no file can carry".formatted(key, c),
              "leave it out");
        });
  }

  /** Whether XML 1.0 has this character (production 2); half a surrogate pair it has not. */
  static boolean holds(int codePoint) {
    return codePoint == '\t'
        || codePoint == '\n'
        || codePoint == '\r'
        || (codePoint >= 0x20 && codePoint < Character.MIN_SURROGATE)
        || (codePoint > Character.MAX_SURROGATE && codePoint < 0xFFFE)
        || codePoint > 0xFFFF;
  }
}
