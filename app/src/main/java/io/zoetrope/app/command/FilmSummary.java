package io.zoetrope.app.command;

import io.zoetrope.app.cli.Result;
import io.zoetrope.app.cli.option.ModelFolders;
import io.zoetrope.app.cli.option.SourceFile;
import io.zoetrope.media.VideoMetadata;
import io.zoetrope.pipeline.order.Remembered;
import io.zoetrope.record.RecordWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a video or picture says of itself: the order it was made from, and other texts. */
record FilmSummary(Path file, Optional<Remembered> remembered, VideoMetadata texts) {
  /** Of a video, a picture, or a folder of pictures; empty if it is something else. */
  static Optional<FilmSummary> of(Path path) {
    boolean film =
        Files.isDirectory(path)
            ? !ModelFolders.isModel(path) && Files.exists(path.resolve("00000.png"))
            : Files.isRegularFile(path) && SourceFile.named(path);
    return film
        ? Optional.of(new FilmSummary(path, Remembered.read(path), VideoMetadata.read(path)))
        : Optional.empty();
  }

  Result result() {
    List<String> lines = new ArrayList<>();
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    fields.put("path", file.toString());
    lines.add(file.toString());
    Map<String, Object> others = new LinkedHashMap<>(texts.entries());
    others.remove(Remembered.KEY);
    others.forEach((key, text) -> lines.add("  %s: %s".formatted(key, text)));
    fields.put("metadata", others);
    remembered.ifPresentOrElse(
        memory -> {
          lines.add("  made by version %s, from the order".formatted(memory.version()));
          lines.add(RecordWriter.pretty(memory.order()).indent(2).stripTrailing());
          memory
              .models()
              .forEach(
                  print -> lines.add("  model %s  %s".formatted(print.sha256(), print.path())));
          memory.changes().forEach(line -> lines.add("  now " + line));
          fields.put("remembered", RecordWriter.tree(memory));
        },
        () -> lines.add("  does not say from which order it was made"));
    return Result.of(String.join("\n", lines), fields);
  }
}
