package io.zoetrope.curation;

import io.zoetrope.curation.table.FileRow;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.media.MediaEndings;
import io.zoetrope.record.Json;
import io.zoetrope.torch.AtomicFiles;
import io.zoetrope.torch.TextFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * The videos of a folder and those in it, with their captions: {@code captions.jsonl} or {@code
 * metadata.jsonl} at the top, else {@code NAME.txt} beside {@code NAME.mp4}.
 */
public final class Footage {
  private static final List<String> LISTS = List.of("captions.jsonl", "metadata.jsonl");

  private Footage() {}

  /**
   * A file, not yet read.
   *
   * @param path below the folder, with slashes
   */
  public record Found(String path, long bytes, long modified, String caption) {
    /** Whether a row is of this file as it is. */
    public boolean is(FileRow row) {
      return row.bytes() == bytes && row.modified() == modified && row.caption().equals(caption);
    }
  }

  /**
   * All of them, by name.
   *
   * @param but a folder within it that is left out, as results are not sources
   * @throws UserError if there is no such folder, or no video in it
   */
  public static List<Found> in(Path root, Path but) {
    if (!Files.isDirectory(root)) {
      throw new UserError(Fault.NOT_FOUND, "there is no folder '%s'".formatted(root));
    }
    Map<String, String> captions = captions(root);
    List<Found> found = new ArrayList<>();
    try (Stream<Path> all = Files.walk(root)) {
      for (Path path :
          all.filter(p -> !p.startsWith(but) && MediaEndings.isMedia(p) && Files.isRegularFile(p))
              .sorted()
              .toList()) {
        String name = root.relativize(path).toString().replace('\\', '/');
        String caption =
            Optional.ofNullable(captions.get(name)).orElseGet(() -> beside(path)).strip();
        found.add(
            new Found(name, Files.size(path), Files.getLastModifiedTime(path).toMillis(), caption));
      }
    } catch (IOException e) {
      throw AtomicFiles.cannot("look into", root, e);
    }
    if (found.isEmpty()) {
      throw new UserError(
          Fault.NOT_FOUND, "there are no videos or pictures in '%s'".formatted(root));
    }
    return found;
  }

  private static Map<String, String> captions(Path root) {
    Map<String, String> captions = new HashMap<>();
    for (String name : LISTS) {
      Path list = root.resolve(name);
      if (Files.isRegularFile(list)) {
        try {
          TextFiles.read(list)
              .lines()
              .filter(line -> !line.isBlank())
              .forEach(line -> {
                JsonNode node = Json.MAPPER.readTree(line);
                String text = node.path("text").asString(node.path("caption").asString(""));
                captions.putIfAbsent(node.path("file_name").asString(""), text);
              });
        } catch (IOException e) {
          throw AtomicFiles.cannot("read", list, e);
        } catch (JacksonException e) {
          throw new UserError(
              Fault.DAMAGED, "'%s' has a line that is no JSON object".formatted(list), e);
        }
      }
    }
    return captions;
  }

  private static String beside(Path path) {
    String name = String.valueOf(path.getFileName());
    Path text = path.resolveSibling(name.substring(0, name.lastIndexOf('.')) + ".txt");
    try {
      return Files.isRegularFile(text) ? TextFiles.lenient(text) : "";
    } catch (IOException e) {
      throw AtomicFiles.cannot("read", text, e);
    }
  }
}
