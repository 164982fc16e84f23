package io.zoetrope.train.method;

import io.zoetrope.train.Learning;
import io.zoetrope.train.Objective;
import io.zoetrope.train.Player;
import java.util.List;
import java.util.SequencedMap;
import org.bytedeco.pytorch.Tensor;

/**
 * A training that can begin.
 *
 * @param players in the order of their turns
 * @param product what comes of it
 */
public record Prepared(List<Player> players, Product product) {
  public Prepared {
    players = List.copyOf(players);
  }

  /**
   * One player with one loss, moved as the recipe says.
   *
   * @param parameters by name, outside scopes; those that require gradients are trained
   */
  public static Prepared of(
      Setting setting,
      SequencedMap<String, Tensor> parameters,
      Objective objective,
      Product product) {
    Learning learning = setting.recipe().settings().learning();
    return new Prepared(List.of(Player.only(parameters, objective, learning)), product);
  }
}
