package io.zoetrope.curation.measure;

import io.zoetrope.torch.AtomicFiles;
import io.zoetrope.torch.FileDigest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** By what the files of a network are known again. Large ones are read once in a process. */
final class FilePrints {
  private static final Map<Seen, String> SEEN = new ConcurrentHashMap<>();

  private FilePrints() {}

  private record Seen(Path file, long bytes, FileTime modified) {
    static Seen of(Path file) {
      try {
        return new Seen(file.toAbsolutePath(), Files.size(file), Files.getLastModifiedTime(file));
      } catch (IOException e) {
        throw AtomicFiles.cannot("read", file, e);
      }
    }
  }

  /**
   * Eight digits of what is in all of them, wherever they lie.
   *
   * @throws io.zoetrope.error.UserError if one cannot be read
   */
  static String of(List<Path> files) {
    MessageDigest all = FileDigest.sha256();
    for (Path file : files) {
      String one = SEEN.computeIfAbsent(Seen.of(file), seen -> FileDigest.of(seen.file()));
      all.update(one.getBytes(StandardCharsets.US_ASCII));
    }
    return FileDigest.text(all).substring(0, 8);
  }
}
