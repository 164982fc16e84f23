package io.zoetrope.data;

import io.zoetrope.data.FolderDataset.Crop;
import io.zoetrope.data.FolderDataset.Options;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.media.MediaEndings;
import io.zoetrope.media.ReadOptions;
import io.zoetrope.media.Resize;
import io.zoetrope.media.Video;
import io.zoetrope.media.VideoInfo;
import io.zoetrope.media.VideoReader;
import io.zoetrope.torch.AtomicFiles;
import io.zoetrope.torch.FileDigest;
import io.zoetrope.torch.RandomStreams;
import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A video or picture with what its header says, and the clips that are taken of it.
 *
 * @param file where it lies
 * @param name below the folder, or in the tar
 * @param width of its frames
 * @param height of its frames
 * @param length frames at the wanted rate; 1 for a picture
 * @param first index of its first clip
 * @param clips how many it gives
 */
record ClipFile(
    String file,
    String name,
    String caption,
    boolean still,
    int width,
    int height,
    long length,
    long first,
    int clips)
    implements Serializable {
  /**
   * Looks at a file.
   *
   * @throws UserError if it cannot be read
   */
  static ClipFile of(FolderListing.Entry entry, long first, Options options) {
    VideoInfo info = VideoReader.probe(entry.path());
    return new ClipFile(
        entry.path().toString(),
        entry.name(),
        entry.caption(),
        info.still(),
        info.width(),
        info.height(),
        info.still() ? 1 : length(entry.path(), info, options.fps()),
        first,
        entry.repeats() * (info.still() ? 1 : options.windows()));
  }

  /** Frames that a video gives at the wanted rate; decodes it where the file does not say. */
  static long length(Path path, VideoInfo info, double fps) {
    if (info.seconds().isPresent()) {
      double slack = 0.499 / Math.max(fps, info.fps());
      return (long) Math.ceil((info.seconds().getAsDouble() - slack) * fps);
    }
    try (VideoReader reader = VideoReader.open(path, ReadOptions.ALL.fps(fps))) {
      long count = 0;
      while (reader.next().isPresent()) {
        count++;
      }
      return count;
    }
  }

  Path path() {
    return Path.of(file);
  }

  boolean tooShort(Options options) {
    return !still && length < options.frames();
  }

  String shortness(Options options) {
    return "%s has %s frames at %s per second, %s are needed"
        .formatted(name, length, options.fps(), options.frames());
  }

  /** Whether something of its frames is left away. */
  boolean cut(Options options) {
    Resize fit = Resize.cover(width, height, options.width(), options.height());
    return fit.cropWidth() != width || fit.cropHeight() != height;
  }

  /**
   * A clip, decoded now.
   *
   * @throws UserError if the file has changed or turns out to be damaged
   */
  Video video(Options options, long index) {
    return video(options, index, ReadOptions.Plane.COLOURS);
  }

  /** How opaque it is, decoded now: white where wholly. */
  Video opacity(Options options, long index) {
    return video(options, index, ReadOptions.Plane.OPACITY);
  }

  private Video video(Options options, long index, ReadOptions.Plane plane) {
    Video video =
        still
            ? VideoReader.read(path(), ReadOptions.ALL.plane(plane))
            : window(options, index, plane);
    return fit(options, index, video).apply(video);
  }

  /** Of the content of its file, and what is taken of it. */
  String print(Options options, long index) {
    String print = FileDigest.of(path());
    String placed = still ? print : print + "@" + place(options, index);
    return options.crop() == Crop.MIDDLE ? placed : placed + "+" + crop(options, index);
  }

  Origin origin(Options options, long index) {
    return new Origin(
        name,
        FileDigest.of(path()),
        still ? 0 : place(options, index) / options.fps(),
        still ? 1 : options.frames(),
        crop(options, index));
  }

  private String crop(Options options, long index) {
    Resize fit = fit(options, index, width, height);
    return "%sx%s+%s+%s".formatted(fit.cropWidth(), fit.cropHeight(), fit.x(), fit.y());
  }

  private Resize fit(Options options, long index, Video video) {
    return fit(options, index, video.width(), video.height());
  }

  /** How frames are made as large as wanted. The box of a clip is that of its name and number. */
  private Resize fit(Options options, long index, int from, int down) {
    Resize middle = Resize.cover(from, down, options.width(), options.height());
    if (options.crop() == Crop.MIDDLE) {
      return middle;
    }
    RandomStreams random = new RandomStreams(options.seed());
    long number = index - first;
    return new Resize(
        from,
        down,
        (int) Math.floorMod(random.key("left of " + name, number), from - middle.cropWidth() + 1L),
        (int) Math.floorMod(random.key("top of " + name, number), down - middle.cropHeight() + 1L),
        middle.cropWidth(),
        middle.cropHeight(),
        options.width(),
        options.height());
  }

  /** By the name and not by the index: another file more or less moves no window. */
  private long place(Options options, long index) {
    long places = length - options.frames() + 1;
    long key = new RandomStreams(options.seed()).key("window of " + name, index - first);
    return Math.floorMod(key, places);
  }

  private Video window(Options options, long index, ReadOptions.Plane plane) {
    long place = place(options, index);
    Video video = read(path(), options, place, plane);
    int missing = options.frames() - video.frames().size();
    if (missing > 0 && place > 0) {
      // The header may count a sound track that is longer than the pictures.
      video = read(path(), options, Math.max(0, place - missing), plane);
    }
    if (video.frames().size() < options.frames()) {
      throw new UserError(
          Fault.MISMATCH,
          "'%s' has %s frames at %s per second, %s are needed"
              .formatted(path(), video.frames().size(), options.fps(), options.frames()));
    }
    return video;
  }

  private static Video read(Path path, Options options, long place, ReadOptions.Plane plane) {
    return VideoReader.read(
        path,
        ReadOptions.ALL
            .fps(options.fps())
            .start(place / options.fps())
            .maxFrames(options.frames())
            .plane(plane));
  }

  /** What another folder has of the same name, cut as the clip is. */
  Video beside(Options options, long index, Path folder) {
    Path other = beside(folder);
    VideoInfo info = VideoReader.probe(other);
    VideoInfo own = VideoReader.probe(path());
    if (info.width() != own.width() || info.height() != own.height()) {
      throw new UserError(
          Fault.MISMATCH,
          "'%s' is %sx%s, and '%s', which it stands beside, %sx%s"
              .formatted(other, info.width(), info.height(), path(), own.width(), own.height()));
    }
    Video video =
        still
            ? VideoReader.read(other)
            : read(other, options, place(options, index), ReadOptions.Plane.COLOURS);
    int wanted = still ? 1 : options.frames();
    if (video.frames().size() < wanted) {
      throw new UserError(
          Fault.MISMATCH,
          "'%s' has %s frames, %s are needed".formatted(other, video.frames().size(), wanted));
    }
    Video taken = new Video(video.frames().subList(0, wanted), video.fps());
    return fit(options, index, taken).apply(taken);
  }

  /** The file of the same name in another folder. */
  private Path beside(Path folder) {
    int dot = name.lastIndexOf('.');
    Path stem = folder.resolve(dot > name.lastIndexOf('/') ? name.substring(0, dot) : name);
    Path place = Optional.ofNullable(stem.getParent()).orElse(folder);
    try (Stream<Path> files = Files.isDirectory(place) ? Files.list(place) : Stream.empty()) {
      return files
          .filter(MediaEndings::isMedia)
          .filter(file -> {
            String found = String.valueOf(file.getFileName());
            return found
                .substring(0, found.lastIndexOf('.'))
                .equals(String.valueOf(stem.getFileName()));
          })
          .sorted()
          .findFirst()
          .orElseThrow(() ->
              new UserError(
                  Fault.NOT_FOUND,
                  "folder '%s' has nothing beside '%s'".formatted(folder, name),
                  "put a picture or video of that name there"));
    } catch (IOException e) {
      throw AtomicFiles.cannot("look into", place, e);
    }
  }
}
