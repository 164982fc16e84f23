package io.zoetrope.data;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.media.VideoInfo;
import io.zoetrope.media.VideoReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What clips of a bucket look like, where a network learns several sizes, lengths and aspects
 * (Open-Sora's reports; the alternative is packing, with masks).
 *
 * @param width pixels across
 * @param height pixels down
 * @param frames of a clip; 1 for still images
 */
public record ClipShape(int width, int height, int frames) {
  /** Numbers of a clip of it. */
  public long numbers() {
    return (long) width * height * frames;
  }

  @Override
  public String toString() {
    return "%sx%sx%s".formatted(width, height, frames);
  }

  /** Whether a source has as many pixels and frames, so that nothing is made up. */
  private boolean filled(VideoInfo info, long frames) {
    return info.width() >= width && info.height() >= height && frames >= this.frames;
  }

  /** How much of a source is cut away at the sides to be of its aspect, 0 to 1. */
  private double cut(VideoInfo info) {
    double own = (double) width / height;
    double other = (double) info.width() / info.height();
    return 1 - Math.min(own / other, other / own);
  }

  /**
   * The clips of a folder, each in the largest bucket that it fills: that of the most frames, then
   * of the aspect nearest to its own, then of the most pixels. Pictures fill buckets of one frame.
   *
   * @param options rate, windows and crops; of any shape
   * @return for each shape that has any clips, in the order of the shapes
   * @throws UserError if a clip fills none, or nothing is there to be learned
   */
  public static Map<ClipShape, FolderDataset> buckets(
      Path folder, List<ClipShape> shapes, FolderDataset.Options options) {
    double fps = options.fps();
    FolderListing listing = FolderListing.of(folder);
    Map<ClipShape, Set<Path>> within = new HashMap<>();
    List<String> problems = new ArrayList<>(listing.problems());
    for (FolderListing.Entry entry : listing.entries()) {
      try {
        VideoInfo info = VideoReader.probe(entry.path());
        long frames = info.still() ? 1 : ClipFile.length(entry.path(), info, fps);
        Optional<ClipShape> largest = largest(shapes, info, frames);
        largest.ifPresentOrElse(
            shape -> within.computeIfAbsent(shape, s -> new HashSet<>()).add(entry.path()),
            () ->
                problems.add(
                    "%s fills no bucket: it has %sx%s pixels and %s frames at %s per second"
                        .formatted(entry.name(), info.width(), info.height(), frames, fps)));
      } catch (UserError e) {
        problems.add(e.getMessage());
      }
    }
    if (!problems.isEmpty()) {
      throw new UserError(Fault.DAMAGED, FolderListing.summary(folder, problems));
    }
    Map<ClipShape, FolderDataset> all = new LinkedHashMap<>();
    for (ClipShape shape : shapes) {
      Optional.ofNullable(within.get(shape))
          .ifPresent(paths ->
              all.put(shape, FolderDataset.open(folder, options.shaped(shape), paths::contains)));
    }
    return all;
  }

  private static Optional<ClipShape> largest(List<ClipShape> shapes, VideoInfo info, long frames) {
    return shapes.stream()
        .filter(shape -> shape.filled(info, frames))
        .max(
            Comparator.<ClipShape>comparingInt(shape -> shape.frames)
                .thenComparing(Comparator.<ClipShape>comparingDouble(s -> s.cut(info)).reversed())
                .thenComparingLong(shape -> (long) shape.width * shape.height));
  }
}
