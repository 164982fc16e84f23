package io.zoetrope.app.doctor;

import io.zoetrope.error.UserError;
import io.zoetrope.media.Frame;
import io.zoetrope.media.OutputFormat;
import io.zoetrope.media.Video;
import io.zoetrope.media.VideoReader;
import io.zoetrope.media.VideoWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** Video files: writes a tiny clip in every format, and reads back what can be read. */
final class MediaReport {
  private static final int SIDE = 32;
  private static final int FRAMES = 4;

  private MediaReport() {}

  static List<Finding> examine() {
    List<Finding> findings = new ArrayList<>();
    try {
      Path folder = Files.createTempDirectory("zoetrope-doctor");
      try {
        for (OutputFormat format : OutputFormat.values()) {
          if (!format.folder()) {
            findings.add(tryOut(format, folder));
          }
        }
      } finally {
        delete(folder);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return findings;
  }

  private static Finding tryOut(OutputFormat format, Path folder) throws IOException {
    String name = format.name().toLowerCase(Locale.ROOT);
    Path file = folder.resolve("test" + format.ending());
    try {
      VideoWriter.write(file, clip());
      long bytes = Files.size(file);
      int frames = VideoReader.read(file).frames().size();
      boolean whole = format.picture() || frames == FRAMES;
      String text = "writes and reads (%s bytes, %s frames)".formatted(bytes, frames);
      return whole
          ? Finding.of("video", name, true, text)
          : Finding.broken("video", name, false, "read %s of %s frames".formatted(frames, FRAMES));
    } catch (UserError | IllegalStateException e) {
      return Finding.broken("video", name, false, String.valueOf(e.getMessage()));
    }
  }

  private static Video clip() {
    List<Frame> frames = new ArrayList<>();
    for (int f = 0; f < FRAMES; f++) {
      byte[] rgb = new byte[SIDE * SIDE * 3];
      for (int i = 0; i < rgb.length; i++) {
        rgb[i] = (byte) (i * 3 + f * 40);
      }
      frames.add(new Frame(SIDE, SIDE, rgb));
    }
    return new Video(frames, 8);
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
