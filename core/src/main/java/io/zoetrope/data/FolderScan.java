package io.zoetrope.data;

import io.zoetrope.data.FolderListing.Entry;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.media.MediaEndings;
import io.zoetrope.torch.TextFiles;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Looks through a folder and those in it for clips and captions. Names are compared in one normal
 * form (NFC): a letter with its accent may be one or two on disk, and nobody sees which.
 */
final class FolderScan {
  /** A folder whose clips are seen so many times, in the layout of kohya's scripts. */
  private static final Pattern REPEATED = Pattern.compile("([1-9]\\d{0,2})_(.+)");

  /** Endings of captions; of two beside a clip, the first counts. */
  private static final List<String> CAPTIONS = List.of("txt", "caption");

  private final List<Entry> entries = new ArrayList<>();
  private final List<String> problems = new ArrayList<>();
  private final List<String> others = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();
  private final Set<Path> seen = new HashSet<>();

  /**
   * What a folder says of its clips.
   *
   * @param repeats how often each is seen
   * @param caption of those that have none of their own; empty: each needs one
   */
  private record Manner(int repeats, String caption) {
    static Manner of(String folder, Manner around) {
      Matcher kohya = REPEATED.matcher(folder);
      return kohya.matches()
          ? new Manner(Integer.parseInt(kohya.group(1)), kohya.group(2).replace('_', ' ').strip())
          : around;
    }
  }

  static FolderListing of(Path folder) {
    FolderScan scan = new FolderScan();
    scan.folder(folder, "", new Manner(1, ""));
    return new FolderListing(scan.entries, scan.problems, scan.others, scan.notes);
  }

  private void folder(Path folder, String prefix, Manner manner) {
    Map<String, Path> files = new TreeMap<>();
    Map<String, Path> folders = new TreeMap<>();
    each(folder, (name, path) -> (Files.isDirectory(path) ? folders : files).put(name, path));
    List<String> lists = CaptionList.NAMES.stream().filter(files::containsKey).toList();
    if (lists.size() > 1) {
      throw new UserError(
          Fault.INVALID, "folder '" + folder + "' has two lists of captions", "remove one");
    }
    if (lists.isEmpty()) {
      besides(files, prefix, manner);
      folders.forEach((name, path) -> folder(path, prefix + name + "/", Manner.of(name, manner)));
    } else {
      Map<String, Path> tree = new TreeMap<>(files);
      folders.forEach((name, path) -> gather(path, name + "/", tree));
      listed(folder, prefix, tree, lists.getFirst());
    }
  }

  private void gather(Path folder, String prefix, Map<String, Path> tree) {
    each(
        folder,
        (name, path) -> {
          if (Files.isDirectory(path)) {
            gather(path, prefix + name + "/", tree);
          } else {
            tree.put(prefix + name, path);
          }
        });
  }

  /** What lies in a folder, hidden things left out; a folder that leads back to itself is empty. */
  private void each(Path folder, BiConsumer<String, Path> body) {
    try {
      if (!seen.add(folder.toRealPath())) {
        return;
      }
      List<Path> inside;
      try (Stream<Path> all = Files.list(folder)) {
        inside = all.filter(Files::exists).sorted().toList();
      }
      for (Path path : inside) {
        String name = String.valueOf(path.getFileName());
        if (!name.startsWith(".")) {
          body.accept(composed(name), path);
        }
      }
    } catch (IOException e) {
      throw new UserError(
          Fault.NO_ACCESS, "cannot read folder '" + folder + "': " + e.getMessage(), e);
    }
  }

  private void besides(Map<String, Path> files, String prefix, Manner manner) {
    Map<String, String> captions = new TreeMap<>();
    for (String ending : CAPTIONS) {
      files.keySet().stream()
          .filter(name -> MediaEndings.of(name).equals(ending))
          .forEach(name -> captions.putIfAbsent(stem(name), name));
    }
    Map<String, String> owners = new TreeMap<>();
    int named = 0;
    for (Map.Entry<String, Path> file : files.entrySet()) {
      String name = file.getKey();
      if (!MediaEndings.isMedia(Path.of(name))) {
        continue;
      }
      String stem = stem(name);
      String owner = owners.putIfAbsent(stem, name);
      String text = captions.getOrDefault(stem, stem + ".txt");
      if (owner != null) {
        problems.add(prefix + owner + " and " + name + " would share " + text + ": rename one");
      } else if (captions.containsKey(stem)) {
        caption(files.getOrDefault(text, file.getValue()), prefix + text)
            .ifPresent(caption -> add(file.getValue(), prefix + name, caption, manner));
      } else if (manner.caption.isEmpty()) {
        problems.add(prefix + name + " has no caption: write it to " + text);
      } else {
        named++;
        add(file.getValue(), prefix + name, manner.caption, manner);
      }
    }
    files.keySet().stream()
        .filter(name -> !MediaEndings.isMedia(Path.of(name)))
        .filter(name -> !(captions.containsValue(name) && owners.containsKey(stem(name))))
        .forEach(name -> others.add(prefix + name));
    if (manner.repeats > 1 && !owners.isEmpty()) {
      notes.add("clips of %s are seen %s times each".formatted(prefix, manner.repeats));
    }
    if (named > 0) {
      notes.add("%s clips of %s are captioned '%s'".formatted(named, prefix, manner.caption));
    }
  }

  private void add(Path path, String name, String caption, Manner manner) {
    entries.add(new Entry(path, name, caption, manner.repeats));
  }

  private Optional<String> caption(Path file, String name) {
    try {
      String text = oneLine(TextFiles.read(file));
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

  private void listed(Path folder, String prefix, Map<String, Path> tree, String list) {
    Set<String> taken = new HashSet<>();
    Path path = tree.getOrDefault(list, folder.resolve(list));
    for (CaptionList.Line line : CaptionList.read(path, prefix + list, problems::add)) {
      String name = place(folder, line.file());
      String text = oneLine(line.text());
      if (line.file().isEmpty()) {
        problems.add(line.where() + " has no file_name");
      } else if (text.isEmpty()) {
        problems.add(line.where() + " has no text or caption for " + line.file());
      } else if (name.startsWith("..")) {
        problems.add(line.where() + " names a file outside of the folder: " + line.file());
      } else if (!tree.containsKey(name)) {
        problems.add(line.where() + " names " + line.file() + ", which is not there");
      } else if (!taken.add(name)) {
        problems.add(line.where() + " names " + line.file() + " again");
      } else {
        entries.add(new Entry(tree.getOrDefault(name, path), prefix + name, text, 1));
      }
    }
    for (String name : tree.keySet()) {
      if (MediaEndings.isMedia(Path.of(name)) && !taken.contains(name)) {
        problems.add(prefix + name + " is not in " + list + ": add it or move it away");
      } else if (!MediaEndings.isMedia(Path.of(name)) && !name.equals(list)) {
        others.add(prefix + name);
      }
    }
  }

  /** A name of a list as the folder has it: without {@code ./}, with slashes. */
  private static String place(Path folder, String name) {
    try {
      Path root = folder.toAbsolutePath().normalize();
      Path path = root.resolve(name.replace('\\', '/')).normalize();
      return composed(root.relativize(path).toString().replace('\\', '/'));
    } catch (InvalidPathException e) {
      return name;
    }
  }

  private static String oneLine(String text) {
    return composed(text.replace('\ufeff', ' ').strip().replaceAll("\\s+", " "));
  }

  private static String composed(String text) {
    return Normalizer.normalize(text, Normalizer.Form.NFC);
  }

  private static String stem(String name) {
    return name.substring(0, name.lastIndexOf('.'));
  }
}
