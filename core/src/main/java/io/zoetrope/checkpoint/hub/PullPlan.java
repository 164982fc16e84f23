package io.zoetrope.checkpoint.hub;

import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;

/**
 * What a pull will do.
 *
 * @param commit that the revision is at
 * @param folder where the model will be found
 * @param files to be there in the end, by name
 * @param leftOut what the hub has besides
 * @param remarks on the choice, each a line
 */
public record PullPlan(
    ModelId id,
    String commit,
    Path folder,
    List<Item> files,
    List<LeftOut> leftOut,
    List<String> remarks) {
  /**
   * A file.
   *
   * @param bytes of it, if the hub says
   * @param there bytes of it that are on this disk already
   */
  public record Item(String path, OptionalLong bytes, long there) {}

  /** A file that is not taken, and in a few words why. */
  public record LeftOut(String path, OptionalLong bytes, String why) {}

  /** Bytes of all files whose size is known. */
  public long bytes() {
    return files.stream().mapToLong(f -> f.bytes().orElse(0)).sum();
  }

  /** Bytes that are on this disk already. */
  public long there() {
    return files.stream().mapToLong(Item::there).sum();
  }
}
