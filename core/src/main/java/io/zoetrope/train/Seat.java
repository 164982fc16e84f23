package io.zoetrope.train;

import io.zoetrope.checkpoint.safetensors.Safetensors;
import io.zoetrope.checkpoint.safetensors.SafetensorsFile;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.torch.AtomicFiles;
import io.zoetrope.torch.Autograd;
import io.zoetrope.torch.Finite;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.bytedeco.pytorch.Tensor;

/** A player at the game: its optimisers, its averages, its files. */
final class Seat implements AutoCloseable {
  private final Player player;
  private final SequencedMap<String, Tensor> parameters;
  private final SequencedMap<String, Tensor> trained = new LinkedHashMap<>();
  private final SequencedMap<String, Tensor> frozen = new LinkedHashMap<>();
  private final List<Mover> movers = new ArrayList<>();
  private final Ema ema;

  /**
   * What moves parameters of a part.
   *
   * @param prefix of its state in checkpoints
   */
  private record Mover(String prefix, Optimizer optimizer, double rate) {}

  Seat(Player player) {
    this.player = player;
    this.parameters = player.parameters();
    parameters.forEach((name, p) -> (p.requires_grad() ? trained : frozen).put(name, p));
    Optimizer.Options options = player.learning().optimizer();
    for (TrainedPart part : player.parts()) {
      for (TrainedPart.Group group : part.groups()) {
        Optimizer.Options own = group.decays() ? options : options.withoutDecay();
        movers.add(new Mover(prefix(part, group), own.over(group.parameters()), group.rate()));
      }
    }
    this.ema = new Ema(parameters, player.learning().ema());
  }

  Player player() {
    return player;
  }

  Ema ema() {
    return ema;
  }

  /** Has gradients recorded for the parts that learn from a pass, or for none. */
  void record(boolean turn, Pass pass) {
    for (TrainedPart part : player.parts()) {
      boolean on = turn && pass.teaches(part);
      part.parameters()
          .forEach((name, p) -> {
            if (trained.containsKey(name)) {
              p.set_requires_grad(on);
            }
          });
    }
  }

  /** Has every part recorded that is trained. */
  void recordAll() {
    trained.values().forEach(p -> p.set_requires_grad(true));
  }

  void clearGradients() {
    trained.values().forEach(Autograd::clear);
  }

  /** Which of what is trained has a gradient. */
  BitSet gradients() {
    BitSet there = new BitSet();
    int at = 0;
    for (Tensor p : trained.values()) {
      there.set(at++, p.grad().defined());
    }
    return there;
  }

  /**
   * Averages gradients over all workers.
   *
   * @param which of what is trained has one at any of them
   */
  void average(BitSet which, World world) {
    List<Tensor> some = new ArrayList<>(trained.values());
    Scopes.run(() -> {
      List<Tensor> gradients = new ArrayList<>();
      which.stream()
          .mapToObj(some::get)
          .forEach(p -> {
            if (!p.grad().defined()) {
              Autograd.zero(p);
            }
            gradients.add(Autograd.gradient(p).orElseThrow());
          });
      world.mean("gradients", gradients);
    });
  }

  /** Adds what is trained to a digest. */
  void digest(MessageDigest digest) {
    trained.values().forEach(p -> digest.update(Tensors.toBytes(p)));
  }

  /** Limits the gradients; the norm before. */
  double clip() {
    return GradientClip.clip(trained.values(), player.learning().clip());
  }

  /** Moves all parts, and the averages after them. */
  void move(double rate) {
    movers.forEach(mover -> mover.optimizer.step(rate * mover.rate));
    player.parts().forEach(TrainedPart::moved);
    ema.update();
  }

  /** Figures of its parts, each with the name of the player and of the part before it. */
  Map<String, Double> figures() {
    Map<String, Double> all = new LinkedHashMap<>();
    String who = player.name().isEmpty() ? "" : player.name() + ".";
    for (TrainedPart part : player.parts()) {
      String which = part.name().isEmpty() ? "" : part.name() + ".";
      part.figures().forEach((name, value) -> all.put(who + which + name, value));
    }
    return all;
  }

