package io.zoetrope.curation.table;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A clip: a video, and from where to where. Nothing is encoded for it.
 *
 * @param clip its key: that of the video, and its frames
 * @param video key
 * @param path of the video
 * @param from first frame
 * @param to the frame behind the last
 * @param fps of these frames
 * @param width pixels, without bars
 * @param height pixels
 * @param caption of the video
 */
public record ClipRow(
    String clip,
    String video,
    String path,
    int from,
    int to,
    double fps,
    int width,
    int height,
    String caption) {
  /** Frames beside a cut that may still be of both. */
  private static final int TRIM = 2;

  /** How long it is. */
  public double seconds() {
    return (to - from) / fps;
  }

  /**
   * The clips of a video: what is between its cuts, without the frames next to them, and long shots
   * in equal parts.
   *
   * @param shortest seconds; less is none
   * @param longest seconds
   */
  public static List<ClipRow> of(
      FileRow file, ProbeRow probe, CutsRow cuts, double shortest, double longest) {
    List<ClipRow> clips = new ArrayList<>();
    int from = 0;
    for (CutsRow.At cut : cuts.cuts()) {
      add(clips, file, probe, from, cut.from() - TRIM, shortest, longest);
      from = cut.to() + TRIM;
    }
    add(clips, file, probe, from, probe.frames(), shortest, longest);
    return clips;
  }

  private static void add(
      List<ClipRow> clips,
      FileRow file,
      ProbeRow probe,
      int from,
      int to,
      double shortest,
      double longest) {
    double seconds = (to - from) / probe.fps();
    // A picture has one frame and no length.
    if (to <= from || (seconds < shortest - 1e-9 && probe.frames() > 1)) {
      return;
    }
    int parts = (int) Math.ceil(seconds / longest - 1e-9);
    for (int i = 0; i < Math.max(1, parts); i++) {
      int a = from + (int) ((long) (to - from) * i / Math.max(1, parts));
      int b = from + (int) ((long) (to - from) * (i + 1) / Math.max(1, parts));
      clips.add(
          new ClipRow(
              String.format(Locale.ROOT, "%s-%06d-%06d", file.video(), a, b),
              file.video(),
              file.path(),
              a,
              b,
              probe.fps(),
              probe.width() - probe.left() - probe.right(),
              probe.height() - probe.top() - probe.bottom(),
              file.caption()));
    }
  }
}
