package io.zoetrope.spark.batch;

import io.zoetrope.pipeline.order.Sources;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** Sources that look for a model once: a table names the same few in each row. */
final class KnownModels implements Sources {
  private final Sources sources;
  private final Map<String, Path> models = new HashMap<>();

  KnownModels(Sources sources) {
    this.sources = sources;
  }

  @Override
  public Path model(String name) {
    return models.computeIfAbsent(name, sources::model);
  }

  @Override
  public Path file(String path) {
    return sources.file(path);
  }
}
