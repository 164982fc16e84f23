package io.zoetrope.app.command;

import io.zoetrope.media.Video;

/** A video for each of many prompts. */
interface PromptVideos extends AutoCloseable {
  /** The video of a prompt by its number, from 0; cheap if numbers rise one by one. */
  Video video(int number);

  @Override
  void close();
}
