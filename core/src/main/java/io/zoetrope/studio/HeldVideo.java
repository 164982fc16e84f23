package io.zoetrope.studio;

import io.zoetrope.media.Frame;
import io.zoetrope.media.OutputFormat;
import io.zoetrope.media.VideoMetadata;
import io.zoetrope.media.VideoWriter;
import io.zoetrope.media.WriteOptions;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Frames as bytes, and what their file remembers. */
record HeldVideo(Summary summary, List<Frame> held, VideoMetadata metadata) implements Video {
  HeldVideo {
    held = List.copyOf(held);
  }

  @Override
  public int width() {
    return summary.width();
  }

  @Override
  public int height() {
    return summary.height();
  }

  @Override
  public double fps() {
    return summary.fps();
  }

  @Override
  public List<BufferedImage> frames() {
    return held.stream().map(Pictures::of).toList();
  }

  @Override
  public BufferedImage frame(int index) {
    return Pictures.of(held.get(index));
  }

  @Override
  public byte[] bytes(Format format) {
    return Scratch.use(folder -> {
      Path file = folder.resolve("video" + format.ending());
      write(file, format.output());
      return Files.readAllBytes(file);
    });
  }

  @Override
  public void write(Path file) {
    write(file, OutputFormat.of(file));
  }

  @Override
  public void write(OutputStream out, Format format) {
    byte[] content = bytes(format);
    try {
      out.write(content);
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException("the stream does not take the video", e);
    }
  }

  private void write(Path file, OutputFormat format) {
    WriteOptions options = WriteOptions.at(fps()).metadata(metadata);
    try (VideoWriter writer = VideoWriter.open(file, format, width(), height(), options)) {
      held.forEach(writer::write);
      writer.commit();
    }
  }
}
