package io.zoetrope.app.doctor;

import io.zoetrope.app.cli.terminal.Session;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Examines the machine, part by part; a part that fails is a finding, not the end. */
public final class Doctor {
  private final Session session;

  public Doctor(Session session) {
    this.session = session;
  }

  /**
   * Looks at everything.
   *
   * @param test whether to measure speed too, about five seconds
   * @param progress told what is being done
   */
  public List<Finding> examine(boolean test, Consumer<String> progress) {
    List<Finding> findings = new ArrayList<>();
    add(findings, "java", MachineReport::java);
    add(findings, "machine", MachineReport::machine);
    add(findings, "natives", NativesReport::examine);
    add(findings, "video", MediaReport::examine);
    add(findings, "folders", () -> FolderReport.examine(session));
    if (test) {
      progress.accept("self-test: matrix products, a convolution, attention (5 seconds)…");
      add(findings, "test", SelfTest::compute);
    }
    return findings;
  }

  private static void add(List<Finding> to, String section, Supplier<List<Finding>> part) {
    try {
      to.addAll(part.get());
    } catch (RuntimeException | LinkageError e) {
      String message = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
      String text = e.getClass().getSimpleName() + ": " + message;
      to.add(Finding.broken(section, "failed", text, text));
    }
  }

  /** The report as lines in sections. */
  public static String text(List<Finding> findings) {
    StringBuilder out = new StringBuilder();
    String section = "";
    for (Finding f : findings) {
      out.append(out.isEmpty() ? "" : "\n");
      out.append("%-10s".formatted(f.section().equals(section) ? "" : f.section()));
      section = f.section();
      out.append("%-14s ".formatted(label(f.name())));
      out.append(
          switch (f.state()) {
            case WELL -> "";
            case NOTE -> "note: ";
            case BROKEN -> "NOT WORKING: ";
          });
      out.append(f.text());
    }
    long broken = findings.stream().filter(f -> f.state() == Finding.State.BROKEN).count();
    out.append("\n\n");
    out.append(broken == 0 ? "All is well." : broken + " found that must be mended, see above.");
    return out.toString();
  }

  /** A JSON key as words; units stand in the text. */
  private static String label(String key) {
    return key.replaceAll("_(bytes|gflops|seconds)$", "").replace('_', ' ');
  }

  /** The report as one object: {@code {"ok": ..., "machine": {...}, ..., "problems": [...]}}. */
  public static Map<String, @Nullable Object> fields(List<Finding> findings, boolean well) {
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    fields.put("ok", well);
    Map<String, Map<String, Object>> sections = new LinkedHashMap<>();
    List<String> problems = new ArrayList<>();
    for (Finding f : findings) {
      sections.computeIfAbsent(f.section(), s -> new LinkedHashMap<>()).put(f.name(), f.value());
      if (f.state() != Finding.State.WELL) {
        problems.add(f.section() + " " + f.name() + ": " + f.text());
      }
    }
    fields.putAll(sections);
    fields.put("problems", problems);
    return fields;
  }
}
