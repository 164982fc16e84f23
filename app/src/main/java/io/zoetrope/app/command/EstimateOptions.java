package io.zoetrope.app.command;

import io.zoetrope.app.cli.option.Values;
import io.zoetrope.pipeline.model.Size;
import io.zoetrope.pipeline.model.VideoRequest;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Of which video it is said what it takes. */
final class EstimateOptions {
  @Option(
      names = "--size",
      paramLabel = "WxH",
      converter = Values.Shape.class,
      description = "Width and height in pixels, both even (default: the model's).")
  private @Nullable Size size;

  @Option(
      names = "--frames",
      paramLabel = "N",
      converter = Values.Frames.class,
      description = "Number of frames (default: the model's).")
  private @Nullable Integer frames;

  /** Whether anything was asked for. */
  boolean given() {
    return size != null || frames != null;
  }

  /** What is usual, in what was asked for. */
  VideoRequest of(VideoRequest usual) {
    VideoRequest sized = size == null ? usual : usual.withSize(size.width(), size.height());
    return frames == null ? sized : sized.withFrames(frames);
  }
}
