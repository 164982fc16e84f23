package io.zoetrope.spark.curate;

import io.zoetrope.curation.Export;
import io.zoetrope.curation.Footage.Found;
import io.zoetrope.curation.Stages;
import io.zoetrope.curation.measure.Measures;
import io.zoetrope.curation.table.ClipRow;
import io.zoetrope.curation.table.FileRow;
import io.zoetrope.curation.table.ProbeRow;
import io.zoetrope.record.Json;
import java.io.Serializable;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * What executors do with their part of a stage's rows, in and out as JSON.
 *
 * @param root the folder of videos, which all executors see by this path
 */
record Tasks(String root, HeldLookers lookers) implements Serializable {
  /** A measure's row. */
  record Scored(String measure, String json) implements Serializable {}

  /** What is to be measured of one video. */
  record OfVideo(ProbeRow probe, List<Stages.Wanted> wanted) {
    OfVideo {
      wanted = List.copyOf(wanted);
    }
  }

  /** A clip that is to be written. */
  record Writing(ClipRow clip, ProbeRow probe, String folder) {}

  /** A clip that was written. */
  record Written(String clip, Export.Outcome outcome) {}

  private static String json(Object value) {
    return Json.MAPPER.writeValueAsString(value);
  }

  /** Found files become rows. */
  Iterator<String> files(Iterator<String> found) {
    List<String> rows = new ArrayList<>();
    found.forEachRemaining(json -> {
      Found f = Json.MAPPER.readValue(json, Found.class);
      rows.add(json(FileRow.of(Path.of(root), f.path(), f.bytes(), f.modified(), f.caption())));
    });
    return rows.iterator();
  }

  /** Files become what they are, and where their cuts are. */
  Iterator<String> scan(Iterator<String> files) {
    return lookers.each(
        files,
        (looker, json) ->
            json(Stages.scan(looker, Path.of(root), Json.MAPPER.readValue(json, FileRow.class))));
  }

  /** Clips of videos become rows of measures. */
  Iterator<List<Scored>> measure(Iterator<String> videos) {
    Measures measures = Measures.of(lookers.models().stream().map(Path::of).toList());
    return lookers.each(
        videos,
        (looker, json) -> {
          OfVideo video = Json.MAPPER.readValue(json, OfVideo.class);
          return Stages.measure(looker, Path.of(root), video.probe(), video.wanted(), measures)
              .stream()
              .map(s -> new Scored(s.measure(), json(s.row())))
              .toList();
        });
  }

  /** Clips become files. */
  Iterator<String> write(Iterator<String> clips) {
    return lookers.each(
        clips,
        (looker, json) -> {
          Writing w = Json.MAPPER.readValue(json, Writing.class);
          return json(
              new Written(
                  w.clip().clip(),
                  Export.one(looker, Path.of(root), Path.of(w.folder()), w.clip(), w.probe())));
        });
  }
}
