package io.zoetrope.server.api;

import io.zoetrope.error.UserError;
import io.zoetrope.jobs.InputRef;
import io.zoetrope.jobs.Jobs;
import io.zoetrope.pipeline.order.Remembered;
import io.zoetrope.pipeline.order.SourceRef;
import io.zoetrope.pipeline.order.VideoOrder;
import io.zoetrope.record.RecordReader;
import io.zoetrope.record.RecordWriter;
import io.zoetrope.record.Records;
import io.zoetrope.server.http.HttpError;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** The settings that a file carries: of ours whole, of other programs as far as they go. */
final class Recall {
  private final Jobs jobs;
  private final Supplier<Stream<String>> models;

  /**
   * A reader.
   *
   * @param models names that an order may have
   */
  Recall(Jobs jobs, Supplier<Stream<String>> models) {
    this.jobs = jobs;
    this.models = models;
  }

  /**
   * Settings.
   *
   * @param texts that a file carries, by key
   * @throws HttpError if there are none that anything can be made of
   */
  Map<String, Object> of(Map<String, String> texts) {
    Map<String, Object> answer = new LinkedHashMap<>();
    Optional<String> own = Optional.ofNullable(texts.get(Remembered.KEY));
    if (own.isPresent()) {
      Remembered remembered = RecordReader.read("the file", own.get(), Remembered.class);
      List<String> missing = new ArrayList<>();
      answer.put("order", RecordWriter.tree(here(remembered.order(), missing)));
      answer.put("version", remembered.version());
      answer.put("from", "zoetrope");
      answer.put("inputs", missing);
      return answer;
    }
    for (ForeignSettings.Program program : ForeignSettings.Program.values()) {
      Optional<VideoOrder> order = read(program, texts);
      if (order.isPresent()) {
        answer.put("order", RecordWriter.tree(order.get()));
        answer.put("from", program.text());
        answer.put("inputs", List.of());
        return answer;
      }
    }
    throw HttpError.badRequest(
        "no_settings", "file", "this file carries no settings: of ours, A1111 or ComfyUI");
  }

  private Optional<VideoOrder> read(ForeignSettings.Program program, Map<String, String> texts) {
    try {
      return program.read(texts, usualModel());
    } catch (UserError e) {
      throw HttpError.badRequest(
          "no_settings",
          "file",
          "its settings of %s cannot be used: %s".formatted(program.text(), e.getMessage()));
    }
  }

  private String usualModel() {
    return models.get().findFirst().orElse("toybox");
  }

  /** Sources that are here by their hash; of others there is a line each. */
  private VideoOrder here(VideoOrder order, List<String> missing) {
    VideoOrder sourced =
        Records.map(
            order,
            SourceRef.class,
            source -> {
              if (InputRef.tryParse(source.path()).isPresent()) {
                return source;
              }
              Optional<String> hash = source.sha256().filter(sha -> jobs.input(sha).isPresent());
              if (hash.isEmpty()) {
                missing.add(name(source.path()));
              }
              return new SourceRef(
                  hash.map(sha -> "input:" + sha).orElseGet(() -> name(source.path())),
                  source.sha256());
            });
    String model = name(order.model().name());
    return sourced.withModel(sourced.model().named(model));
  }

  private static String name(String path) {
    Path last = Path.of(path).getFileName();
    return last == null ? path : last.toString();
  }
}
