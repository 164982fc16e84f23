package io.zoetrope.app.make;

import io.zoetrope.app.cli.ModelFolders;
import io.zoetrope.media.Video;
import io.zoetrope.pipeline.Engine;
import io.zoetrope.pipeline.Guide;
import io.zoetrope.pipeline.family.ModelChoice;
import io.zoetrope.pipeline.model.VideoModel;
import io.zoetrope.pipeline.model.VideoRequest;
import io.zoetrope.progress.Progress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A video that a command line asks for, checked as far as it can be without a model. */
interface Order {
  /** What is made, for the name of the file. */
  String name();

  /** All that is said to the model; at least one, which may be empty. */
  List<String> prompts();

  /**
   * Size, rate and clip length.
   *
   * @param usual what the model does best, with the options of sampling
   * @param model the first one, for what it can make
   */
  VideoRequest request(VideoRequest usual, VideoModel model);

  /**
   * Another model that does the last part of the work; empty if it is the first one, too.
   *
   * @param models where it may lie
   * @param first the model that does the other part
   */
  default Optional<Path> secondModel(ModelFolders models, Path first) {
    return Optional.empty();
  }

  /** Whether a model of single pictures will do. */
  default boolean single() {
    return false;
  }

  /** The first model with what the order puts into it. */
  default ModelChoice choice(ModelChoice usual) {
    return usual;
  }

  /** One more guidance around every clip. */
  default Guide guide() {
    return Guide.NONE;
  }

  /**
   * Reads the sources. What it makes belongs to the scope around.
   *
   * @param said told in a line what was done to each source
   */
  Take read(Models models, VideoRequest request, Said said);

  /** What {@code --json} tells besides what it tells of every video. */
  default Map<String, @Nullable Object> fields() {
    return Map.of();
  }

  /**
   * The models at hand.
   *
   * @param second the same as the first, if no other is asked for
   */
  record Models(Engine first, Engine second) {}

  /** All is read: makes the video. */
  @FunctionalInterface
  interface Take {
    Video make(Engine engine, VideoRequest request, Progress progress);
  }

  /** Takes what was done to sources. */
  @FunctionalInterface
  interface Said {
    void line(String report);
  }
}
