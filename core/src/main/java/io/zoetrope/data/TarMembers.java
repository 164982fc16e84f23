package io.zoetrope.data;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.torch.AtomicFiles;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarFile;

/**
 * An open tar: which files it has, and where they lie in it. Its headers are read, not its data;
 * one that is compressed by gzip is unpacked into a temporary file first, which goes with it.
 */
final class TarMembers implements AutoCloseable {
  private static final int BLOCK = 512;
  private static final List<String> PACKED = List.of(".tar.gz", ".tgz");

  /** A file in a tar. */
  record Member(String name, long offset, long size) {}

  private final Path tar;
  private final Path plain;
  private final FileChannel channel;
  private final List<Member> members;

  private TarMembers(Path tar, Path plain, FileChannel channel, List<Member> members) {
    this.tar = tar;
    this.plain = plain;
    this.channel = channel;
    this.members = List.copyOf(members);
  }

  /** Whether a name is that of a tar. */
  static boolean isTar(String name) {
    String low = name.toLowerCase(Locale.ROOT);
    return !low.startsWith(".")
        && (low.endsWith(".tar") || PACKED.stream().anyMatch(low::endsWith));
  }

  /**
   * Opens a tar.
   *
   * @throws UserError in one line, if it is damaged or cut off, or has links or names that lead out
   *     of a folder
   */
  static TarMembers open(Path tar) {
    Path plain = packed(tar) ? unpacked(tar) : tar;
    try {
      FileChannel channel = FileChannel.open(plain);
      try {
        return new TarMembers(tar, plain, channel, members(tar, plain, channel.size()));
      } catch (RuntimeException | IOException e) {
        channel.close();
        throw e;
      }
    } catch (IOException e) {
      delete(tar, plain);
      throw AtomicFiles.cannot("read", tar, e);
    } catch (UserError e) {
      delete(tar, plain);
      throw e;
    }
  }

  private static boolean packed(Path tar) {
    String low = String.valueOf(tar.getFileName()).toLowerCase(Locale.ROOT);
    return PACKED.stream().anyMatch(low::endsWith);
  }

  private static Path unpacked(Path tar) {
    try {
      Path plain = Files.createTempFile("zoetrope-", ".tar");
      plain.toFile().deleteOnExit();
      try (InputStream in = new GZIPInputStream(Files.newInputStream(tar), 1 << 16)) {
        Files.copy(in, plain, StandardCopyOption.REPLACE_EXISTING);
        return plain;
      } catch (EOFException | ZipException e) {
        Files.deleteIfExists(plain);
        throw new UserError(Fault.DAMAGED, "'%s' is cut off, or not of gzip".formatted(tar), e);
      } catch (IOException e) {
        Files.deleteIfExists(plain);
        throw e;
      }
    } catch (IOException e) {
      throw AtomicFiles.cannot("unpack", tar, e);
    }
  }

  private static List<Member> members(Path tar, Path plain, long size) {
    List<Member> members = new ArrayList<>();
    long last = 0;
    try (TarFile file = new TarFile(plain)) {
      for (TarArchiveEntry entry : file.getEntries()) {
        last = Math.max(last, entry.getDataOffset() + Math.max(0, entry.getSize()));
        if (entry.isDirectory() || entry.isGlobalPaxHeader()) {
          continue;
        }
        String name = entry.getName().replaceFirst("^(\\./)+", "");
        check(tar, entry, name);
        long end = entry.getDataOffset() + entry.getSize();
        if (entry.getSize() < 0 || end > size || end < 0) {
          throw new UserError(
              Fault.DAMAGED,
              "tar '%s' is cut off or damaged: '%s' would end at byte %s of %s"
                  .formatted(tar, shown(name), Long.toUnsignedString(end), size));
        }
        members.add(new Member(name, entry.getDataOffset(), entry.getSize()));
      }
    } catch (IOException | IllegalArgumentException | OutOfMemoryError e) {
      throw new UserError(
          Fault.DAMAGED,
          "tar '%s' is cut off or damaged: %s"
              .formatted(tar, shown(String.valueOf(e.getMessage()))),
          e);
    }
    requireEnd(tar, plain, last, size);
    return members;
  }

  /** A tar ends with blocks of zeros; one that does not may have lost any number of members. */
  private static void requireEnd(Path tar, Path plain, long last, long size) {
    long end = Math.ceilDiv(last, BLOCK) * BLOCK;
    ByteBuffer block = ByteBuffer.allocate(BLOCK);
    try (FileChannel channel = FileChannel.open(plain)) {
      int read = 0;
      while (block.hasRemaining() && read >= 0) {
        read = channel.read(block, end + block.position());
      }
    } catch (IOException e) {
      throw AtomicFiles.cannot("read", tar, e);
    }
    if (block.hasRemaining() || !Arrays.equals(block.array(), new byte[BLOCK])) {
      throw new UserError(
          Fault.DAMAGED,
          "tar '%s' is cut off or damaged: it has no end after byte %s of %s"
              .formatted(tar, end, size));
    }
  }

  private static void check(Path tar, TarArchiveEntry entry, String name) {
    if (!entry.isFile() || entry.isLink() || entry.isSymbolicLink() || entry.isSparse()) {
      throw new UserError(
          Fault.UNSUPPORTED,
          "member '%s' of tar '%s' is no plain file".formatted(shown(name), tar),
          "write it with what links lead to");
    }
    boolean out = name.startsWith("/") || List.of(name.split("[/\\\\]", -1)).contains("..");
    if (out || name.indexOf('\0') >= 0) {
      throw new UserError(
          Fault.INVALID,
          "member '%s' of tar '%s' leads out of its folder".formatted(shown(name), tar));
    }
  }

  /** A name of a stranger's, fit for a line. */
  static String shown(String name) {
    String line = name.replaceAll("\\p{C}", "?");
    return line.length() <= 100 ? line : line.substring(0, 97) + "...";
  }

  Path tar() {
    return tar;
  }

  /** Its files, in order. */
  List<Member> members() {
    return members;
  }

  /** All of a small file. */
  byte[] bytes(Member member) {
    ByteBuffer buffer = ByteBuffer.allocate(Math.toIntExact(member.size()));
    try {
      while (buffer.hasRemaining()) {
        if (channel.read(buffer, member.offset() + buffer.position()) < 0) {
          throw new EOFException("it ends within " + shown(member.name()));
        }
      }
      return buffer.array();
    } catch (IOException e) {
      throw AtomicFiles.cannot("read", tar, e);
    }
  }

  /** Copies a file out of it. */
  void copy(Member member, Path to) {
    try (FileChannel out =
        FileChannel.open(
            to,
            java.nio.file.StandardOpenOption.CREATE,
            java.nio.file.StandardOpenOption.WRITE,
            java.nio.file.StandardOpenOption.TRUNCATE_EXISTING)) {
      for (long at = 0; at < member.size(); ) {
        long copied = channel.transferTo(member.offset() + at, member.size() - at, out);
        if (copied <= 0) {
          throw new EOFException("it ends within " + shown(member.name()));
        }
        at += copied;
      }
    } catch (IOException e) {
      throw AtomicFiles.cannot("copy out of", tar, e);
    }
  }

  private static void delete(Path tar, Path plain) {
    if (!plain.equals(tar)) {
      try {
        Files.deleteIfExists(plain);
      } catch (IOException e) {
        throw AtomicFiles.cannot("delete", plain, e);
      }
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw AtomicFiles.cannot("close", tar, e);
    } finally {
      delete(tar, plain);
    }
  }
}
