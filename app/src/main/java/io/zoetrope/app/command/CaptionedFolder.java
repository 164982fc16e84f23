package io.zoetrope.app.command;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.zoetrope.data.Clip;
import io.zoetrope.media.VideoWriter;
import io.zoetrope.torch.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A folder of clips with {@code captions.jsonl}: a line for each, {@code {"file":...,
 * "caption":...}}.
 */
final class CaptionedFolder implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path folder;
  private final StringBuilder captions = new StringBuilder();

  private CaptionedFolder(Path folder) {
    this.folder = folder;
  }

  /** A new folder, or an empty one. */
  static CaptionedFolder open(Path folder) {
    try {
      Files.createDirectories(folder);
      try (var entries = Files.list(folder)) {
        if (entries.findAny().isPresent()) {
          throw new UserError("'" + folder + "' is not empty: name a new or empty folder");
        }
      }
      return new CaptionedFolder(folder);
    } catch (IOException e) {
      throw new UserError("cannot make the folder '%s': %s".formatted(folder, e.getMessage()), e);
    }
  }

  /** Writes a clip and returns its file name. */
  String add(String name, Clip clip) {
    VideoWriter.write(folder.resolve(name), clip.video());
    Map<String, String> line = new LinkedHashMap<>();
    line.put("file", name);
    line.put("caption", clip.caption());
    try {
      captions.append(JSON.writeValueAsString(line)).append('\n');
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
    return name;
  }

  /** Writes the captions; only then is the folder a data set. */
  void commit() {
    Path file = folder.resolve("captions.jsonl");
    Path part = folder.resolve(".captions.jsonl.part");
    try {
      Files.writeString(part, captions);
      Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UserError("cannot write '%s': %s".formatted(file, e.getMessage()), e);
    }
  }

  @Override
  public void close() {}
}
