package io.zoetrope.train;

import io.zoetrope.error.UserError;
import io.zoetrope.torch.RandomStreams;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.bytedeco.pytorch.Tensor;

/**
 * What learns: parameters that are trained together, at a pace of their own, and that may act more
 * or less.
 */
public interface TrainedPart {
  /** Its name among the parts of a {@link Player}; empty for the only one. */
  String name();

  /**
   * Its parameters by name, outside scopes. Those that require gradients are trained; the others
   * belong to it and stay as they are.
   */
  SequencedMap<String, Tensor> parameters();

  /** Factor of the learning rate. */
  default double rate() {
    return 1;
  }

  /**
   * Parameters that are moved alike.
   *
   * @param name among those of its part; empty for the only one
   * @param rate factor of the learning rate
   * @param decays whether the recipe's weight decay is for them
   */
  record Group(String name, SequencedMap<String, Tensor> parameters, double rate, boolean decays) {}

  /** Its parameters by how they are moved, each in one group. */
  default List<Group> groups() {
    return List.of(new Group("", parameters(), rate(), true));
  }

  /**
   * Told before each forward pass of a loss, and by {@link #rest} that it is over: what a part does
   * in training alone it does between the two.
   *
   * @param random of the micro-batch
   */
  default void meet(RandomStreams random) {}

  /** See {@link #meet}. */
  default void rest() {}

  /**
   * Requires that rows of a batch can be computed by different workers: that what it draws in
   * training is drawn for a layer, not for rows.
   *
   * @throws UserError if they cannot
   */
  default void requireShareable() {}

  /** Told after the optimiser has moved it. */
  default void moved() {}

  /** Figures of what it has learned so far, for the log. */
  default Map<String, Double> figures() {
    return Map.of();
  }

  /** The same for people, in lines; said at each checkpoint. */
  default List<String> news() {
    return List.of();
  }

  /**
   * How strongly it acts from here on.
   *
   * @param scale 1 is wholly, 0 is as if it were not there
   * @throws UserError if it cannot act so
   */
  default void act(double scale) {
    if (scale != 1) {
      throw new UserError(
          "'%s' always acts wholly: its scale is 1, not %s".formatted(name(), scale));
    }
  }

  /** Parameters of a network under no name, which always act wholly. */
  static TrainedPart of(SequencedMap<String, Tensor> parameters) {
    return new Whole(parameters);
  }

  /** See {@link #of}. */
  record Whole(SequencedMap<String, Tensor> parameters) implements TrainedPart {
    @Override
    public String name() {
      return "";
    }
  }
}
