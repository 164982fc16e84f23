package io.zoetrope.media;

import io.zoetrope.progress.Progress;
import java.util.ArrayList;
import java.util.List;

/** One picture: the frame, or of several frames a contact sheet. */
final class SheetSink implements FormatSink {
  private final StagedOutput output;
  private final OutputFormat format;
  private final VideoMetadata metadata;
  private final List<Frame> frames = new ArrayList<>();

  SheetSink(StagedOutput output, OutputFormat format, VideoMetadata metadata) {
    this.output = output;
    this.format = format;
    this.metadata = metadata;
  }

  @Override
  public void write(Frame frame) {
    frames.add(frame);
  }

  @Override
  public void finish(Progress progress) {
    Frame picture = frames.size() == 1 ? frames.getFirst() : ContactSheet.grid(frames);
    frames.clear();
    output.fill(
        format == OutputFormat.JPEG
            ? Jpeg.encode(picture, metadata)
            : Png.encode(picture, metadata, progress));
  }

  @Override
  public void close() {
    frames.clear();
  }
}
