package io.zoetrope.server.http;

import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConsumptionProbe;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/** How many requests each caller has left. Forgets those that have not asked for longest. */
final class Rates {
  private static final int MOST_CALLERS = 10_000;

  private final Map<String, Bucket> buckets =
      new LinkedHashMap<>(64, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Bucket> eldest) {
          return size() > MOST_CALLERS;
        }
      };

  private final int aMinute;
  private final String what;

  /**
   * @param aMinute requests
   * @param what they are called
   */
  Rates(int aMinute, String what) {
    this.aMinute = aMinute;
    this.what = what;
  }

  /**
   * Takes one.
   *
   * @throws HttpError if none is left
   */
  void take(String caller) {
    Bucket bucket;
    synchronized (buckets) {
      bucket =
          buckets.computeIfAbsent(
              caller,
              key ->
                  Bucket.builder()
                      .addLimit(limit ->
                          limit.capacity(aMinute).refillGreedy(aMinute, Duration.ofMinutes(1)))
                      .build());
    }
    ConsumptionProbe probe = bucket.tryConsumeAndReturnRemaining(1);
    if (!probe.isConsumed()) {
      throw HttpError.tooMany(
          "rate_limit_exceeded",
          "more than %s %s a minute: wait a little".formatted(aMinute, what),
          Duration.ofNanos(probe.getNanosToWaitForRefill()));
    }
  }
}
