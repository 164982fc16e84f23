package io.zoetrope.diffusion;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * The pictures in docs/plans.md are those that the code draws. As a program, it draws them there.
 */
class PlansPageTest {
  private static final Path PAGE = Path.of("../docs/plans.md");
  private static final double[] LEVELS = {1, 0.75, 0.5, 0.25, 0};
  private static final Pattern SLOT =
      Pattern.compile("<!-- (\\w+) -->\n(?:\n```text\n(.*?)```\n)?", Pattern.DOTALL);

  private static Map<String, TimestepPlan> plans() {
    Map<String, TimestepPlan> plans = new LinkedHashMap<>();
    plans.put("textToVideo", Plans.textToVideo(LEVELS, 8));
    plans.put("animate", Plans.animate(LEVELS, 8));
    plans.put("imageToVideo", Plans.imageToVideo(LEVELS, 8, f -> f == 2 || f == 5, 0.1));
    plans.put("falling", Plans.imageToVideo(LEVELS, 8, f -> f == 0, 0.5, Course.FALL));
    plans.put("interpolate", Plans.interpolate(LEVELS, 8));
    plans.put("extend", Plans.extend(LEVELS, 8, 4));
    plans.put("restyle", Plans.restyle(LEVELS, 8, 0.6));
    plans.put("softBoundary", Plans.softBoundary(LEVELS, 8, 4));
    plans.put("movingWindow", Plans.movingWindow(LEVELS, 4));
    plans.put("warmUp", Plans.warmUp(LEVELS, 4));
    plans.put("roll", Plans.roll(LEVELS, 8, 4));
    plans.put("resampling", Plans.resampling(LEVELS, 8, 2, 1));
    return plans;
  }

  /** Only the table: heading and legend would be the same lines again and again. */
  private static String picture(String name) {
    String text = Objects.requireNonNull(plans().get(name), name).toAscii();
    return text.substring(text.indexOf("\n\n") + 2);
  }

  private static String drawn(String page) {
    return SLOT.matcher(page)
        .replaceAll(slot ->
            Matcher.quoteReplacement(
                "<!-- %s -->\n\n```text\n%s```\n"
                    .formatted(slot.group(1), picture(slot.group(1)))));
  }

  @Test
  void thePageShowsWhatTheCodeDraws() throws IOException {
    String page = Files.readString(PAGE);
    assertThat(page).isEqualTo(drawn(page));
    assertThat(plans().keySet()).allMatch(name -> page.contains("<!-- " + name + " -->"));
  }

  @Test
  void thePagesOwnPlanIsOne() throws IOException {
    Matcher json =
        Pattern.compile("```json\n(.*?)```", Pattern.DOTALL).matcher(Files.readString(PAGE));
    assertThat(json.find()).isTrue();
    TimestepPlan plan = TimestepPlan.fromJson(json.group(1));
    assertThat(plan.frames()).isEqualTo(3);
    assertThat(plan.prompts().prompts()).isEqualTo(2);
  }

  public static void main(String[] arguments) throws IOException {
    Files.writeString(PAGE, drawn(Files.readString(PAGE)));
  }
}
