package io.zoetrope.media;

import io.zoetrope.progress.Progress;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** Frames as {@code 00000.png}, {@code 00001.png}, ...; the first carries what there is to say. */
final class FolderSink implements FormatSink {
  private final StagedOutput output;
  private final Path target;
  private final VideoMetadata metadata;
  private int frames;

  FolderSink(StagedOutput output, Path target, VideoMetadata metadata) {
    this.output = output;
    this.target = target;
    this.metadata = metadata;
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
    VideoMetadata own = frames == 0 ? metadata : VideoMetadata.NONE;
    if (output.inPlace()) {
      Png.write(file, frame, own);
    } else {
      try {
        Files.write(file, Png.encode(frame, own));
      } catch (IOException e) {
        throw StagedOutput.cannotWrite(target, e);
      }
    }
    frames++;
  }

  @Override
  public void finish(Progress progress) {}

  @Override
  public void close() {}
}
