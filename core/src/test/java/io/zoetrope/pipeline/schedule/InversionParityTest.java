package io.zoetrope.pipeline.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.zoetrope.Parity;
import io.zoetrope.diffusion.Denoiser;
import io.zoetrope.diffusion.TimestepPlan;
import io.zoetrope.diffusion.X0Denoiser;
import io.zoetrope.diffusion.sampler.Noise;
import io.zoetrope.diffusion.sampler.Rise;
import io.zoetrope.diffusion.sampler.Sampler;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.RandomStreams;
import io.zoetrope.torch.Tensors;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * DDIM inversion without passes of the fixed point, step by step as {@code DDIMInverseScheduler}
 * takes it. Made by {@code reference/make_inversion.py}.
 */
class InversionParityTest {
  private static final int[] STEPS = {5, 20, 50};

  /** What the network was told, in the order of its calls. */
  private final List<Double> told = new ArrayList<>();

  /** The formula of make_schedulers.py. */
  private final Denoiser network =
      (x, t, conditioning) -> {
        told.add(t.select(0, 0).select(0, 0).item_double());
        Tensor phase = Ops.mul(t.to(ScalarType.Double), 0.003).view(t.size(0), 1, t.size(1), 1, 1);
        return Ops.mul(Ops.mul(x, 0.8).add(phase).sin(), 0.9).add(Ops.mul(x, 0.05));
      };

  @Test
  void everyStepUpIsTheReferences() throws IOException {
    try (Parity fixture = Parity.of("inversion")) {
      JsonNode cases = new JsonMapper().readTree(fixture.folder().resolve("cases.json").toFile());
      assertThat(cases.size()).isEqualTo(2);
      for (JsonNode one : cases) {
        for (int steps : STEPS) {
          rise(fixture, one, steps);
        }
      }
    }
  }

  private void rise(Parity fixture, JsonNode one, int steps) {
    String name = one.get("name").asString() + "." + steps;
    DiffusersScheduler config = new DiffusersScheduler(one.get("config"));
    Sampling sampling = config.sampling("ddim", steps);
    told.clear();
    double worst = 0;
    try (PointerScope scope = new PointerScope()) {
      X0Denoiser denoiser = X0Denoiser.of(network, sampling.schedule(), config.toPrediction());
      TimestepPlan down = TimestepPlan.uniform(sampling.levels(), 2);
      Tensor expected = fixture.get(name + ".latents");
      Tensor z = fixture.get("data").to(ScalarType.Double);
      try (Sampler.Run run =
          sampling
              .sampler()
              .begin(denoiser, Noise.of(new RandomStreams(1)))
              .rising(new Rise.Inverse(0))) {
        for (int step = 1; step <= steps; step++) {
          z = run.step(z, down.row_1F(steps - step + 1), down.row_1F(steps - step));
          double off = Parity.distance(z, expected.select(0, step).unsqueeze(0));
          assertThat(off).as("%s after step %s", name, step).isLessThan(Parity.MARK);
          worst = Math.max(worst, off);
        }
      }
      double[] theirs = Tensors.toDoubles(fixture.get(name + ".timesteps"));
      assertThat(told).as(name).hasSize(steps);
      for (int i = 0; i < steps; i++) {
        assertThat(told.get(i)).as("%s, told at step %s", name, i).isEqualTo(theirs[i]);
      }
    }
    System.out.printf(Locale.ROOT, "parity inversion %s: %.1e%n", name, worst);
  }
}
