package io.zoetrope.pipeline.order;

import io.zoetrope.error.UserError;
import io.zoetrope.pipeline.family.ModelChoice;
import io.zoetrope.pipeline.model.VideoModel;
import io.zoetrope.progress.Progress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Where the things are that an order names: files, and models, which may be shared by orders. */
public interface Sources {
  /** Files and models by their paths, relative to a folder. */
  static Sources in(Path folder) {
    return new Sources() {
      @Override
      public Path model(String name) {
        Path path = file(name);
        if (!Files.exists(path)) {
          throw new UserError("there is no model '%s'".formatted(name));
        }
        return path;
      }

      @Override
      public Path file(String path) {
        return folder.resolve(path);
      }
    };
  }

  /**
   * The folder or file of a model.
   *
   * @throws UserError if there is none of that name
   */
  Path model(String name);

  /** What is worth a line about where a model of this name was found. */
  default Optional<String> remark(String name) {
    return Optional.empty();
  }

  /** Where a file is; it need not exist. */
  Path file(String path);

  /**
   * A loaded model, for one order.
   *
   * @param progress told how far it is loaded; may cancel
   */
  default VideoModel lend(ModelChoice choice, Progress progress) {
    return VideoModel.load(choice, progress);
  }

  /** Takes a model back that was lent. */
  default void giveBack(VideoModel model) {
    model.close();
  }

  /** How a finished file names a place that was found here, so that it is found again. */
  default String place(Path found) {
    return found.toAbsolutePath().normalize().toString();
  }

  /** A name of a model that means the same wherever an order is read again. */
  default String lasting(String name) {
    Path path = file(name);
    return Files.exists(path) ? path.toAbsolutePath().normalize().toString() : name;
  }
}
