package io.zoetrope.checkpoint.hub;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * A file as the hub lists it.
 *
 * @param path with {@code /} between folders, as it came: not yet known to be safe
 * @param size bytes, if the list says
 * @param hash of the content, if the list says
 */
record HubFile(String path, OptionalLong size, Optional<ContentHash> hash) {
  /** The folder in front of the name, with its slash; empty at the root. */
  String folder() {
    return path.substring(0, path.lastIndexOf('/') + 1);
  }

  String name() {
    return path.substring(path.lastIndexOf('/') + 1);
  }
}
