package io.zoetrope.app.command;

import io.zoetrope.app.cli.option.Values;
import io.zoetrope.pipeline.model.Size;
import io.zoetrope.pipeline.model.VideoRequest;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Of which video it is said what it takes. */
final class EstimateOptions {
  @Spec(Spec.Target.MIXEE)
  private @Nullable CommandSpec spec;

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

  /** Whether anything was typed: what a person usually wants of videos asks for nothing here. */
  boolean given() {
    return Stream.of("--size", "--frames")
        .anyMatch(Objects.requireNonNull(spec).commandLine().getParseResult()::hasMatchedOption);
  }

  /** What is usual, in what was asked for. */
  VideoRequest of(VideoRequest usual) {
    VideoRequest sized = size == null ? usual : usual.withSize(size.width(), size.height());
    return frames == null ? sized : sized.withFrames(frames);
  }
}
