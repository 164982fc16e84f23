package io.zoetrope.train;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.torch.Autograd;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.BiPredicate;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Adam with decoupled weight decay (Loshchilov &amp; Hutter, ICLR 2019, algorithm 2), in the
 * arithmetic of libtorch's own.
 */
public final class AdamW implements Optimizer {
  private static final String FIRST = "exp_avg.";
  private static final String SECOND = "exp_avg_sq.";
  private static final String STEPS = "steps";

  /**
   * @param beta1 decay of the first moment, 0..1
   * @param beta2 decay of the second moment, 0..1
   * @param eps added to the root of the second moment
   * @param weightDecay decoupled, times the learning rate
   */
  public record Options(double beta1, double beta2, double eps, double weightDecay)
      implements Optimizer.Options {
    public Options {
      if (!(beta1 >= 0 && beta1 < 1 && beta2 >= 0 && beta2 < 1)) {
        throw new UserError(
            Fault.INVALID, "betas must be 0 to below 1, are %s, %s".formatted(beta1, beta2));
      }
      if (!(eps > 0 && eps < 1)) {
        throw new UserError(Fault.INVALID, "eps must be above 0 and small, is " + eps);
      }
      if (!(weightDecay >= 0 && weightDecay <= 1e6)) {
        throw new UserError(Fault.INVALID, "weightDecay must be 0 to 1000000, is " + weightDecay);
      }
    }

    @Override
    public Options withoutDecay() {
      return new Options(beta1, beta2, eps, 0);
    }

    @Override
    public Optimizer over(SequencedMap<String, Tensor> parameters) {
      return new AdamW(parameters, this, DECAY_MATRICES);
    }
  }

  private static final class Slot {
    final String name;
    final Tensor parameter;
    final Tensor first;
    final Tensor second;
    final boolean decay;
    long steps;

    Slot(String name, Tensor parameter, boolean decay) {
      this.name = name;
      this.parameter = parameter;
      this.decay = decay;
      this.first = Scopes.keep(Scopes.tensor(() -> torch.zeros_like(parameter)));
      this.second = Scopes.keep(Scopes.tensor(() -> torch.zeros_like(parameter)));
    }
  }

  private final Options options;
  private final List<Slot> slots = new ArrayList<>();

  /**
   * @param parameters those that do not require gradients are left alone
   * @param decay which of them are decayed
   */
  public AdamW(
      SequencedMap<String, Tensor> parameters, Options options, BiPredicate<String, Tensor> decay) {
    this.options = options;
    parameters.forEach((name, p) -> {
      if (p.requires_grad()) {
        slots.add(new Slot(name, p, decay.test(name, p)));
      }
    });
  }

  @Override
  public void step(double learningRate) {
    Scopes.run(() ->
        Scopes.noGrad(() -> {
          slots.forEach(slot -> update(slot, learningRate));
          return true;
        }));
  }

  private void update(Slot slot, double learningRate) {
    Autograd.gradient(slot.parameter)
        .ifPresent(gradient -> Scopes.run(() -> update(slot, gradient, learningRate)));
  }

  private void update(Slot slot, Tensor g, double learningRate) {
    double beta1 = options.beta1;
    double beta2 = options.beta2;
    slot.steps++;
    if (slot.decay && options.weightDecay > 0) {
      slot.parameter.mul_(new Scalar(1 - learningRate * options.weightDecay));
    }
    slot.first.mul_(new Scalar(beta1)).add_(g, new Scalar(1 - beta1));
    slot.second.mul_(new Scalar(beta2)).addcmul_(g, g, new Scalar(1 - beta2));
    double correction1 = 1 - Math.pow(beta1, slot.steps);
    double correction2 = Math.sqrt(1 - Math.pow(beta2, slot.steps));
    Tensor denominator =
        slot.second.sqrt().div_(new Scalar(correction2)).add_(new Scalar(options.eps));
    slot.parameter.addcdiv_(slot.first, denominator, new Scalar(-learningRate / correction1));
  }

  /**
   * The whole state: both moments of each parameter under {@code exp_avg.NAME} and {@code
   * exp_avg_sq.NAME}, and {@code steps}, int64, in the order of the parameters. The moments are not
   * copies.
   */
  @Override
  public SequencedMap<String, Tensor> state() {
    SequencedMap<String, Tensor> state = new LinkedHashMap<>();
    for (Slot slot : slots) {
      state.put(FIRST + slot.name, slot.first);
      state.put(SECOND + slot.name, slot.second);
    }
    state.put(STEPS, Tensors.of(slots.stream().mapToLong(s -> s.steps).toArray(), slots.size()));
    return state;
  }

  @Override
  public void restore(String what, Map<String, Tensor> state) {
    long expected = 2L * slots.size() + 1;
    if (state.size() != expected) {
      throw new UserError(
          Fault.MISMATCH,
          "%s holds %s tensors where the run needs %s: other parameters were trained"
              .formatted(what, state.size(), expected));
    }
    for (Slot slot : slots) {
      NamedTensors.copyInto(what, FIRST + slot.name, state, slot.first);
      NamedTensors.copyInto(what, SECOND + slot.name, state, slot.second);
    }
    Tensor steps = NamedTensors.get(what, STEPS, state);
    if (steps.numel() != slots.size()) {
      throw new UserError(Fault.MISMATCH, what + " counts the steps of other parameters");
    }
    long[] counts = Tensors.toLongs(steps);
    for (int i = 0; i < counts.length; i++) {
      slots.get(i).steps = counts[i];
    }
  }

  @Override
  public void close() {
    for (Slot slot : slots) {
      Scopes.free(slot.first);
      Scopes.free(slot.second);
    }
  }
}
