package io.zoetrope.data;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Which files of a folder and of those in it are clips, and what their captions are. Captions stand
 * in a list ({@link CaptionList}), which speaks for all below its folder; without one, in {@code
 * NAME.txt} or {@code NAME.caption} beside {@code NAME.mp4}. Clips in {@code 10_a_dog/} are seen
 * ten times each; those without a caption there show "a dog".
 *
 * @param entries clips in the order of the list, or of their names
 * @param problems what keeps the folder from being used
 * @param others names of files that are neither clip nor the caption of one
 * @param notes what else a person may want to know
 */
record FolderListing(
    List<Entry> entries, List<String> problems, List<String> others, List<String> notes) {

  /**
   * A clip.
   *
   * @param name below the folder, in NFC, with slashes
   * @param repeats how often it is seen, 1 or more
   */
  record Entry(Path path, String name, String caption, int repeats) {}

  FolderListing {
    entries = List.copyOf(entries);
    problems = List.copyOf(problems);
    others = List.copyOf(others);
    notes = List.copyOf(notes);
  }

  static FolderListing of(Path folder) {
    if (Files.exists(folder) && !Files.isDirectory(folder)) {
      throw new UserError(
          Fault.INVALID, "'" + folder + "' is a file", "name a folder of videos or pictures");
    }
    if (!Files.exists(folder)) {
      throw new UserError(Fault.NOT_FOUND, "there is no folder '" + folder + "'");
    }
    FolderListing listing = FolderScan.of(folder);
    if (listing.entries().isEmpty() && listing.problems().isEmpty()) {
      throw new UserError(Fault.NOT_FOUND, "folder '" + folder + "' has no videos or pictures");
    }
    return listing;
  }

  /** All problems in one line: the first three, and how many more there are. */
  static String summary(Path folder, List<String> problems) {
    int shown = Math.min(3, problems.size());
    String more = problems.size() > shown ? "; and " + (problems.size() - shown) + " more" : "";
    return "folder '%s': %s%s"
        .formatted(folder, String.join("; ", problems.subList(0, shown)), more);
  }
}
