package io.zoetrope.train;

import io.zoetrope.error.UserError;
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
