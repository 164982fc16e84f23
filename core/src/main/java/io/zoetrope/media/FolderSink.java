package io.zoetrope.media;

import io.zoetrope.progress.Progress;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Frames as {@code 00000.png} or {@code .jpg}, {@code 00001.png}, ...; the first carries what there
 * is to say.
 */
final class FolderSink implements FormatSink {
  private final StagedOutput output;
  private final Path target;
  private final boolean jpeg;
  private final VideoMetadata metadata;
  private int frames;

  FolderSink(StagedOutput output, Path target, OutputFormat format, VideoMetadata metadata) {
    this.output = output;
    this.target = target;
    jpeg = format == OutputFormat.JPEG_FOLDER;
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
    String name = String.format(Locale.ROOT, jpeg ? "%05d.jpg" : "%05d.png", frames);
    Path file = output.path().resolve(name);
    VideoMetadata own = frames == 0 ? metadata : VideoMetadata.NONE;
    byte[] bytes = jpeg ? Jpeg.encode(frame, own) : Png.encode(frame, own);
    if (output.inPlace()) {
      // A reader sees whole pictures only.
      try (StagedOutput whole = StagedOutput.file(file)) {
        whole.fill(bytes);
        whole.publish();
      }
    } else {
      try {
        Files.write(file, bytes);
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
