package io.zoetrope.server.page;

import io.zoetrope.server.http.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A file of the page, in memory. */
final class PageFile {
  /** Small letters, digits and hyphens, folders of those, and an ending: never a way up. */
  private static final Pattern NAME =
      Pattern.compile("(?:[a-z0-9-]+/){0,3}[a-z0-9-]+\\.(?:html|js|css|svg)");

  private final String ending;
  private final byte[] bytes;
  private final String tag;

  private PageFile(String path, byte[] bytes) {
    this.ending = path.substring(path.lastIndexOf('.') + 1);
    this.bytes = bytes;
    this.tag = "\"" + hash(bytes) + "\"";
  }

  /** By its path below {@code /page/}; empty if there is none. */
  static Optional<PageFile> find(String path) {
    if (!NAME.matcher(path).matches()) {
      return Optional.empty();
    }
    return (path.startsWith(Library.FOLDER) ? Library.read(path) : read(path))
        .map(bytes -> new PageFile(path, bytes));
  }

  private static Optional<byte[]> read(String path) {
    return read(PageFile.class, path);
  }

  /** The bytes of a resource. */
  static Optional<byte[]> read(Class<?> beside, String name) {
    try (@Nullable InputStream in = beside.getResourceAsStream(name)) {
      return in == null ? Optional.empty() : Optional.of(in.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String hash(byte[] bytes) {
    return Sha256.of(bytes).substring(0, 24);
  }

  /** Of its name, as {@code js}. */
  String ending() {
    return ending;
  }

  @SuppressWarnings("MixedMutabilityReturnType")
  byte[] bytes() {
    return bytes;
  }

  /** Changes with its content. */
  String tag() {
    return tag;
  }
}