  private String file(String what) {
    return (player.name().isEmpty() ? "" : player.name() + ".") + what + ".safetensors";
  }

  /** What is not trained lies in the run's folder once, not in every checkpoint. */
  void keepFrozen(Path run) {
    Path file = run.resolve(file("frozen"));
    if (!frozen.isEmpty() && !Files.exists(file)) {
      AtomicFiles.file(file, staged -> Safetensors.write(staged, frozen, Map.of()));
    }
  }

  /**
   * Requires that what is trained is finite: a checkpoint of anything else takes a good one's
   * place.
   */
  void requireFinite(long step) {
    trained.forEach((name, p) -> {
      if (!Finite.all(p)) {
        throw new UserError(
            Fault.INVALID,
            "step %s: '%s' has numbers that are not finite; the checkpoint before is kept"
                .formatted(step, name),
            "lower optimizer.lr, or use precision f32");
      }
    });
  }

  /** Writes what is trained. */
  void save(Path folder, Map<String, String> metadata) {
    SequencedMap<String, Tensor> averages = new LinkedHashMap<>(ema.tensors());
    averages.keySet().retainAll(trained.keySet());
    Safetensors.write(folder.resolve(file("model")), trained, metadata);
    Safetensors.write(folder.resolve(file("ema")), averages, metadata);
    Scopes.run(() -> {
      SequencedMap<String, Tensor> state = new LinkedHashMap<>();
      movers.forEach(mover ->
          mover
              .optimizer
              .state()
              .forEach((name, tensor) -> state.put(mover.prefix + name, tensor)));
      Safetensors.write(folder.resolve(file("optimizer")), state, metadata);
    });
  }

  private static String prefix(TrainedPart part, TrainedPart.Group group) {
    String own = part.name().isEmpty() ? "" : part.name() + "/";
    return group.name().isEmpty() ? own : own + group.name() + "/";
  }

  /** Reads it back. Older checkpoints hold what is frozen as well. */
  void restore(Path run, Path checkpoint, long emaUpdates) {
    Path kept = run.resolve(file("frozen"));
    if (!frozen.isEmpty() && Files.exists(kept)) {
      try (SafetensorsFile file = Safetensors.open(kept)) {
        Map<String, Tensor> weights = file.tensors();
        frozen.forEach((name, p) -> NamedTensors.copyInto(kept.toString(), name, weights, p));
      }
    }
    try (SafetensorsFile file = Safetensors.open(checkpoint.resolve(file("model")))) {
      Map<String, Tensor> weights = file.tensors();
      String what = file.path().toString();
      trained.forEach((name, p) -> NamedTensors.copyInto(what, name, weights, p));
      for (String name : weights.keySet()) {
        if (!parameters.containsKey(name)) {
          throw new UserError(
              Fault.MISMATCH, what + " has '" + name + "', which the model does not know");
        }
        if (frozen.containsKey(name)) {
          NamedTensors.copyInto(what, name, weights, NamedTensors.get(what, name, frozen));
        }
      }
    }
    try (SafetensorsFile file = Safetensors.open(checkpoint.resolve(file("optimizer")))) {
      restoreOptimizers(file.path().toString(), file.tensors());
    }
    try (SafetensorsFile file = Safetensors.open(checkpoint.resolve(file("ema")))) {
      ema.restore(file.path().toString(), file.tensors(), emaUpdates);
    }
  }

  private void restoreOptimizers(String what, Map<String, Tensor> state) {
    int used = 0;
    for (Mover mover : movers) {
      Map<String, Tensor> own = new LinkedHashMap<>();
      state.forEach((name, tensor) -> {
        if (name.startsWith(mover.prefix)) {
          own.put(name.substring(mover.prefix.length()), tensor);
        }
      });
      mover.optimizer.restore(what, own);
      used += own.size();
    }
    if (used != state.size()) {
      throw new UserError(Fault.MISMATCH, what + " belongs to a run that trained other parts");
    }
  }

  @Override
  public void close() {
    movers.forEach(mover -> mover.optimizer.close());
    ema.close();
  }
}
