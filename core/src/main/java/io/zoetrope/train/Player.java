package io.zoetrope.train;

import io.zoetrope.error.UserError;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import org.bytedeco.pytorch.Tensor;

/**
 * Who is trained: parts with a loss and an optimiser of their own. Several players may take turns
 * on one another, as a generator and its critic do; while one has its turn the others stand still,
 * and no gradients are recorded for them.
 *
 * @param name before its files and figures; empty for the first
 * @param parts that learn
 * @param passes whose sum is its loss
 * @param learning how its parts are moved
 * @param turns when
 */
public record Player(
    String name, List<TrainedPart> parts, List<Pass> passes, Learning learning, Turns turns) {
  /**
   * When a player has its turn.
   *
   * @param every so many steps, beginning with the first
   * @param times in a row
   */
  public record Turns(long every, int times) {
    /** Once in each step. */
    public static final Turns EACH = new Turns(1, 1);

    public Turns {
      TrainingSettings.atLeast("every", 1, every);
      TrainingSettings.atLeast("times", 1, times);
    }

    /** How many turns there are in a step. */
    int at(long step) {
      return step % every == 0 ? times : 0;
    }
  }

  public Player {
    parts = List.copyOf(parts);
    passes = List.copyOf(passes);
    if (passes.isEmpty()) {
      throw new IllegalArgumentException("a player needs a loss");
    }
    List<TrainedPart> all = parts;
    for (Pass pass : passes) {
      pass.requireParts(all);
      all.forEach(part -> part.act(pass.scale(part)));
      all.forEach(part -> part.act(1));
    }
    if (parts.size() > 1
        && parts.stream().map(TrainedPart::name).filter(n -> !n.isEmpty()).distinct().count()
            < parts.size()) {
      throw new IllegalArgumentException("parts of a player need names of their own");
    }
    if (parts.stream()
        .flatMap(p -> p.parameters().values().stream())
        .noneMatch(Tensor::requires_grad)) {
      throw new UserError("nothing to train: every parameter is frozen");
    }
  }

  /** The only player: a network's parameters, one loss. */
  public static Player only(
      SequencedMap<String, Tensor> parameters, Objective objective, Learning learning) {
    return new Player(
        "", List.of(TrainedPart.of(parameters)), List.of(Pass.of(objective)), learning, Turns.EACH);
  }

  /** The parameters of all parts, by name. */
  SequencedMap<String, Tensor> parameters() {
    SequencedMap<String, Tensor> all = new LinkedHashMap<>();
    parts.forEach(part ->
        part.parameters()
            .forEach((name, tensor) -> {
              if (all.put(name, tensor) != null) {
                throw new IllegalArgumentException("two parts have a parameter '" + name + "'");
              }
            }));
    return Collections.unmodifiableSequencedMap(all);
  }
}
