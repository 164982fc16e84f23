package io.zoetrope.data;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.media.MediaEndings;
import io.zoetrope.media.NaturalOrder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The videos and pictures of a folder in the order of the numbers in their names, with their
 * captions where there are any ({@code captions.jsonl}, {@code metadata.jsonl} or {@code
 * NAME.txt}). For those who look at videos; who learns from them needs every caption, and {@link
 * FolderDataset}.
 */
public final class MediaFolder {
  /** A file, and what it shows if somebody says so. */
  public record Item(Path path, Optional<String> caption) {
    /** The file's name without its ending. */
    public String stem() {
      String name = String.valueOf(path.getFileName());
      return name.substring(0, name.lastIndexOf('.'));
    }
  }

  private MediaFolder() {}

  /**
   * Lists a folder.
   *
   * @throws UserError if there is no such folder, or nothing to see in it
   */
  public static List<Item> list(Path folder) {
    Map<Path, String> captions = new HashMap<>();
    FolderListing.of(folder).entries().forEach(e -> captions.put(e.path(), e.caption()));
    List<Item> items = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder)) {
      files
          .filter(Files::isRegularFile)
          .filter(MediaEndings::isMedia)
          .sorted(NaturalOrder.FILES)
          .forEach(p -> items.add(new Item(p, Optional.ofNullable(captions.get(p.normalize())))));
    } catch (IOException e) {
      throw new UserError(
          Fault.NO_ACCESS, "cannot read folder '" + folder + "': " + e.getMessage(), e);
    }
    return items;
  }
}
