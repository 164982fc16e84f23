package io.zoetrope.spark.batch;

import io.zoetrope.app.cli.words.Wording;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.pipeline.order.Sources;
import io.zoetrope.pipeline.order.VideoOrder;
import io.zoetrope.record.Json;
import io.zoetrope.record.RecordReader;
import io.zoetrope.torch.AtomicFiles;
import io.zoetrope.torch.TextFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * A table of orders as JSON Lines. A row is a whole order, as a finished file remembers it, or a
 * {@link ShortRow}. What is wrong with a row is a row of the manifest, and stops no other.
 *
 * @param clips one for each key, in the order of the lines
 * @param rows how many there were, those that ask for the same thing included
 */
record Table(List<Clip> clips, int rows) {
  Table {
    clips = List.copyOf(clips);
  }

  /**
   * Reads a table.
   *
   * @param settings put over each row, as in {@code wish.steps=50}
   * @throws UserError if there is no such file, or no row in it
   */
  static Table read(Path path, List<String> settings, Sources sources) {
    if (!Files.isRegularFile(path)) {
      throw new UserError(Fault.NOT_FOUND, "--in: there is no file '%s'".formatted(path));
    }
    List<String> lines;
    try {
      lines = TextFiles.read(path).lines().toList();
    } catch (IOException e) {
      throw AtomicFiles.cannot("read", path, e);
    }
    Sources known = new KnownModels(sources);
    Keys keys = new Keys(known);
    Costs costs = new Costs(known);
    Map<String, Clip> clips = new LinkedHashMap<>();
    int rows = 0;
    for (int i = 0; i < lines.size(); i++) {
      if (!lines.get(i).isBlank()) {
        rows++;
        Clip clip = clip(path, i + 1, lines.get(i), settings, keys, costs);
        clips.putIfAbsent(clip.key(), clip);
      }
    }
    if (clips.isEmpty()) {
      throw new UserError("--in: '%s' has no row: write one order a line".formatted(path));
    }
    return new Table(new ArrayList<>(clips.values()), rows);
  }

  private static Clip clip(
      Path path, int line, String text, List<String> settings, Keys keys, Costs costs) {
    String what = "line %s of '%s'".formatted(line, path.getFileName());
    try {
      VideoOrder order = Keys.seeded(order(what, text, settings));
      Costs.Cost cost = costs.of(order);
      return new Clip(
          keys.of(order),
          line,
          order.toJson(),
          order.model().name(),
          cost.shape(),
          cost.work(),
          cost.need(),
          "",
          "");
    } catch (UserError e) {
      String key = Keys.hash(Keys.version() + "\n" + settings + "\n" + text.strip());
      return Clip.wrong(key, line, e.code(), Wording.line(e));
    }
  }

  private static VideoOrder order(String what, String text, List<String> settings) {
    if (whole(text)) {
      return VideoOrder.parse(what, text, settings);
    }
    try {
      VideoOrder order = RecordReader.read(what, text, ShortRow.class).order();
      return settings.isEmpty() ? order : VideoOrder.parse(what, order.toJson(), settings);
    } catch (UserError e) {
      throw e.fault() == Fault.ORDER ? e.at(what) : e;
    }
  }

  private static boolean whole(String text) {
    try {
      JsonNode node = Json.MAPPER.readTree(text);
      return node.has("task");
    } catch (JacksonException e) {
      return false; // the other reader says what is wrong
    }
  }
}
