package io.zoetrope.app.command;

import io.zoetrope.media.Video;
import io.zoetrope.pipeline.model.Size;
import java.util.Optional;

/** A video for each of many prompts. */
interface PromptVideos extends AutoCloseable {
  /** Size and length that were asked for; what is empty is up to the model. */
  record Extent(Optional<Size> size, Optional<Integer> frames) {}

  /** The video of a prompt by its number, from 0; cheap if numbers rise one by one. */
  Video video(int number);

  @Override
  void close();
}
