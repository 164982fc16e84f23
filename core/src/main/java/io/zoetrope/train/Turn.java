package io.zoetrope.train;

import io.zoetrope.torch.Scopes;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.SplittableRandom;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * One turn of a player: gradients of its passes over all micro-batches, then one move.
 *
 * @param seats of all players
 * @param seat whose turn it is
 * @param step 0-based
 * @param turn within the step, 0-based
 * @param times turns of this player in the step
 * @param world who else trains
 */
record Turn(
    List<Seat> seats,
    Seat seat,
    TrainingSettings settings,
    long step,
    int turn,
    int times,
    World world) {
  /**
   * What it came to.
   *
   * @param player whose turn it was
   * @param loss mean over the micro-batches
   * @param norm of the gradients before clipping
   * @param skipped whether either was not finite, and nothing was moved
   * @param times turns of the player in the step
   */
  record Outcome(
      String player,
      int times,
      double loss,
      double norm,
      double rate,
      boolean skipped,
      Map<String, Double> metrics) {
    String line() {
      String who = player.isEmpty() ? "" : player + "'s ";
      return "%sloss %s, gradient norm %s".formatted(who, loss, norm);
    }

    /**
     * Adds its figures and what it reported to those of the step, with the player's name before
     * each: means over the player's turns.
     */
    void addTo(Map<String, Double> all) {
      all.merge(player + ".loss", loss / times, Double::sum);
      all.merge(player + ".grad_norm", norm / times, Double::sum);
      metrics.forEach((name, value) -> all.merge(player + "." + name, value / times, Double::sum));
    }
  }

  Outcome take() {
    double loss = 0;
    MetricsWindow figures = new MetricsWindow();
    seat.clearGradients();
    try {
      for (int micro = 0; micro < settings.accumulate(); micro++) {
        TrainingStep at = at(micro);
        for (int i = 0; i < passes().size(); i++) {
          loss += pass(at, i) / settings.accumulate();
        }
        at.metrics().forEach(figures::add);
      }
    } finally {
      seat.player().parts().forEach(part -> part.act(1));
      if (guarded()) {
        seats.forEach(Seat::recordAll);
      }
    }
    Tally found = together(loss, figures.drain());
    loss = found.loss();
    double norm = seat.clip();
    double rate = seat.player().learning().rate().at(step);
    boolean skip = !Double.isFinite(loss) || !Double.isFinite(norm);
    if (!skip) {
      seat.move(rate);
    }
    seat.clearGradients();
    return new Outcome(seat.player().name(), times, loss, norm, rate, skip, found.metrics());
  }

  /** What all workers found; everyone's gradients are the means then. */
  private Tally together(double loss, SequencedMap<String, Double> metrics) {
    Tally own = new Tally(loss, metrics, seat.gradients());
    if (world.share().isWhole()) {
      return own;
    }
    List<byte[]> all = world.exchange("a turn", own.bytes());
    Tally found = Tally.mean(all.stream().map(Tally::of).toList());
    seat.average(found.gradients(), world);
    return found;
  }

  private TrainingStep at(int micro) {
    return new TrainingStep(
        settings.seed(),
        step,
        micro,
        settings.accumulate(),
        seat.player().name(),
        turn,
        times,
        world);
  }

  private List<Pass> passes() {
    return seat.player().passes();
  }

  /** The loss of one pass, whose gradients are added to those that are there. */
  private double pass(TrainingStep at, int index) {
    Pass pass = passes().get(index);
    if (pass.share() < 1
        && new SplittableRandom(at.random().key("pass", index)).nextDouble() >= pass.share()) {
      return 0;
    }
    if (guarded()) {
      seats.forEach(other -> other.record(other == seat, pass));
    }
    seat.player().parts().forEach(part -> part.act(pass.scale(part)));
    at.enter(passes().size() == 1 ? "" : pass.name());
    // An objective that draws from libtorch's own generator (dropout) stays reproducible too.
    torch.manual_seed(
        index == 0 ? at.random().key("libtorch") : at.random().key("libtorch", index));
    seat.player().parts().forEach(part -> part.meet(at.random()));
    try {
      return Scopes.value(() -> forwardAndBackward(at, pass));
    } finally {
      seat.player().parts().forEach(TrainedPart::rest);
    }
  }

  /** Whether some parameters stand still in some pass. */
  private boolean guarded() {
    return seats.size() > 1 || passes().stream().anyMatch(pass -> !pass.isPlain());
  }

  private double forwardAndBackward(TrainingStep at, Pass pass) {
    Tensor loss = pass.objective().loss(at);
    if (loss.numel() != 1 || !loss.requires_grad()) {
      throw new IllegalStateException("an objective must return a scalar that carries gradients");
    }
    if (pass.weight() != 1) {
      loss = loss.mul(new Scalar(pass.weight()));
    }
    int parts = settings.accumulate();
    at.backward(parts == 1 ? loss : loss.div(new Scalar((double) parts)));
    return loss.item_double();
  }
}
