package io.zoetrope.jobs.worker;

import java.nio.file.Path;
import java.util.Map;

/** What passes between {@link MediaProcess} and its process. */
final class MediaTalk {
  private MediaTalk() {}

  /** What is wanted of a file. */
  enum What {
    LOOK,
    RECALL,
    THUMBNAIL
  }

  /** A question. */
  record Asked(What what, Path file) {}

  /**
   * An answer. What was not asked for is empty or 0.
   *
   * @param told whether the file will do
   * @param code why not
   * @param frames 0 if the file does not say
   * @param fps 0 for pictures
   * @param picture a WebP in Base64
   */
  record Answer(
      boolean told,
      String code,
      String message,
      String kind,
      int width,
      int height,
      long frames,
      double fps,
      Map<String, String> texts,
      String picture) {
    static Answer refused(String code, String message) {
      return new Answer(false, code, message, "", 0, 0, 0, 0, Map.of(), "");
    }

    static Answer seen(String kind, int width, int height, long frames, double fps) {
      return new Answer(true, "", "", kind, width, height, frames, fps, Map.of(), "");
    }

    static Answer read(Map<String, String> texts) {
      return new Answer(true, "", "", "", 0, 0, 0, 0, texts, "");
    }

    static Answer pictured(String picture) {
      return new Answer(true, "", "", "", 0, 0, 0, 0, Map.of(), picture);
    }
  }
}
