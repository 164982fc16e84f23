package io.zoetrope.torch;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Activation checkpointing (Chen et al., "Training Deep Nets with Sublinear Memory Cost", 2016): a
 * segment keeps only its output; the backward pass runs it a second time, with gradients, and goes
 * on through that. Memory falls from all activations to those of one segment plus the boundaries,
 * for one more forward pass.
 *
 * <p>For one forward and one {@link #backward}, within one scope, on one thread. Random numbers
 * that a segment draws from libtorch's own CPU generator are the same both times.
 */
public final class Recompute implements Segments {
  private record Segment(
      Function<List<Tensor>, Tensor> body, List<Tensor> inputs, Tensor output, Tensor generator) {}

  private record Entry(Tensor inside, Tensor outside) {}

  private final Deque<Segment> segments = new ArrayDeque<>();
  private final List<Entry> entries = new ArrayList<>();

  /**
   * {@inheritDoc}
   *
   * <p>The result is a leaf on the same storage; its gradient is handed on to {@code x} at the end
   * of {@link #backward}. Use {@code x} itself no more, else its graph would be run twice.
   */
  @Override
  public Tensor enter(Tensor x) {
    if (!x.requires_grad() || x.is_leaf()) {
      return x;
    }
    Tensor inside = x.detach().set_requires_grad(true);
    entries.add(new Entry(inside, x));
    return inside;
  }

  @Override
  public Tensor run(Function<List<Tensor>, Tensor> segment, List<Tensor> inputs) {
    if (inputs.stream().anyMatch(x -> x.requires_grad() && !x.is_leaf())) {
      throw new IllegalArgumentException("an input of a segment must come through enter");
    }
    Tensor generator = generator().get_state();
    Tensor output =
        Scopes.tensor(() -> Scopes.noGrad(() -> segment.apply(inputs).detach()))
            .set_requires_grad(true);
    segments.push(new Segment(segment, List.copyOf(inputs), output, generator));
    return output;
  }

  /** Runs backwards from a scalar loss, through all segments, to what entered them. */
  public void backward(Tensor loss) {
    loss.backward();
    while (!segments.isEmpty()) {
      Segment segment = segments.pop();
      Optional<Tensor> gradient = Autograd.gradient(segment.output);
      gradient.ifPresent(g -> Scopes.run(() -> again(segment, g)));
      Autograd.clear(segment.output);
    }
    List<Tensor> outputs = new ArrayList<>();
    List<Tensor> gradients = new ArrayList<>();
    for (Entry entry : entries) {
      Autograd.gradient(entry.inside)
          .ifPresent(g -> {
            outputs.add(entry.outside);
            gradients.add(g);
          });
    }
    entries.clear();
    if (!outputs.isEmpty()) {
      Autograd.backward(outputs, gradients);
    }
  }

  /** The segment a second time; gradients gather at its inputs, which are leaves. */
  private static void again(Segment segment, Tensor gradient) {
    Tensor now = generator().get_state();
    generator().set_state(segment.generator);
    try {
      Tensor output = segment.body.apply(segment.inputs);
      // A segment may depend on nothing that wants a gradient.
      if (output.requires_grad()) {
        Autograd.backward(output, gradient);
      }
    } finally {
      generator().set_state(now);
    }
  }

  private static Generator generator() {
    return torch.getDefaultCPUGenerator();
  }
}
