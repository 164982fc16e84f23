package io.zoetrope.pipeline.family;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.FileSystem;
import java.nio.file.FileSystemAlreadyExistsException;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;

/** Folders of small files that come with this library, in its jar or not. */
final class BundledFolder {
  private BundledFolder() {}

  /** A folder beside this class; it can be read as long as the program runs. */
  static synchronized Path path(String name) {
    // A folder need not be an entry of a jar; a file in it is.
    String index = name + "/model_index.json";
    URL url = Objects.requireNonNull(BundledFolder.class.getResource(index), index);
    try {
      URI uri = url.toURI();
      Path file = uri.getScheme().equals("jar") ? inJar(uri) : Path.of(uri);
      return Objects.requireNonNull(file.getParent());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path inJar(URI uri) throws IOException {
    String text = uri.toString();
    int bang = text.indexOf("!/");
    URI jar = URI.create(text.substring(0, bang));
    FileSystem files;
    try {
      files = FileSystems.newFileSystem(jar, Map.of());
    } catch (FileSystemAlreadyExistsException e) {
      files = FileSystems.getFileSystem(jar);
    }
    return files.getPath(text.substring(bang + 1));
  }
}
