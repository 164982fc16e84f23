package io.zoetrope.jobs.worker;

import io.zoetrope.pipeline.family.ModelChoice;
import io.zoetrope.pipeline.model.VideoModel;
import io.zoetrope.progress.Progress;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Models that stay loaded from one order to the next, until another is to be loaded: then those
 * that nobody has on loan are closed first, so that memory holds no more than one order needs. For
 * one thread.
 */
final class ModelCache implements AutoCloseable {
  private final Map<ModelChoice, VideoModel> loaded = new LinkedHashMap<>();
  private final Set<VideoModel> lent = new LinkedHashSet<>();

  VideoModel lend(ModelChoice choice, Progress progress) {
    VideoModel model = loaded.get(choice);
    if (model == null) {
      closeIdle();
      model = VideoModel.load(choice, progress);
      loaded.put(choice, model);
    }
    lent.add(model);
    return model;
  }

  void giveBack(VideoModel model) {
    lent.remove(model);
  }

  private void closeIdle() {
    for (ModelChoice choice : List.copyOf(loaded.keySet())) {
      VideoModel model = loaded.get(choice);
      if (model != null && !lent.contains(model)) {
        loaded.remove(choice);
        model.close();
      }
    }
  }

  @Override
  public void close() {
    lent.clear();
    closeIdle();
  }
}
