package io.zoetrope.train;

import io.zoetrope.torch.Ops;
import io.zoetrope.torch.RandomStream;
import io.zoetrope.torch.RandomStreams;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * A run small enough for tests: a two-layer network learns {@code sin} of sums, with dropout from
 * libtorch's own generator, accumulation, clipping and averages. Has a main for child processes.
 */
final class TinyRun {
  private TinyRun() {}

  static TrainingSettings settings(long steps) {
    return new TrainingSettings(
        7,
        steps,
        2,
        new Learning(
            new AdamW.Options(0.9, 0.99, 1e-8, 0.01),
            new LearningRate(1e-2, 5, steps, 0.1),
            0.5,
            0.99),
        new TrainingSettings.Rhythm(7, 2, 5, 0),
        3);
  }

  static SequencedMap<String, Tensor> parameters(int width) {
    SequencedMap<String, Tensor> parameters = new LinkedHashMap<>();
    RandomStreams streams = new RandomStreams(1);
    parameters.put("in.weight", parameter(streams, "in.weight", 0.5, width, 4));
    parameters.put("in.bias", parameter(streams, "in.bias", 0, width));
    parameters.put("out.weight", parameter(streams, "out.weight", 0.2, 1, width));
    parameters.put("frozen", parameter(streams, "frozen", 1, 3).set_requires_grad(false));
    return parameters;
  }

  private static Tensor parameter(RandomStreams streams, String name, double scale, long... shape) {
    try (RandomStream random = streams.stream(name)) {
      return Scopes.keep(Scopes.tensor(() -> Ops.mul(random.normal(shape), scale)))
          .set_requires_grad(true);
    }
  }

  static Tensor get(Map<String, Tensor> tensors, String name) {
    return NamedTensors.get("the test", name, tensors);
  }

  /** The batch comes from a prefetching thread, as plain numbers. */
  static Objective objective(SequencedMap<String, Tensor> p, BatchSource<float[]> source) {
    return step -> {
      Tensor x = Tensors.of(source.batch(step.step(), step.micro()), 32, 4);
      Tensor y = x.sum(1).sin().unsqueeze(1);
      Tensor h = Ops.linear(x, get(p, "in.weight"), Optional.of(get(p, "in.bias"))).tanh();
      h = torch.dropout(h, 0.1, true);
      Tensor noise;
      try (RandomStream random = step.random().stream("noise")) {
        noise = Ops.mul(random.normal(32, 1), 0.01);
      }
      Tensor loss = Ops.mse(Ops.linear(h, get(p, "out.weight"), Optional.empty()), y.add(noise));
      step.metric("mse", loss.item_double());
      return loss;
    };
  }

  static List<Player> players(
      SequencedMap<String, Tensor> p, BatchSource<float[]> source, TrainingSettings settings) {
    return List.of(Player.only(p, objective(p, source), settings.learning()));
  }

  static float[] batch(long step, int micro) {
    try (RandomStream random = new RandomStreams(5).stream("data", step, micro)) {
      return Tensors.toFloats(random.normal(32, 4));
    }
  }

  static Trainer.Result train(Path root, long steps, boolean resume, TrainingListener listener) {
    SequencedMap<String, Tensor> parameters = parameters(16);
    TrainingSettings settings = settings(steps);
    try (RunFolder run = RunFolder.open(root, "name: tiny\n", resume);
        Prefetch<float[]> data =
            new Prefetch<>(TinyRun::batch, settings.accumulate(), 2, batch -> {});
        Trainer trainer = new Trainer(players(parameters, data, settings), settings, run)) {
      return trainer.run(listener);
    } finally {
      parameters.values().forEach(Scopes::free);
    }
  }

  /** Arguments: run folder, steps, milliseconds to rest after each step. Always resumes. */
  public static void main(String[] args) {
    torch.set_num_threads(1);
    long rest = Long.parseLong(args[2]);
    train(
        Path.of(args[0]),
        Long.parseLong(args[1]),
        true,
        new TrainingListener() {
          @Override
          public void step(StepReport report) {
            try {
              Thread.sleep(rest);
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
          }
        });
  }
}
