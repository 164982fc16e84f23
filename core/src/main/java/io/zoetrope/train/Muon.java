package io.zoetrope.train;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.torch.Autograd;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.Precision;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.regex.Pattern;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Momentum made orthogonal (Jordan et al., "Muon: an optimizer for hidden layers in neural
 * networks", 2024): each matrix inside a numbered block moves by the nearest semi-orthogonal matrix
 * to its Nesterov momentum, times {@code 0.2 sqrt(max(rows, columns))}, so that its steps are as
 * long as AdamW's and share its learning rate and decay (Liu et al., "Muon is scalable for LLM
 * training", 2025, section 2.2). All other parameters (embeddings, the last layer, biases, gains,
 * tables) are AdamW's. Kernels count as matrices of outputs by inputs times places.
 */
public final class Muon implements Optimizer {
  private static final String MOMENTUM = "momentum.";
  private static final String ADAM = "adamw.";
  private static final Pattern IN_BLOCK = Pattern.compile(".*\\.\\d+\\..*weight");

  /** The quintic iteration's coefficients: they push singular values fast into about 0.7..1.2. */
  private static final double A = 3.4445;

  private static final double B = -4.7750;
  private static final double C = 2.0315;

  /**
   * @param momentum 0..1
   * @param iterations of Newton-Schulz, at least 1
   * @param rest for what is no matrix; its weight decay goes for all
   */
  public record Options(double momentum, int iterations, AdamW.Options rest)
      implements Optimizer.Options {
    public Options {
      if (!(momentum >= 0 && momentum < 1)) {
        throw new UserError(Fault.INVALID, "momentum must be 0 to below 1, is " + momentum);
      }
      TrainingSettings.atLeast("iterations", 1, iterations);
    }

    @Override
    public Options withoutDecay() {
      return new Options(momentum, iterations, rest.withoutDecay());
    }

    @Override
    public Optimizer over(SequencedMap<String, Tensor> parameters) {
      return new Muon(parameters, this);
    }
  }

  private record Slot(String name, Tensor parameter, Tensor momentum) {
    /** The gradient as a matrix [rows, columns]. */
    Optional<Tensor> gradient() {
      return Autograd.gradient(parameter).map(g -> g.reshape(parameter.size(0), -1));
    }
  }

  private final Options options;

  /** Matrices of one shape each: they are made orthogonal together. */
  private final List<List<Slot>> groups;

  private final AdamW rest;

  Muon(SequencedMap<String, Tensor> parameters, Options options) {
    this.options = options;
    SequencedMap<String, Tensor> others = new LinkedHashMap<>();
    Map<List<Long>, List<Slot>> byShape = new LinkedHashMap<>();
    parameters.forEach((name, p) -> {
      if (!p.requires_grad() || p.dim() < 2 || !IN_BLOCK.matcher(name).matches()) {
        others.put(name, p);
        return;
      }
      long rows = p.size(0);
      long columns = p.numel() / rows;
      byShape
          .computeIfAbsent(List.of(rows, columns), shape -> new ArrayList<>())
          .add(new Slot(name, p, Scopes.keep(Tensors.zeros(rows, columns))));
    });
    groups = List.copyOf(byShape.values());
    rest = new AdamW(others, options.rest, DECAY_MATRICES);
  }

  @Override
  public void step(double learningRate) {
    rest.step(learningRate);
    Scopes.run(() ->
        Scopes.noGrad(() -> {
          groups.forEach(group -> Scopes.run(() -> update(group, learningRate)));
          return true;
        }));
  }

  private void update(List<Slot> group, double learningRate) {
    List<Slot> moving = new ArrayList<>();
    List<Tensor> directions = new ArrayList<>();
    for (Slot slot : group) {
      slot.gradient()
          .ifPresent(g -> {
            slot.momentum.mul_(new Scalar(options.momentum)).add_(g);
            moving.add(slot);
            directions.add(Ops.addScaled(g, slot.momentum, options.momentum));
          });
    }
    if (moving.isEmpty()) {
      return;
    }
    Tensor orthogonal = orthogonalize(Tensors.stack(directions, 0), options.iterations);
    double size = 0.2 * Math.sqrt(Math.max(orthogonal.size(1), orthogonal.size(2))) * learningRate;
    double keep = 1 - learningRate * options.rest.weightDecay();
    for (int i = 0; i < moving.size(); i++) {
      Tensor p = moving.get(i).parameter;
      p.mul_(new Scalar(keep))
          .sub_(orthogonal.select(0, i).reshape(Tensors.shape(p)), new Scalar(size));
    }
  }

  /**
   * About {@code U V'} of each matrix {@code U S V'}: singular values between 0.68 and 1.13 or so.
   *
   * @param g_NRC f32; matrices of zeros stay zero
   * @return [N, R, C] f32
   */
  static Tensor orthogonalize(Tensor g_NRC, int iterations) {
    boolean tall = g_NRC.size(1) > g_NRC.size(2);
    long n = g_NRC.size(0);
    Tensor norm_N = g_NRC.reshape(n, -1).square().sum(1).sqrt();
    Tensor x = g_NRC.div(Ops.add(norm_N, 1e-12).reshape(n, 1, 1));
    x = tall ? x.transpose(1, 2).contiguous() : x;
    // Each round rounds anew and the next one mends it: bf16 is enough.
    if (Precision.hasNativeBf16()) {
      x = x.to(ScalarType.BFloat16);
    }
    for (int i = 0; i < iterations; i++) {
      Tensor a = torch.bmm(x, x.transpose(1, 2));
      Tensor b = torch.baddbmm(a, a, a, new Scalar(B), new Scalar(C));
      x = torch.baddbmm(x, b, x, new Scalar(A), new Scalar(1.0));
    }
    x = x.to(ScalarType.Float);
    return tall ? x.transpose(1, 2) : x;
  }

  @Override
  public SequencedMap<String, Tensor> state() {
    SequencedMap<String, Tensor> state = new LinkedHashMap<>();
    groups.forEach(group -> group.forEach(slot -> state.put(MOMENTUM + slot.name, slot.momentum)));
    rest.state().forEach((name, tensor) -> state.put(ADAM + name, tensor));
    return state;
  }

  @Override
  public void restore(String what, Map<String, Tensor> state) {
    Map<String, Tensor> adam = new LinkedHashMap<>();
    long momenta = 0;
    for (Map.Entry<String, Tensor> entry : state.entrySet()) {
      if (entry.getKey().startsWith(ADAM)) {
        adam.put(entry.getKey().substring(ADAM.length()), entry.getValue());
      } else {
        momenta++;
      }
    }
    long expected = groups.stream().mapToLong(List::size).sum();
    if (momenta != expected) {
      throw new UserError(
          Fault.MISMATCH,
          "%s holds %s momenta where the run needs %s: other parameters or another optimizer were trained"
              .formatted(what, momenta, expected));
    }
    groups.forEach(group ->
        group.forEach(
            slot -> NamedTensors.copyInto(what, MOMENTUM + slot.name, state, slot.momentum)));
    rest.restore(what, adam);
  }

  @Override
  public void close() {
    groups.forEach(group -> group.forEach(slot -> Scopes.free(slot.momentum)));
    rest.close();
  }
}
