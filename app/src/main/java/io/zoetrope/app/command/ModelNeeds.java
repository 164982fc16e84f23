package io.zoetrope.app.command;

import io.zoetrope.app.cli.terminal.Units;
import io.zoetrope.app.doctor.Finding;
import io.zoetrope.pipeline.model.MemoryNeed;
import io.zoetrope.pipeline.model.ModelContents;
import io.zoetrope.pipeline.model.StepTime;
import io.zoetrope.pipeline.model.VideoRequest;
import io.zoetrope.torch.Precision;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * What a video takes of this machine: memory, and seconds a step.
 *
 * @param times by number format; none where nobody counts, or nothing was measured
 * @param free bytes of memory; empty where nobody knows
 */
record ModelNeeds(ModelContents.Usual usual, Map<Precision, StepTime> times, OptionalLong free) {
  /**
   * Measures what this machine does now.
   *
   * @param timed whether to; it takes a second
   */
  static ModelNeeds of(ModelContents.Usual usual, boolean timed) {
    Map<Precision, StepTime> times = timed ? usual.steps() : Map.of();
    return new ModelNeeds(usual, times, MemoryNeed.available());
  }

  /** A line for each number format. */
  List<String> lines() {
    VideoRequest request = usual.request();
    List<String> lines = new ArrayList<>();
    usual
        .need()
        .forEach((precision, need) ->
            lines.add(
                "%s frame%s of %sx%s in %s: %s%s%s"
                    .formatted(
                        request.frames(),
                        request.frames() == 1 ? "" : "s",
                        request.width(),
                        request.height(),
                        name(precision),
                        need.line(),
                        fit(need),
                        times.containsKey(precision) ? "; " + times.get(precision).line() : "")));
    return lines;
  }

  /** For the doctor: what it is, in each number format, and whether it fits into memory. */
  List<Finding> findings() {
    VideoRequest request = usual.request();
    List<Finding> findings = new ArrayList<>();
    findings.add(
        Finding.of(
            "model",
            "video",
            "%s frame%s of %sx%s"
                .formatted(
                    request.frames(),
                    request.frames() == 1 ? "" : "s",
                    request.width(),
                    request.height())));
    usual
        .need()
        .forEach((precision, need) -> {
          String name = name(precision) + "_memory_bytes";
          String text = need.line() + fit(need);
          findings.add(
              fits(need)
                  ? Finding.of("model", name, need.total(), text)
                  : Finding.note("model", name, need.total(), text));
        });
    times.forEach((precision, time) ->
        findings.add(
            Finding.of(
                "model", name(precision) + "_step_seconds", rounded(time.seconds()), time.line())));
    return findings;
  }

  private String fit(MemoryNeed need) {
    return fits(need)
        ? ""
        : ", more than the %s that are free".formatted(Units.bytes(free.orElseThrow()));
  }

  private boolean fits(MemoryNeed need) {
    return free.isEmpty() || need.total() <= free.getAsLong();
  }

  /** For {@code --json}. */
  Map<String, @Nullable Object> fields() {
    Map<String, Object> memory = new LinkedHashMap<>();
    Map<String, Object> fits = new LinkedHashMap<>();
    usual
        .need()
        .forEach((precision, need) -> {
          memory.put(name(precision), need.total());
          fits.put(name(precision), fits(need));
        });
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    fields.put("estimated_memory_bytes", memory);
    fields.put("memory_free_bytes", free.isPresent() ? free.getAsLong() : null);
    fields.put("fits", fits);
    usual.operations().ifPresent(count -> fields.put("operations_per_step", count));
    Map<String, Object> seconds = new LinkedHashMap<>();
    times.forEach((precision, time) -> seconds.put(name(precision), rounded(time.seconds())));
    fields.put("estimated_seconds_per_step", seconds);
    return fields;
  }

  /** To three figures: it is an estimate. */
  private static double rounded(double seconds) {
    return Double.parseDouble(String.format(Locale.ROOT, "%.3g", seconds));
  }

  private static String name(Precision precision) {
    return precision.name().toLowerCase(Locale.ROOT);
  }
}
