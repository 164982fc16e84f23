package io.zoetrope.pipeline.order;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A file that an order is made from: a picture, a video, a folder of pictures, a plan, noise.
 *
 * @param path where {@link Sources#file} finds it
 * @param sha256 what its content must hash to, 64 lower-case digits; empty if any will do. Of a
 *     folder see {@link Fingerprint}
 */
public record SourceRef(String path, Optional<String> sha256) {
  private static final Pattern HASH = Pattern.compile("[0-9a-f]{64}");

  public SourceRef {
    Checks.named("path", path);
    try {
      Path unused = Path.of(path);
    } catch (InvalidPathException e) {
      throw Checks.wrong("path '%s' is no file name: %s".formatted(path, e.getReason()), e);
    }
    sha256.ifPresent(hash -> {
      if (!HASH.matcher(hash).matches()) {
        throw Checks.wrong("sha256 must be 64 digits of 0-9 and a-f, is '%s'".formatted(hash));
      }
    });
  }

  /** A file whatever is in it. */
  public static SourceRef of(Path path) {
    return new SourceRef(path.toString(), Optional.empty());
  }

  /** Its name without folder and ending. */
  public String stem() {
    Path last = Path.of(path).getFileName();
    String name = last == null ? "source" : last.toString();
    int dot = name.lastIndexOf('.');
    return dot > 0 ? name.substring(0, dot) : name;
  }
}
