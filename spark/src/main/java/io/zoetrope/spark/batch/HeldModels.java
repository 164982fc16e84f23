package io.zoetrope.spark.batch;

import io.zoetrope.pipeline.family.ModelChoice;
import io.zoetrope.pipeline.model.VideoModel;
import io.zoetrope.pipeline.order.Sources;
import io.zoetrope.progress.Progress;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Sources whose models stay loaded, two at most: before a third is loaded, that which was used
 * longest ago is closed. For one thread.
 */
final class HeldModels implements Sources {
  private static final int MOST = 2;

  private final Sources sources;
  private final Map<ModelChoice, VideoModel> held = new LinkedHashMap<>(16, 0.75f, true);
  private final Set<VideoModel> lent = new HashSet<>();
  private int loads;

  HeldModels(Sources sources) {
    this.sources = sources;
  }

  /** How many were loaded so far. */
  int loads() {
    return loads;
  }

  @Override
  public VideoModel lend(ModelChoice choice, Progress progress) {
    VideoModel model = held.get(choice);
    if (model == null) {
      makeRoom();
      model = sources.lend(choice, progress);
      loads++;
      held.put(choice, model);
    }
    lent.add(model);
    return model;
  }

  private void makeRoom() {
    for (Map.Entry<ModelChoice, VideoModel> each : List.copyOf(held.entrySet())) {
      if (held.size() >= MOST && !lent.contains(each.getValue())) {
        held.remove(each.getKey());
        sources.giveBack(each.getValue());
      }
    }
  }

  @Override
  public void giveBack(VideoModel model) {
    lent.remove(model);
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
}
