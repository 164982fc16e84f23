package io.zoetrope.diffusion;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.record.Json;
import io.zoetrope.torch.TextFiles;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.ObjectReader;

/** Timestep plans as text: JSON to keep, a picture to look at. */
final class PlanText {
  /** Shades from clean to noise, and the mark of a given frame. */
  record Shades(String ramp, char mark, char rule) {}

  static final Shades BLOCKS = new Shades("·░▒▓█", '◆', '─');
  static final Shades PLAIN = new Shades(".:+*#", '^', '-');

  /** Rows beyond this many are thinned out; first and last always stay. */
  private static final int MAX_ROWS = 48;

  /** Frames beyond this many get one column each in place of two. */
  private static final int MAX_WIDE_FRAMES = 36;

  private static final String FORMAT = "zoetrope-plan-1";

  private static final ObjectReader JSON =
      Json.MAPPER.readerFor(Document.class).with(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

  private PlanText() {}

  /**
   * The JSON form.
   *
   * @param prompts weights, {@code [frame][prompt]}; left out where there is but one prompt
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @SuppressWarnings("ArrayRecordComponent")
  record Document(
      String format, List<Integer> given, double[][] levels, double @Nullable [][] prompts) {}

  static String toJson(TimestepPlan plan) {
    List<Integer> given = IntStream.range(0, plan.frames()).filter(plan::given).boxed().toList();
    return Json.MAPPER.writeValueAsString(
        new Document(
            FORMAT,
            given,
            plan.levels(),
            plan.prompts().isSingle() ? null : plan.prompts().weights()));
  }

  @SuppressWarnings("ConstantValue") // Jackson leaves out what the text leaves out
  static TimestepPlan fromJson(String json) {
    Document document;
    try {
      document = JSON.readValue(TextFiles.unmarked(json));
    } catch (JacksonException e) {
      throw new UserError(Fault.DAMAGED, "this is no timestep plan: " + e.getOriginalMessage(), e);
    }
    if (document == null || !FORMAT.equals(document.format())) {
      throw new UserError(
          Fault.DAMAGED, "this is no timestep plan: \"format\" must be \"" + FORMAT + "\"");
    }
    double[][] levels = document.levels();
    if (levels == null || levels.length == 0 || levels[0] == null || document.given() == null) {
      throw new UserError(Fault.DAMAGED, "this timestep plan lacks its \"levels\" or \"given\"");
    }
    boolean[] given = new boolean[levels[0].length];
    for (Integer frame : document.given()) {
      if (frame == null || frame < 0 || frame >= given.length) {
        throw new UserError(
            Fault.DAMAGED,
            "this timestep plan gives frame " + frame + " of " + given.length + " frames");
      }
      given[frame] = true;
    }
    double[][] prompts = document.prompts();
    requireRows(levels);
    requireRows(prompts == null ? levels : prompts);
    try {
      return prompts == null
          ? TimestepPlan.of(levels, given)
          : TimestepPlan.of(levels, given, PromptTrack.of(prompts));
    } catch (IllegalArgumentException e) {
      throw new UserError(Fault.DAMAGED, "this timestep plan is not valid: " + e.getMessage(), e);
    }
  }

  @SuppressWarnings("ConstantValue")
  private static void requireRows(double[][] rows) {
    for (double[] row : rows) {
      if (row == null) {
        throw new UserError(Fault.DAMAGED, "this timestep plan has an empty row");
      }
    }
  }

  static String picture(TimestepPlan plan, Shades shades) {
    int width = plan.frames() > MAX_WIDE_FRAMES ? 1 : 2;
    int margin = Math.max(4, String.valueOf(plan.steps()).length()) + 2;
    StringBuilder out = new StringBuilder();
    out.append(heading(plan)).append('\n');
    out.append(legend(shades)).append("\n\n");
    out.append(pad("step", margin)).append(frameNumbers(plan.frames(), width)).append('\n');
    if (IntStream.range(0, plan.frames()).anyMatch(plan::given)) {
      StringBuilder marks = new StringBuilder(" ".repeat(margin));
      for (int frame = 0; frame < plan.frames(); frame++) {
        marks.append(pad(plan.given(frame) ? String.valueOf(shades.mark()) : "", width));
      }
      out.append(marks.toString().stripTrailing()).append('\n');
    }
    if (!plan.prompts().isSingle()) {
      out.append(pad("text", margin)).append(strip(plan.prompts(), width)).append('\n');
    }
    int before = -1;
    for (int row : rows(plan.steps())) {
      if (row > before + 1 && before >= 0) {
        out.append(" ".repeat(margin)).append(String.valueOf(shades.rule()).repeat(3)).append('\n');
      }
      before = row;
      out.append(pad(String.valueOf(row), margin));
      for (int frame = 0; frame < plan.frames(); frame++) {
        String shade = shade(plan.level(row, frame), shades);
        out.append(shade.repeat(width));
      }
      out.append(noteOf(plan, row)).append('\n');
    }
    return out.toString();
  }

  /** Each frame's prompt as a letter, A the first; a small one where it has a part only. */
  private static String strip(PromptTrack track, int width) {
    StringBuilder out = new StringBuilder();
    for (int frame = 0; frame < track.frames(); frame++) {
      int most = 0;
      for (int prompt = 1; prompt < track.prompts(); prompt++) {
        most = track.weight(frame, prompt) > track.weight(frame, most) ? prompt : most;
      }
      char letter = (char) ((track.weight(frame, most) == 1 ? 'A' : 'a') + most % 26);
      out.append(String.valueOf(letter).repeat(width));
    }
    return out.toString();
  }

  private static String heading(TimestepPlan plan) {
    String given = ranges(plan);
    return String.format(
        Locale.ROOT,
        "%d step%s, %d frame%s%s",
        plan.steps(),
        plan.steps() == 1 ? "" : "s",
        plan.frames(),
        plan.frames() == 1 ? "" : "s",
        given.isEmpty()
            ? ""
            : plan.givenCount() == plan.frames() ? ", all given" : ", given: " + given);
  }

  /** The given frames: {@code 0-3, 15}. */
  private static String ranges(TimestepPlan plan) {
    List<String> out = new ArrayList<>();
    for (int from = 0; from < plan.frames(); from++) {
      int to = from;
      while (to < plan.frames() && plan.given(to)) {
        to++;
      }
      if (to > from) {
        out.add(to == from + 1 ? String.valueOf(from) : from + "-" + (to - 1));
        from = to;
      }
    }
    return String.join(", ", out);
  }

  private static String legend(Shades shades) {
    StringBuilder out = new StringBuilder("clean ");
    shades.ramp().chars().forEach(c -> out.append((char) c).append((char) c));
    return out.append(" noise   ").append(shades.mark()).append(" given").toString();
  }

  /** Every fifth frame's number (every tenth when columns are narrow), left on its column. */
  private static String frameNumbers(int frames, int width) {
    StringBuilder out = new StringBuilder();
    for (int frame = 0; frame < frames; frame += width == 1 ? 10 : 5) {
      out.append(" ".repeat(frame * width - out.length())).append(frame);
    }
    return out.toString();
  }

  private static String shade(double level, Shades shades) {
    int last = shades.ramp().length() - 1;
    // Only exactly 0 is drawn as clean: the shades in between share (0, 1].
    int index = level == 0 ? 0 : Math.clamp((long) Math.ceil(level * last), 1, last);
    return String.valueOf(shades.ramp().charAt(index));
  }

  private static String noteOf(TimestepPlan plan, int row) {
    if (row == 0) {
      return "";
    }
    for (int frame = 0; frame < plan.frames(); frame++) {
      if (plan.level(row, frame) > plan.level(row - 1, frame)) {
        return "  noised again";
      }
    }
    return "";
  }

  private static int[] rows(int steps) {
    if (steps + 1 <= MAX_ROWS) {
      return IntStream.rangeClosed(0, steps).toArray();
    }
    return IntStream.range(0, MAX_ROWS)
        .map(i -> (int) Math.round((double) i * steps / (MAX_ROWS - 1)))
        .distinct()
        .toArray();
  }

  private static String pad(String text, int width) {
    return text + " ".repeat(Math.max(0, width - text.length()));
  }
}
