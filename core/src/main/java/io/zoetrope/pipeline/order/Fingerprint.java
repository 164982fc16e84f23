package io.zoetrope.pipeline.order;

import io.zoetrope.torch.AtomicFiles;
import io.zoetrope.torch.FileDigest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.List;
import java.util.stream.Stream;

/**
 * What files hash to, so that it is seen whether they are still the same. All are SHA-256 in 64
 * lower-case digits.
 */
public final class Fingerprint {
  /** Files of models with more bytes than this are not read whole. */
  private static final long SMALL = 1 << 16;

  /** Many short ones find a change in one layer sooner than few long ones. */
  private static final int SAMPLES = 512;

  private static final int SAMPLE = 128;

  private Fingerprint() {}

  /** Of a file its content; of a folder the names and contents of the files in it, by name. */
  public static String of(Path path) {
    MessageDigest digest = FileDigest.sha256();
    try {
      if (Files.isDirectory(path)) {
        for (Path file : files(path, 1)) {
          name(digest, path, file);
          FileDigest.add(digest, file);
        }
      } else {
        FileDigest.add(digest, path);
      }
    } catch (IOException e) {
      throw AtomicFiles.cannot("read", path, e);
    }
    return FileDigest.text(digest);
  }

  /**
   * Of a model's folder or file: names and sizes of all files, the contents of small ones and 64
   * KiB of each large one, in 512 places spread over it. It takes some milliseconds whatever the
   * model's size; weights that were trained on, converted or merged have another one.
   */
  public static String ofModel(Path model) {
    MessageDigest digest = FileDigest.sha256();
    try {
      List<Path> files = Files.isDirectory(model) ? files(model, 3) : List.of(model);
      for (Path file : files) {
        name(digest, model, file);
        long size = Files.size(file);
        digest.update(ByteBuffer.allocate(Long.BYTES).putLong(size).flip());
        if (size <= SMALL) {
          FileDigest.add(digest, file);
        } else {
          samples(digest, file, size);
        }
      }
    } catch (IOException e) {
      throw AtomicFiles.cannot("read", model, e);
    }
    return FileDigest.text(digest);
  }

  private static List<Path> files(Path folder, int depth) throws IOException {
    try (Stream<Path> all = Files.walk(folder, depth)) {
      return all.filter(Files::isRegularFile).sorted().toList();
    }
  }

  private static void name(MessageDigest digest, Path folder, Path file) {
    String name = folder.equals(file) ? "" : folder.relativize(file).toString().replace('\\', '/');
    digest.update(name.getBytes(StandardCharsets.UTF_8));
    digest.update((byte) 0);
  }

  private static void samples(MessageDigest digest, Path file, long size) throws IOException {
    try (FileChannel in = FileChannel.open(file, StandardOpenOption.READ)) {
      ByteBuffer buffer = ByteBuffer.allocate(SAMPLE);
      for (int i = 0; i < SAMPLES; i++) {
        long at = Math.round((size - SAMPLE) * (i / (SAMPLES - 1.0)));
        buffer.clear();
        while (buffer.hasRemaining() && in.read(buffer, at + buffer.position()) >= 0) {}
        digest.update(buffer.flip());
      }
    }
  }
}
