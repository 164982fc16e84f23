package io.zoetrope.media;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** What FFmpeg does not say about a file, from its first bytes and its outermost structure. */
final class MediaFiles {
  private static final int WEBM_SEGMENT = 0x18538067;

  private MediaFiles() {}

  /** One line about a file that FFmpeg found nothing in. */
  static UserError unreadable(Path path) {
    byte[] head = head(path, 16);
    if (head.length == 0) {
      return new UserError(Fault.DAMAGED, "'" + path + "' is empty");
    }
    String start = ascii(head, 0, Math.min(4, head.length));
    boolean known =
        (head.length >= 8 && ascii(head, 4, 8).equals("ftyp"))
            || start.equals("\u0089PNG")
            || start.startsWith("\u00ff\u00d8\u00ff")
            || start.equals("GIF8")
            || start.equals("RIFF")
            || start.equals("\u001aE\u00df\u00a3");
    return new UserError(
        Fault.DAMAGED,
        known
            ? "'" + path + "' is damaged or cut off: no frame of it can be read"
            : "'" + path + "' is not a video or picture that can be read");
  }

  /**
   * Whether a file ends before its own structure does. FFmpeg takes the early end of a WebM or GIF
   * for an ordinary one.
   */
  static boolean endsEarly(Path path, String demuxer) {
    try (DataInputStream in =
        new DataInputStream(new BufferedInputStream(Files.newInputStream(path)))) {
      return switch (demuxer) {
        case "matroska,webm" -> webmEndsEarly(in, Files.size(path));
        case "gif" -> GifEnd.early(in);
        default -> false;
      };
    } catch (EOFException e) {
      return true;
    } catch (IOException e) {
      throw new UserError(Fault.NO_ACCESS, "cannot read '" + path + "': " + e.getMessage(), e);
    }
  }

  /** Whether a JPEG has no end behind its first scan (ITU T.81, annex B); no other file has. */
  static boolean jpegEndsEarly(Path path) {
    try (DataInputStream in =
        new DataInputStream(new BufferedInputStream(Files.newInputStream(path)))) {
      if (in.readUnsignedShort() != 0xFFD8) {
        return false;
      }
      int marker = in.readUnsignedShort();
      while (marker != 0xFFDA) {
        if (marker < 0xFF01) {
          return false; // of no shape that is known here
        }
        in.skipNBytes(Math.max(0, in.readUnsignedShort() - 2));
        marker = in.readUnsignedShort();
      }
      for (int before = 0, next = in.read(); next >= 0; before = next, next = in.read()) {
        if (before == 0xFF && next == 0xD9) {
          return false;
        }
      }
      return true;
    } catch (IOException e) {
      return e instanceof EOFException && ascii(head(path, 3)).equals("\u00ff\u00d8\u00ff");
    }
  }

  /** The segment states its length, unless it was written live (RFC 8794, section 6). */
  private static boolean webmEndsEarly(DataInputStream in, long fileSize) throws IOException {
    if (in.readInt() != 0x1A45DFA3) {
      return false;
    }
    Length header = Length.of(in);
    in.skipNBytes(header.value());
    if (in.readInt() != WEBM_SEGMENT) {
      return false;
    }
    Length segment = Length.of(in);
    boolean unknown = segment.value() == (1L << 7 * segment.bytes()) - 1;
    long before = 4 + header.bytes() + header.value() + 4 + segment.bytes();
    return !unknown && fileSize < before + segment.value();
  }

  /** A length of EBML: its value, and on how many bytes it is written. */
  private record Length(long value, int bytes) {
    static Length of(DataInputStream in) throws IOException {
      int first = in.readUnsignedByte();
      int bytes = Integer.numberOfLeadingZeros(first) - 24 + 1;
      long value = first & (0xff >> bytes);
      for (int i = 1; i < bytes; i++) {
        value = value << 8 | in.readUnsignedByte();
      }
      return new Length(value, bytes);
    }
  }

  /** Skips {@code behind} bytes and a colour table of the size that the flags state. */
  static void skipPalette(DataInputStream in, int flags, int behind) throws IOException {
    int colours = (flags & 0x80) == 0 ? 0 : 2 << (flags & 7);
    in.skipNBytes(behind + 3L * colours);
  }

  static byte[] head(Path path, int bytes) {
    try (InputStream in = Files.newInputStream(path)) {
      return in.readNBytes(bytes);
    } catch (IOException e) {
      throw new UserError(Fault.NO_ACCESS, "cannot read '" + path + "': " + e.getMessage(), e);
    }
  }

  /** Bytes as the characters of the same numbers. */
  static String ascii(byte[] bytes) {
    return ascii(bytes, 0, bytes.length);
  }

  private static String ascii(byte[] bytes, int from, int to) {
    return new String(bytes, from, to - from, StandardCharsets.ISO_8859_1);
  }
}
