package io.zoetrope.pipeline.order;

import io.zoetrope.pipeline.family.ModelChoice;
import io.zoetrope.pipeline.model.VideoModel;
import io.zoetrope.progress.Progress;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Sources whose models stay loaded from one order to the next: for several videos one after
 * another. Closing it closes them. Not for use by two threads at once.
 */
public final class KeptModels implements Sources, AutoCloseable {
  private final Sources sources;
  private final Map<ModelChoice, VideoModel> loaded = new LinkedHashMap<>();

  private KeptModels(Sources sources) {
    this.sources = sources;
  }

  /** Those of others. */
  public static KeptModels of(Sources sources) {
    return new KeptModels(sources);
  }

  @Override
  public Path model(String name) {
    return sources.model(name);
  }

  @Override
  public Optional<String> remark(String name) {
    return sources.remark(name);
  }

  @Override
  public Path file(String path) {
    return sources.file(path);
  }

  @Override
  public String place(Path found) {
    return sources.place(found);
  }

  @Override
  public String lasting(String name) {
    return sources.lasting(name);
  }

  @Override
  public VideoModel lend(ModelChoice choice, Progress progress) {
    VideoModel there = loaded.get(choice);
    if (there == null) {
      there = sources.lend(choice, progress);
      loaded.put(choice, there);
    }
    return there;
  }

  /** It stays until all are closed. */
  @Override
  public void giveBack(VideoModel model) {}

  @Override
  public void close() {
    loaded.values().forEach(sources::giveBack);
    loaded.clear();
  }
}
