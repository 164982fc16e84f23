package io.zoetrope.app.command;

import io.zoetrope.data.toybox.Adherence;
import io.zoetrope.data.toybox.Analysis;
import io.zoetrope.eval.Rate;
import io.zoetrope.media.ContactSheet;
import io.zoetrope.media.FrameTensors;
import io.zoetrope.media.Video;
import io.zoetrope.pixels.FlowSpeed;
import io.zoetrope.torch.Scopes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** What an evaluation found, for people and for programs. */
final class EvaluationTally {
  private record Look(String prompt, Adherence adherence, Analysis seen) {}

  /** Objects that are listed of a video in which something is wrong. */
  private static final int MOST_SEEN = 4;

  /** What one picture shows. */
  private static final Map<String, Predicate<Adherence>> PICTURE = new LinkedHashMap<>();

  /** What a video shows. */
  private static final Map<String, Predicate<Adherence>> TRAITS = new LinkedHashMap<>();

  static {
    PICTURE.put("colour", Adherence::colour);
    PICTURE.put("shape", Adherence::shape);
    PICTURE.put("number", Adherence::count);
    PICTURE.put("all", EvaluationTally::still);
    TRAITS.put("colour", Adherence::colour);
    TRAITS.put("shape", Adherence::shape);
    TRAITS.put("motion", Adherence::motion);
    TRAITS.put("number", Adherence::count);
    TRAITS.put("all", Adherence::all);
  }

  private final int mostRows;
  private final List<Look> looks = new ArrayList<>();
  private final List<ContactSheet.Row> rows = new ArrayList<>();
  private final List<FlowSpeed> moving = new ArrayList<>();

  /**
   * Nothing yet.
   *
   * @param mostRows how many videos to keep for a contact sheet
   */
  EvaluationTally(int mostRows) {
    this.mostRows = mostRows;
  }

  void add(String prompt, Adherence adherence, Analysis seen, Video video) {
    looks.add(new Look(prompt, adherence, seen));
    if (video.frames().size() > 1) {
      moving.add(Scopes.value(() -> FlowSpeed.of(FrameTensors.toTensor(video), video.fps())));
    }
    if (rows.size() < mostRows) {
      rows.add(new ContactSheet.Row(video, prompt));
    }
  }

  int size() {
    return looks.size();
  }

  List<ContactSheet.Row> rows() {
    return rows;
  }

  /** For a progress line. */
  String words() {
    return rate(all()).right() + " all right";
  }

  String text() {
    List<String> lines = new ArrayList<>();
    traits().forEach((name, trait) -> lines.add("%-8s %s".formatted(name, rate(trait))));
    lines.add("%-8s %s".formatted("whole", whole()));
    FlowSpeed.mean(moving).ifPresent(mean -> lines.add("%-8s %s".formatted("flow", mean.line())));
    for (Look miss : misses()) {
      lines.add(
          "  %s: wrong %s; seen %s"
              .formatted(
                  miss.prompt(), String.join(", ", wrong(miss)), miss.seen().words(MOST_SEEN)));
    }
    return String.join("\n", lines);
  }

  Map<String, Object> fields() {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("prompts", looks.size());
    traits().forEach((name, trait) -> fields.put(name, fields(rate(trait))));
    fields.put("whole", fields(whole()));
    FlowSpeed.mean(moving).ifPresent(mean -> fields.put("flow", mean.fields()));
    List<Map<String, Object>> missed = new ArrayList<>();
    for (Look miss : misses()) {
      Map<String, Object> one = new LinkedHashMap<>();
      one.put("prompt", miss.prompt());
      one.put("wrong", wrong(miss));
      one.put("seen", miss.seen().words(MOST_SEEN));
      missed.add(one);
    }
    fields.put("misses", missed);
    return fields;
  }

  private static Map<String, Object> fields(Rate rate) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("right", rate.right());
    fields.put("of", rate.of());
    fields.put("value", rounded(rate.value()));
    fields.put("low95", rounded(rate.low()));
    fields.put("high95", rounded(rate.high()));
    return fields;
  }

  private Rate rate(Predicate<Adherence> trait) {
    return Rate.of(looks, look -> trait.test(look.adherence()));
  }

  /** In how many videos the most prominent object is never cut by the frame's edge. */
  private Rate whole() {
    return Rate.of(
        looks,
        look -> !look.seen().objects().isEmpty() && look.seen().objects().getFirst().whole() == 1);
  }

  private List<Look> misses() {
    return looks.stream().filter(look -> !all().test(look.adherence())).toList();
  }

  /** Single pictures move in no way that could be right or wrong. */
  private Map<String, Predicate<Adherence>> traits() {
    return moving.isEmpty() ? PICTURE : TRAITS;
  }

  private Predicate<Adherence> all() {
    return moving.isEmpty() ? EvaluationTally::still : Adherence::all;
  }

  /** All is right that a single picture shows. */
  private static boolean still(Adherence seen) {
    return seen.colour() && seen.shape() && seen.count();
  }

  private List<String> wrong(Look look) {
    return traits().entrySet().stream()
        .filter(trait -> !trait.getKey().equals("all"))
        .filter(trait -> !trait.getValue().test(look.adherence()))
        .map(Map.Entry::getKey)
        .toList();
  }

  private static double rounded(double value) {
    return Math.round(value * 10_000) / 10_000.0;
  }
}
