package io.zoetrope.studio;

import io.zoetrope.models.InstalledModels;
import io.zoetrope.pipeline.family.ModelChoice;
import io.zoetrope.pipeline.model.VideoModel;
import io.zoetrope.pipeline.order.Sources;
import io.zoetrope.progress.Progress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The loaded models of one {@link Zoetrope}: the one that was opened stays until the end, and of
 * what other orders need (LoRAs, a refiner) the last one. {@link io.zoetrope.pipeline.order.Studio}
 * asks one order at a time.
 */
final class Shelf {
  private final String name;
  private final Path folder;
  private final InstalledModels installed;
  private final Map<ModelChoice, VideoModel> loaded = new LinkedHashMap<>();
  private final Set<VideoModel> lent = new HashSet<>();

  Shelf(String name, Path folder, InstalledModels installed) {
    this.name = name;
    this.folder = folder;
    this.installed = installed;
  }

  Path folder() {
    return folder;
  }

  /** Loads the model that stays. */
  synchronized void open(ModelChoice choice, Progress progress) {
    loaded.put(choice, VideoModel.load(choice, progress));
  }

  private synchronized VideoModel lend(ModelChoice choice, Progress progress) {
    Optional<VideoModel> there = Optional.ofNullable(loaded.get(choice));
    if (there.isEmpty()) {
      makeRoom();
    }
    VideoModel model = there.orElseGet(() -> VideoModel.load(choice, progress));
    loaded.put(choice, model);
    lent.add(model);
    return model;
  }

  /** Before another is loaded: all that nobody uses goes, but for the first. */
  private void makeRoom() {
    List<ModelChoice> others = new ArrayList<>(loaded.keySet());
    for (ModelChoice other : others.subList(1, others.size())) {
      Optional.ofNullable(loaded.get(other))
          .filter(model -> !lent.contains(model))
          .ifPresent(model -> {
            loaded.remove(other);
            model.close();
          });
    }
  }

  private synchronized void giveBack(VideoModel model) {
    lent.remove(model);
  }

  synchronized void close() {
    loaded.values().forEach(VideoModel::close);
    loaded.clear();
  }

  /**
   * For one order.
   *
   * @param given where the order's sources are that have no file of their own
   */
  Sources sources(Map<String, Path> given) {
    return new Sources() {
      @Override
      public Path model(String other) {
        return other.equals(name) ? folder : installed.require(other);
      }

      @Override
      public Optional<String> remark(String other) {
        return installed.remark(other);
      }

      @Override
      public Path file(String path) {
        return given.getOrDefault(path, Path.of(path));
      }

      @Override
      public VideoModel lend(ModelChoice choice, Progress progress) {
        return Shelf.this.lend(choice, progress);
      }

      @Override
      public void giveBack(VideoModel model) {
        Shelf.this.giveBack(model);
      }

      @Override
      public String lasting(String other) {
        return other.equals(name) ? folder.toAbsolutePath().normalize().toString() : other;
      }
    };
  }
}
