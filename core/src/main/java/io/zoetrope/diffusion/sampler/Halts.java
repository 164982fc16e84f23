package io.zoetrope.diffusion.sampler;

import io.zoetrope.diffusion.TimestepPlan;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;

/**
 * Where walks down plans begin and end, if not at the first and the last row: for work that is
 * looked at half-way, and goes on later as if it had never stopped. Told of every walk of an order,
 * on the thread that makes it.
 */
public interface Halts {
  /** From the first row to the last, and nothing is kept. */
  Halts NONE =
      new Halts() {
        @Override
        public Optional<Begun> begin(TimestepPlan plan, boolean remembers) {
          return Optional.empty();
        }

        @Override
        public boolean endsAt(int row) {
          return false;
        }

        @Override
        public void keep(TimestepPlan plan, Begun walked) {}
      };

  /**
   * A walk that is taken up.
   *
   * @param row that was reached
   * @param z_BCFHW the video there, to the last bit
   * @param past what the sampler remembers of its steps until there, by name
   */
  record Begun(int row, Tensor z_BCFHW, Map<String, Tensor> past) {
    public Begun {
      past = Map.copyOf(past);
    }
  }

  /**
   * A walk begins.
   *
   * @param remembers whether its steps need more of those before than is kept: then it can be taken
   *     up nowhere
   * @return where it is taken up; empty begins at the first row
   * @throws io.zoetrope.error.UserError if it is to end early and cannot
   */
  Optional<Begun> begin(TimestepPlan plan, boolean remembers);

  /**
   * Whether the walk ends at a row. What comes of it then is the clean video as it is estimated
   * there.
   */
  boolean endsAt(int row);

  /** Whether the video at a row is to be kept, though the walk goes on. */
  default boolean keepsAt(int row) {
    return false;
  }

  /**
   * Told the video at a row: the walk ends there because it shall, or since it was cancelled; or it
   * is to be kept.
   *
   * @param walked until there; its tensors live as long as this call
   */
  void keep(TimestepPlan plan, Begun walked);
}
