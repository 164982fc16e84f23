package io.zoetrope.eval;

import io.zoetrope.data.toybox.Adherence;
import io.zoetrope.data.toybox.Analysis;
import io.zoetrope.data.toybox.ToyboxAnalyser;
import io.zoetrope.data.toybox.ToyboxPrompts.Prompt;
import io.zoetrope.media.Frame;
import io.zoetrope.media.Video;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Whether a generator does as it is told: prompts of the toy world, and the share of videos in
 * which the analyser sees the colour, the shape, the direction or kind of motion, and the number of
 * objects that were asked for.
 *
 * @param results one for each prompt, in order
 */
public record PromptAdherence(List<Result> results) {
  public PromptAdherence {
    results = List.copyOf(results);
  }

  /** A prompt, what was seen, and how that fits. */
  public record Result(Prompt prompt, Analysis seen, Adherence adherence) {}

  /**
   * Generates and reads one video for each prompt, or one picture, which is read as one that stands
   * still.
   *
   * @param generate from the number of a prompt to its video
   * @param each told of every result and its video
   */
  public static PromptAdherence measure(
      List<Prompt> prompts, Function<Integer, Video> generate, BiConsumer<Result, Video> each) {
    List<Result> results = new ArrayList<>();
    for (int i = 0; i < prompts.size(); i++) {
      Video video = generate.apply(i);
      Analysis seen = ToyboxAnalyser.analyse(video.frames().size() > 1 ? video : still(video));
      Result result = new Result(prompts.get(i), seen, Adherence.of(seen, prompts.get(i)));
      results.add(result);
      each.accept(result, video);
    }
    return new PromptAdherence(results);
  }

  /** A single picture, which stands still. */
  private static Video still(Video picture) {
    Frame frame = picture.frames().getFirst();
    return new Video(List.of(frame, frame), picture.fps());
  }

  /** Share of videos with the right colour, 0 to 1. */
  public double colour() {
    return share(Adherence::colour);
  }

  /** Share with the right shape. */
  public double shape() {
    return share(Adherence::shape);
  }

  /** Share with the right direction, or kind of motion. */
  public double motion() {
    return share(Adherence::motion);
  }

  /** Share with the right number of objects. */
  public double count() {
    return share(Adherence::count);
  }

  /** Share with everything right. */
  public double all() {
    return share(Adherence::all);
  }

  /** Share of right colours for each colour asked for. */
  public Map<String, Double> byColour() {
    return by(r -> r.prompt().colour().word(), Adherence::colour);
  }

  /** Share of right shapes for each shape asked for. */
  public Map<String, Double> byShape() {
    return by(r -> r.prompt().shape().word(), Adherence::shape);
  }

  /** Share of right motions for each motion asked for. */
  public Map<String, Double> byMotion() {
    return by(r -> r.prompt().motion().name().toLowerCase(Locale.ROOT), Adherence::motion);
  }

  private double share(Predicate<Adherence> right) {
    long n = results.stream().filter(r -> right.test(r.adherence())).count();
    return results.isEmpty() ? 0 : (double) n / results.size();
  }

  private Map<String, Double> by(Function<Result, String> key, Predicate<Adherence> right) {
    Map<String, List<Result>> groups = new TreeMap<>();
    for (Result result : results) {
      groups.computeIfAbsent(key.apply(result), unused -> new ArrayList<>()).add(result);
    }
    Map<String, Double> shares = new TreeMap<>();
    groups.forEach((name, group) -> shares.put(name, new PromptAdherence(group).share(right)));
    return shares;
  }
}
