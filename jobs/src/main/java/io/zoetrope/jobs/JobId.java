package io.zoetrope.jobs;

import java.security.SecureRandom;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;

/**
 * The name of a job: {@code video_} and a ULID, which sorts by the time it was made. Safe as the
 * name of a folder.
 *
 * @param text the whole of it
 */
public record JobId(String text) implements Comparable<JobId> {
  private static final Pattern PATTERN = Pattern.compile("video_[0-9A-HJKMNP-TV-Z]{26}");
  private static final String DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final AtomicLong LAST = new AtomicLong();

  public JobId {
    if (!PATTERN.matcher(text).matches()) {
      throw new IllegalArgumentException("no name of a job: '%s'".formatted(text));
    }
  }

  /** A new one, which sorts after all that this process made before. */
  public static JobId next() {
    StringBuilder text = new StringBuilder("video_");
    long now = System.currentTimeMillis();
    long millis = LAST.updateAndGet(last -> Math.max(last + 1, now));
    for (int shift = 45; shift >= 0; shift -= 5) {
      text.append(DIGITS.charAt((int) (millis >>> shift) & 31));
    }
    for (int i = 0; i < 16; i++) {
      text.append(DIGITS.charAt(RANDOM.nextInt(32)));
    }
    return new JobId(text.toString());
  }

  /** What a stranger says is one; empty if it is none. */
  public static Optional<JobId> tryParse(String text) {
    return PATTERN.matcher(text).matches() ? Optional.of(new JobId(text)) : Optional.empty();
  }

  @Override
  public int compareTo(JobId other) {
    return text.compareTo(other.text);
  }

  @Override
  public String toString() {
    return text;
  }
}
