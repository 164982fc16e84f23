package io.zoetrope.data;

import io.zoetrope.record.Json;
import io.zoetrope.torch.Fault;
import io.zoetrope.torch.UserError;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * Which files of a folder are clips, and what their captions are. Captions stand in {@code
 * captions.jsonl} or {@code metadata.jsonl}, one object a line with {@code file_name} and {@code
 * text} or {@code caption}; without such a file, in {@code NAME.txt} beside {@code NAME.mp4}.
 *
 * @param entries clips in the order of the list, or of their names
 * @param problems what keeps the folder from being used
 * @param others names of files that are neither clip nor caption
 */
record FolderListing(List<Entry> entries, List<String> problems, List<String> others) {
  private static final List<String> LISTS = List.of("captions.jsonl", "metadata.jsonl");
  private static final Set<String> MEDIA =
      Set.of(
          "mp4", "m4v", "mov", "mkv", "webm", "avi", "gif", "mpg", "mpeg", "ts", "wmv", "flv",
          "ogv", "png", "jpg", "jpeg", "bmp", "webp", "tif", "tiff", "avif");

  /**
   * A clip.
   *
   * @param name below the folder, in NFC, with slashes
   */
  record Entry(Path path, String name, String caption) {}

  static FolderListing of(Path folder) {
    if (Files.exists(folder) && !Files.isDirectory(folder)) {
      throw new UserError(
          Fault.INVALID, "'" + folder + "' is a file", "name a folder of videos or pictures");
    }
    if (!Files.exists(folder)) {
      throw new UserError(Fault.NOT_FOUND, "there is no folder '" + folder + "'");
    }
    Set<String> names = new TreeSet<>();
    try (Stream<Path> files = Files.list(folder)) {
      files
          .filter(p -> !p.getFileName().toString().startsWith(".") && Files.isRegularFile(p))
          .forEach(p -> names.add(p.getFileName().toString()));
    } catch (IOException e) {
      throw new UserError(
          Fault.NO_ACCESS, "cannot read folder '" + folder + "': " + e.getMessage(), e);
    }
    List<String> lists = LISTS.stream().filter(names::contains).toList();
    if (lists.size() > 1) {
      throw new UserError(
          Fault.INVALID, "folder '" + folder + "' has two lists of captions", "remove one");
    }
    FolderListing listing =
        lists.isEmpty() ? besides(folder, names) : listed(folder, names, lists.getFirst());
    if (listing.entries().isEmpty() && listing.problems().isEmpty()) {
      throw new UserError(Fault.NOT_FOUND, "folder '" + folder + "' has no videos or pictures");
    }
    return listing;
  }

  /** Whether a file's ending says that it is a video or picture; hidden files are not. */
  static boolean isMedia(Path path) {
    String name = path.getFileName().toString();
    return !name.startsWith(".") && MEDIA.contains(ending(name));
  }

  /** All problems in one line: the first three, and how many more there are. */
  static String summary(Path folder, List<String> problems) {
    int shown = Math.min(3, problems.size());
    String more = problems.size() > shown ? "; and " + (problems.size() - shown) + " more" : "";
    return "folder '%s': %s%s"
        .formatted(folder, String.join("; ", problems.subList(0, shown)), more);
  }

  private static FolderListing besides(Path folder, Set<String> names) {
    List<Entry> entries = new ArrayList<>();
    List<String> problems = new ArrayList<>();
    List<String> others = new ArrayList<>();
    Map<String, String> owners = new LinkedHashMap<>();
    for (String name : names) {
      if (!MEDIA.contains(ending(name))) {
        continue;
      }
      String text = stem(name) + ".txt";
      String owner = owners.putIfAbsent(text, name);
      if (owner != null) {
        problems.add(owner + " and " + name + " would share " + text + ": rename one");
      } else if (!names.contains(text)) {
        problems.add(name + " has no caption: write it to " + text);
      } else {
        caption(folder, text, problems)
            .ifPresent(caption -> entries.add(new Entry(folder.resolve(name), name, caption)));
      }
    }
    for (String name : names) {
      if (ending(name).equals("txt") && !owners.containsKey(name)) {
        problems.add(name + " is a caption without a video or picture");
      } else if (!ending(name).equals("txt") && !MEDIA.contains(ending(name))) {
        others.add(name);
      }
    }
    return new FolderListing(entries, problems, others);
  }

  private static Optional<String> caption(Path folder, String name, List<String> problems) {
    try {
      String text = oneLine(Files.readString(folder.resolve(name)));
      if (!text.isEmpty()) {
        return Optional.of(text);
      }
      problems.add(name + " is empty: write what is to be seen");
    } catch (CharacterCodingException e) {
      problems.add(name + " is not UTF-8 text");
    } catch (IOException e) {
      problems.add("cannot read " + name + ": " + e.getMessage());
    }
    return Optional.empty();
  }

  private static FolderListing listed(Path folder, Set<String> names, String list) {
    List<Entry> entries = new ArrayList<>();
    List<String> problems = new ArrayList<>();
    Set<String> seen = new LinkedHashSet<>();
    List<String> lines;
    try {
      lines = Files.readAllLines(folder.resolve(list));
    } catch (CharacterCodingException e) {
      throw new UserError(Fault.DAMAGED, "'" + folder.resolve(list) + "' is not UTF-8 text", e);
    } catch (IOException e) {
      throw new UserError(
          Fault.NO_ACCESS, "cannot read '" + folder.resolve(list) + "': " + e.getMessage(), e);
    }
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).isBlank()) {
        continue;
      }
      String where = list + " line " + (i + 1);
      try {
        JsonNode node = Json.MAPPER.readTree(lines.get(i));
        String name = node.path("file_name").asString("");
        String text = oneLine(node.path(node.has("text") ? "text" : "caption").asString(""));
        Path path = folder.resolve(name).normalize();
        if (name.isEmpty()) {
          problems.add(where + " has no file_name");
        } else if (text.isEmpty()) {
          problems.add(where + " has no text or caption for " + name);
        } else if (!path.startsWith(folder.normalize())) {
          problems.add(where + " names a file outside of the folder: " + name);
        } else if (!Files.exists(path)) {
          problems.add(where + " names " + name + ", which is not there");
        } else if (!seen.add(name)) {
          problems.add(where + " names " + name + " again");
        } else {
          entries.add(new Entry(path, name, text));
        }
      } catch (JacksonException e) {
        problems.add(where + " is not a JSON object");
      }
    }
    List<String> others = new ArrayList<>();
    for (String name : names) {
      if (MEDIA.contains(ending(name)) && !seen.contains(name)) {
        problems.add(name + " is not in " + list + ": add it or move it away");
      } else if (!MEDIA.contains(ending(name)) && !name.equals(list)) {
        others.add(name);
      }
    }
    return new FolderListing(entries, problems, others);
  }

  private static String oneLine(String text) {
    return text.replace('\ufeff', ' ').strip().replaceAll("\\s+", " ");
  }

  private static String ending(String name) {
    return name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
  }

  private static String stem(String name) {
    return name.substring(0, name.lastIndexOf('.'));
  }
}
