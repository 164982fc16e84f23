package io.zoetrope.media;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** Frames as {@code 00000.png}, {@code 00001.png}, ... */
final class FolderSink implements FrameSink {
  private final StagedOutput output;
  private final Path target;
  private int frames;

  FolderSink(StagedOutput output, Path target) {
    this.output = output;
    this.target = target;
    if (output.inPlace()) {
      clear();
    }
  }

  /** Takes away the pictures of an older run. */
  private void clear() {
    try (DirectoryStream<Path> old = Files.newDirectoryStream(output.path())) {
      for (Path picture : old) {
        Files.delete(picture);
      }
    } catch (IOException e) {
      throw StagedOutput.cannotWrite(target, e);
    }
  }

  @Override
  public void write(Frame frame) {
    Path file = output.path().resolve(String.format(Locale.ROOT, "%05d.png", frames));
    if (output.inPlace()) {
      Png.write(file, frame);
    } else {
      try {
        Files.write(file, Png.encode(frame));
      } catch (IOException e) {
        throw StagedOutput.cannotWrite(target, e);
      }
    }
    frames++;
  }

  @Override
  public void finish() {}

  @Override
  public void close() {}
}
