package io.zoetrope.media;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Stream;

/** The pictures of a folder, in the order of the numbers in their names, as a video. */
final class PictureFolder implements FrameSource {
  private final List<Path> pictures;
  private final VideoInfo info;
  private final ReadOptions.Plane plane;
  private int next;
  private final Set<String> found = new LinkedHashSet<>();

  private final class Picture implements Shown {
    private final int number;

    Picture(int number) {
      this.number = number;
    }

    @Override
    public double time() {
      return number / info.fps();
    }

    @Override
    public double end() {
      return (number + 1) / info.fps();
    }

    @Override
    public Frame frame() {
      return read(pictures.get(number));
    }
  }

  private Frame read(Path path) {
    try (VideoReader reader = VideoReader.open(path, ReadOptions.ALL.plane(plane))) {
      Frame frame = reader.next().orElseThrow();
      found.addAll(reader.found());
      if (frame.width() != info.width() || frame.height() != info.height()) {
        throw new UserError(
            Fault.MISMATCH,
            "'%s' has %sx%s pixels, the pictures before it %sx%s"
                .formatted(path, frame.width(), frame.height(), info.width(), info.height()),
            "give them one size");
      }
      return frame;
    }
  }

  private PictureFolder(List<Path> pictures, VideoInfo info, ReadOptions.Plane plane) {
    this.pictures = pictures;
    this.info = info;
    this.plane = plane;
  }

  /** The pictures of a folder, at least one. */
  static List<Path> pictures(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      List<Path> pictures =
          files.filter(PictureFolder::isPicture).sorted(NaturalOrder.FILES).toList();
      if (pictures.isEmpty()) {
        throw new UserError(
            Fault.NOT_FOUND, "folder '" + folder + "' has no pictures (.png, .jpg, .bmp, .webp)");
      }
      return pictures;
    } catch (IOException e) {
      throw new UserError(
          Fault.NO_ACCESS, "cannot read folder '" + folder + "': " + e.getMessage(), e);
    }
  }

  static PictureFolder open(Path folder, double fps, ReadOptions.Plane plane) {
    List<Path> pictures = pictures(folder);
    VideoInfo first = VideoReader.probe(pictures.getFirst());
    int n = pictures.size();
    return new PictureFolder(
        pictures,
        new VideoInfo(
            first.width(),
            first.height(),
            fps,
            OptionalDouble.of(n / fps),
            OptionalLong.of(n),
            false,
            first.codec(),
            first.quirks()),
        plane);
  }

  /** Whether a file is a still picture, going by its name; hidden files are not. */
  static boolean isPicture(Path path) {
    String name = path.getFileName().toString();
    return !name.startsWith(".") && MediaEndings.isPicture(name);
  }

  @Override
  public VideoInfo info() {
    return info;
  }

  @Override
  public Set<String> found() {
    return found;
  }

  @Override
  public void seek(double seconds) {
    next = (int) Math.min(Math.floor(seconds * info.fps() + 1e-6), pictures.size());
  }

  @Override
  public Optional<Shown> next() {
    if (next >= pictures.size()) {
      return Optional.empty();
    }
    return Optional.of(new Picture(next++));
  }

  @Override
  public void close() {}
}
