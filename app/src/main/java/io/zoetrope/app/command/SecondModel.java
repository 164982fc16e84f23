package io.zoetrope.app.command;

import io.zoetrope.pipeline.family.ModelChoice;
import io.zoetrope.pipeline.model.VideoModel;
import io.zoetrope.progress.Progress;
import java.util.Optional;

/** A second model beside the one that a command names, if there is one. */
record SecondModel(Optional<VideoModel> model) implements AutoCloseable {
  static SecondModel load(Optional<ModelChoice> choice, Progress progress) {
    return new SecondModel(choice.map(c -> VideoModel.load(c, progress)));
  }

  @Override
  public void close() {
    model.ifPresent(VideoModel::close);
  }
}
