package io.zoetrope.jobs;

/** What has become of a job. */
public enum JobState {
  /** It waits: for its turn, or after its worker was lost. */
  QUEUED("queued"),
  /** A worker makes it. */
  RUNNING("running"),
  /** Its first rows are walked and its latents kept: it can be finished. It can be seen. */
  DRAFT("draft"),
  /** Its video is there, whole. */
  COMPLETED("completed"),
  /** It cannot be made. */
  FAILED("failed"),
  /** Somebody did not want it any more. */
  CANCELLED("cancelled");

  private final String text;

  JobState(String text) {
    this.text = text;
  }

  /** As databases and answers have it. */
  public String text() {
    return text;
  }

  /** By its {@link #text}. */
  public static JobState of(String text) {
    for (JobState state : values()) {
      if (state.text.equals(text)) {
        return state;
      }
    }
    throw new IllegalArgumentException("no state of a job: '%s'".formatted(text));
  }

  /** Whether nothing happens to it any more by itself. */
  public boolean over() {
    return this != QUEUED && this != RUNNING;
  }

  /** Whether it has a file that can be looked at. */
  public boolean shown() {
    return this == COMPLETED || this == DRAFT;
  }
}
