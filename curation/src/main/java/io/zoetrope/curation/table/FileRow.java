package io.zoetrope.curation.table;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.torch.FileDigest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;

/**
 * A file that was given.
 *
 * @param video its key in all other tables: of its path and what is in it
 * @param path below the folder, with slashes
 * @param bytes how large it is
 * @param modified when it was written last, milliseconds since 1970: who has not changed is not
 *     read again
 * @param sha256 of what is in it
 * @param caption what it shows by what stands beside it; may be empty
 */
public record FileRow(
    String video, String path, long bytes, long modified, String sha256, String caption) {
  /**
   * Of a file, which is read.
   *
   * @throws UserError if it cannot be
   */
  public static FileRow of(Path root, String path, long bytes, long modified, String caption) {
    String sha256 = FileDigest.of(root.resolve(path));
    MessageDigest digest = FileDigest.sha256();
    digest.update((path + "\0" + sha256).getBytes(StandardCharsets.UTF_8));
    return new FileRow(
        FileDigest.text(digest).substring(0, 16), path, bytes, modified, sha256, caption);
  }

  public FileRow {
    if (video.isEmpty()) {
      throw new UserError(Fault.INVALID, "a file has a key");
    }
  }
}
