package io.zoetrope.app.command;

import io.zoetrope.app.cli.terminal.Units;
import io.zoetrope.app.cli.words.Wording;
import io.zoetrope.checkpoint.LoadReport;
import io.zoetrope.error.UserError;
import io.zoetrope.pipeline.model.ModelContents;
import io.zoetrope.pipeline.model.VideoRequest;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A model as {@code inspect} shows it: its components, and what is wrong with it.
 *
 * @param text lines for a person
 * @param fields for {@code --json}
 */
record ModelSummary(String text, Map<String, @Nullable Object> fields) {
  private static final int SHOWN = 10;

  /** What is not whole is said, too: its files can still be looked into. */
  static ModelSummary of(Path model, EstimateOptions estimate) {
    try {
      return of(model, ModelContents.of(model, estimate::of));
    } catch (UserError e) {
      if (estimate.given()) {
        throw e;
      }
      String fault = Wording.line(e);
      Map<String, @Nullable Object> fields = new LinkedHashMap<>();
      fields.put("fault", fault);
      return new ModelSummary("%s: cannot be run: %s".formatted(model, fault), fields);
    }
  }

  private static ModelSummary of(Path model, ModelContents contents) {
    List<String> lines = new ArrayList<>();
    lines.add("%s: %s".formatted(model, contents.kind()));
    List<Map<String, Object>> components = new ArrayList<>();
    for (ModelContents.Held part : contents.parts()) {
      lines.add(
          "  %-12s  %s parameters, %s (%s): %s"
              .formatted(
                  part.name(),
                  Units.count(part.parameters()),
                  Units.bytes(part.allBytes()),
                  String.join(", ", part.bytes().keySet()),
                  part.report().counts()));
      name(lines, "missing", part.report().missing());
      name(lines, "unexpected", part.report().unexpected());
      name(lines, "ignored", part.report().ignored());
      components.add(fields(part));
    }
    if (!contents.unused().isEmpty()) {
      lines.add("  not used: " + String.join(", ", contents.unused()));
    }
    name(lines, "of no component", contents.others());
    ModelContents.Usual usual = contents.usual();
    lines.add("  by default: " + usual(usual));
    ModelNeeds needs = ModelNeeds.of(usual, /* timed= */ true);
    needs.lines().forEach(line -> lines.add("  " + line));
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    fields.put("kind", contents.kind());
    fields.put("components", components);
    fields.put("not_used", contents.unused());
    fields.put("of_no_component", contents.others());
    fields.put("defaults", defaults(usual));
    fields.putAll(needs.fields());
    return new ModelSummary(String.join("\n", lines), fields);
  }

  /** As options would say it. */
  private static String usual(ModelContents.Usual usual) {
    VideoRequest r = usual.request();
    return "--size %sx%s --frames %s --fps %s --steps %s %s--guidance %s --sampler %s"
        .formatted(
            r.width(),
            r.height(),
            r.frames(),
            plain(r.fps()),
            r.steps(),
            usual.firstGuidance().map(w -> "--guidance-first " + plain(w) + " ").orElse(""),
            plain(r.guidance()),
            r.sampler());
  }

  private static String plain(double value) {
    return new BigDecimal(String.valueOf(value)).stripTrailingZeros().toPlainString();
  }

  private static Map<String, Object> defaults(ModelContents.Usual usual) {
    VideoRequest r = usual.request();
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("width", r.width());
    fields.put("height", r.height());
    fields.put("frames", r.frames());
    fields.put("fps", r.fps());
    fields.put("steps", r.steps());
    usual.firstGuidance().ifPresent(w -> fields.put("guidance_first", w));
    fields.put("guidance", r.guidance());
    fields.put("sampler", r.sampler());
    return fields;
  }

  private static void name(List<String> lines, String fate, List<String> keys) {
    keys.stream().limit(SHOWN).forEach(key -> lines.add("    %s: %s".formatted(fate, key)));
    if (keys.size() > SHOWN) {
      lines.add("    %s: %s more".formatted(fate, keys.size() - SHOWN));
    }
  }

  private static Map<String, Object> fields(ModelContents.Held part) {
    LoadReport report = part.report();
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("name", part.name());
    fields.put("parameters", part.parameters());
    fields.put("bytes", part.allBytes());
    fields.put(
        "dtypes",
        part.bytes().keySet().stream().map(dtype -> dtype.toLowerCase(Locale.ROOT)).toList());
    fields.put("used", report.used().size());
    fields.put("missing", report.missing());
    fields.put("unexpected", report.unexpected());
    fields.put("ignored", report.ignored());
    return fields;
  }
}
