package io.zoetrope.app.command;

import io.zoetrope.data.Clip;
import io.zoetrope.error.UserError;
import io.zoetrope.media.VideoWriter;
import io.zoetrope.record.Json;
import io.zoetrope.torch.AtomicFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A folder of clips with {@code captions.jsonl}, a line for each: {@code {"file_name": ...,
 * "caption": ...}}. A data set for the trainer; appears whole or not at all.
 */
final class CaptionedFolder {
  private final Path folder;
  private final StringBuilder captions = new StringBuilder();

  private CaptionedFolder(Path folder) {
    this.folder = folder;
  }

  /** Puts clips into a folder. */
  @FunctionalInterface
  interface Filler {
    void fill(CaptionedFolder folder);
  }

  /**
   * Makes a folder, which must be new or empty.
   *
   * @throws UserError if it is neither, or cannot be written
   */
  static void write(Path folder, Filler filler) {
    requireEmpty(folder);
    AtomicFiles.folder(
        folder,
        temporary -> {
          CaptionedFolder clips = new CaptionedFolder(temporary);
          filler.fill(clips);
          Files.writeString(temporary.resolve("captions.jsonl"), clips.captions);
        });
  }

  private static void requireEmpty(Path folder) {
    if (!Files.exists(folder)) {
      return;
    }
    if (!Files.isDirectory(folder)) {
      throw new UserError("'" + folder + "' is a file: name a new or empty folder");
    }
    try (var entries = Files.list(folder)) {
      if (entries.findAny().isPresent()) {
        throw new UserError("'" + folder + "' is not empty: name a new or empty folder");
      }
    } catch (IOException e) {
      throw AtomicFiles.cannot("read", folder, e);
    }
  }

  /** Writes a clip and returns its file name. */
  String add(String name, Clip clip) {
    VideoWriter.write(folder.resolve(name), clip.video());
    Map<String, String> line = new LinkedHashMap<>();
    line.put("file_name", name);
    line.put("caption", clip.caption());
    captions.append(Json.MAPPER.writeValueAsString(line)).append('\n');
    return name;
  }
}
