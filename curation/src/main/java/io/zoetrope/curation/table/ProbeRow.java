package io.zoetrope.curation.table;

/**
 * What a video is.
 *
 * @param video its key
 * @param version of the algorithm
 * @param readable whether all of it can be decoded
 * @param reason why not
 * @param width pixels, bars among them
 * @param height pixels
 * @param fps at which it is looked at: its own, at most 60
 * @param frames at that rate
 * @param seconds how long it is
 * @param top rows of the black bar above; 0 if there is none
 * @param bottom rows of that below
 * @param left columns
 * @param right columns
 * @param black share of frames with nothing to see
 * @param frozen share of time in which nothing moves
 * @param took seconds
 */
public record ProbeRow(
    String video,
    int version,
    boolean readable,
    String reason,
    int width,
    int height,
    double fps,
    int frames,
    double seconds,
    int top,
    int bottom,
    int left,
    int right,
    double black,
    double frozen,
    double took) {
  /** Of what is measured here. */
  public static final int VERSION = 1;

  /** Of one that cannot be read. */
  public static ProbeRow bad(String video, String reason, double took) {
    return new ProbeRow(video, VERSION, false, reason, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, took);
  }
}
