package io.zoetrope.media;

import java.util.ArrayList;
import java.util.List;

/** One picture: the frame, or of several frames a contact sheet. */
final class SheetSink implements FrameSink {
  private final StagedOutput output;
  private final List<Frame> frames = new ArrayList<>();

  SheetSink(StagedOutput output) {
    this.output = output;
  }

  @Override
  public void write(Frame frame) {
    frames.add(frame);
  }

  @Override
  public void finish() {
    Frame picture = frames.size() == 1 ? frames.getFirst() : ContactSheet.grid(frames);
    output.fill(Png.encode(picture));
  }

  @Override
  public void close() {
    frames.clear();
  }
}
