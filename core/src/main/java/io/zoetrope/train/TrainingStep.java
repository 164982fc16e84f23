package io.zoetrope.train;

import io.zoetrope.torch.RandomStreams;
import io.zoetrope.torch.Recompute;
import io.zoetrope.torch.Segments;
import io.zoetrope.torch.Share;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.bytedeco.pytorch.Tensor;

/**
 * Where the loop is: one micro-batch of one step. Whatever an objective draws comes from {@link
 * #random}, which depends on the seed, step and micro-batch only.
 */
public final class TrainingStep {
  private final long step;
  private final int micro;
  private final int turn;
  private final long index;
  private final RandomStreams random;
  private final World world;
  private String pass = "";
  private final Map<String, Double> metrics = new TreeMap<>();
  private Optional<Recompute> recompute = Optional.empty();

  /** Of the only player, or the first. */
  public TrainingStep(long seed, long step, int micro, int accumulate) {
    this(seed, step, micro, accumulate, "", 0, 1, World.alone());
  }

  /**
   * @param player whose turn it is
   * @param turn of its turns in the step, 0-based
   * @param times turns that it has in the step
   * @param world who else trains
   */
  TrainingStep(
      long seed,
      long step,
      int micro,
      int accumulate,
      String player,
      int turn,
      int times,
      World world) {
    this.world = world;
    this.step = step;
    this.micro = micro;
    this.turn = turn;
    this.index = (step * times + turn) * accumulate + micro;
    RandomStreams streams = new RandomStreams(seed);
    this.random =
        player.isEmpty()
            ? streams.child("train", step, micro)
            : streams.child("train " + player, step, turn, micro);
  }

  /** The step, 0-based. */
  public long step() {
    return step;
  }

  /** The micro-batch within the step, 0..accumulate-1. */
  public int micro() {
    return micro;
  }

  /** The turn of its player within the step, 0-based. */
  public int turn() {
    return turn;
  }

  /** The micro-batch, counted from the beginning of training over all turns of its player. */
  public long index() {
    return index;
  }

  /**
   * Which rows of the micro-batch are computed here. What is drawn for rows is drawn for all of
   * them, of which these are taken.
   */
  public Share share() {
    return world.share();
  }

  /**
   * Puts the mean over all workers in the place of a tensor: for what depends on a whole batch in
   * another way than by a mean of losses. All call it, or none.
   */
  public Tensor mean(Tensor tensor) {
    if (!share().isWhole()) {
      world.mean("a mean of a loss", List.of(tensor));
    }
    return tensor;
  }

  /** Streams of this micro-batch alone. */
  public RandomStreams random() {
    return random;
  }

  /** Reports a figure beside the loss, to be averaged over micro-batches and logged. */
  public void metric(String name, double value) {
    metrics.put(pass.isEmpty() ? name : pass + "." + name, value);
  }

  /**
   * Runs the segments of a network such that their activations are recomputed in the backward pass
   * of this micro-batch: less memory, one more forward pass.
   */
  public Segments recompute() {
    if (recompute.isEmpty()) {
      recompute = Optional.of(new Recompute());
    }
    return recompute.get();
  }

  /** Goes on to a pass, whose figures get its name in front unless that is empty. */
  void enter(String pass) {
    this.pass = pass;
    recompute = Optional.empty();
  }

  /** The backward pass from the loss of this pass. */
  void backward(Tensor loss) {
    recompute.ifPresentOrElse(r -> r.backward(loss), loss::backward);
  }

  Map<String, Double> metrics() {
    return metrics;
  }
}
