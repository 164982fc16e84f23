package io.zoetrope.eval.suite;

import io.zoetrope.eval.AdherenceRates;
import io.zoetrope.eval.Curves;
import io.zoetrope.eval.Rate;
import io.zoetrope.eval.Seams;
import io.zoetrope.eval.Spread;
import io.zoetrope.eval.features.FrechetDistance;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a suite found, for people (a table), for programs (nested fields) and to look at (plots).
 */
public final class Report {
  private final List<String> lines = new ArrayList<>();
  private final Map<String, @Nullable Object> fields = new LinkedHashMap<>();
  private final Map<String, Curves> plots = new LinkedHashMap<>();
  private Map<String, @Nullable Object> open = fields;

  /** One line for each figure. */
  public String text() {
    return String.join("\n", lines);
  }

  /** Figures by name; those that are no numbers are null. */
  public Map<String, @Nullable Object> fields() {
    return fields;
  }

  /** Plots by a name that is fit for a file. */
  public Map<String, Curves> plots() {
    return plots;
  }

  /** What follows belongs to this case, such as "M = 4". */
  public Report section(String name) {
    open = new LinkedHashMap<>();
    fields.put(key(name), open);
    lines.add(name);
    return this;
  }

  /** What follows belongs to no case. */
  public Report end() {
    open = fields;
    return this;
  }

  public Report rate(String name, Rate rate) {
    line(name, rate.toString());
    Map<String, @Nullable Object> all = new LinkedHashMap<>();
    all.put("right", rate.right());
    all.put("of", rate.of());
    all.put("value", number(rate.value()));
    all.put("low95", number(rate.low()));
    all.put("high95", number(rate.high()));
    open.put(key(name), all);
    return this;
  }

  public Report spread(String name, Spread spread) {
    line(name, spread.toString());
    Map<String, @Nullable Object> all = new LinkedHashMap<>();
    all.put("mean", number(spread.mean()));
    all.put("standard_error", number(spread.error()));
    all.put("median", number(spread.median()));
    all.put("least", number(spread.least()));
    all.put("most", number(spread.most()));
    all.put("n", spread.n());
    open.put(key(name), all);
    return this;
  }

  public Report contrast(String name, Seams.Contrast c) {
    line(
        name,
        c.seamPlaces() == 0
            ? "no seams were seen"
            : "%s at seams, %s inside: %s (%s places)"
                .formatted(
                    text("%.5f", c.atSeams()),
                    text("%.5f", c.inside()),
                    Double.isFinite(c.ratio()) ? text("%.2f times", c.ratio()) : "no ratio",
                    c.seamPlaces()));
    Map<String, @Nullable Object> all = new LinkedHashMap<>();
    all.put("at_seams", number(c.atSeams()));
    all.put("inside", number(c.inside()));
    all.put("ratio", number(c.ratio()));
    all.put("seam_places", c.seamPlaces());
    open.put(key(name), all);
    return this;
  }

  public Report adherence(AdherenceRates rates) {
    return rate("right colour", rates.colour())
        .rate("right shape", rates.shape())
        .rate("right motion", rates.motion())
        .rate("right number", rates.count())
        .rate("all right", rates.all());
  }

  public Report frechet(Optional<FrechetDistance> found) {
    if (found.isPresent()) {
      FrechetDistance d = found.get();
      line(
          "Frechet distance",
          "%s of %s videos; %s"
              .formatted(
                  text("%.3f", d.distance()),
                  d.n(),
                  Double.isFinite(d.extrapolated())
                      ? text("%.3f extrapolated to many", d.extrapolated())
                      : "too few to extrapolate to many"));
      Map<String, @Nullable Object> all = new LinkedHashMap<>();
      all.put("distance", number(d.distance()));
      all.put("extrapolated", number(d.extrapolated()));
      all.put("n", d.n());
      open.put("frechet", all);
    }
    return this;
  }

  public Report number(String name, double value) {
    line(name, text("%.4g", value));
    open.put(key(name), number(value));
    return this;
  }

  /** A promise, and whether it is kept. */
  public Report promise(String words, boolean kept) {
    lines.add((kept ? "  kept    " : "  BROKEN  ") + words);
    Map<String, @Nullable Object> promises = new LinkedHashMap<>();
    if (open.get("promises") instanceof Map<?, ?> before) {
      before.forEach((k, v) -> promises.put(String.valueOf(k), v));
    }
    promises.put(words, kept);
    open.put("promises", promises);
    return this;
  }

  public Report plot(String name, Curves plot) {
    plots.put(name, plot);
    return this;
  }

  private void line(String name, String value) {
    lines.add("  %-26s %s".formatted(name, value));
  }

  private static String key(String name) {
    return name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9.]+", "_").replaceAll("^_|_$", "");
  }

  /** What is no number is said in a word. */
  private static String text(String format, double value) {
    return Double.isFinite(value) ? String.format(Locale.ROOT, format, value) : "unknown";
  }

  /** JSON has no NaN. */
  private static @Nullable Double number(double value) {
    return Double.isFinite(value) ? Double.valueOf(value) : null;
  }
}
