package io.zoetrope.pipeline.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.zoetrope.Parity;
import io.zoetrope.diffusion.Denoiser;
import io.zoetrope.diffusion.NoiseSchedule;
import io.zoetrope.diffusion.SampledSchedule;
import io.zoetrope.diffusion.TimestepPlan;
import io.zoetrope.diffusion.X0Denoiser;
import io.zoetrope.diffusion.sampler.Ddim;
import io.zoetrope.diffusion.sampler.Noise;
import io.zoetrope.diffusion.sampler.Sampler;
import io.zoetrope.diffusion.sampler.SamplerLoop;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.RandomStreams;
import io.zoetrope.torch.Tensors;
import java.io.IOException;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Whole runs of the public reference's schedulers against ours, step by step: the timesteps that
 * the network is told and the latents after each step. Made by {@code
 * reference/make_schedulers.py}, which says what the network is.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SchedulerParityTest {
  private static final int[] STEPS = {1, 2, 4, 7, 20};

  /** {@code max|difference| / max|expected|}, the largest over steps, by case. */
  private final Map<String, Double> reached = new TreeMap<>();

  /**
   * In f32 the reference's sigma_down of the first step from 4096 keeps three digits: the root of a
   * difference of nearly equal squares.
   */
  private static final Map<String, Double> MARKS = Map.of("euler-a-v-zero", 5e-4);

  private final Parity fixture = Parity.of("schedulers");
  private Map<String, Tensor> tensors = Map.of();

  @BeforeAll
  void open() {
    tensors = fixture.io().tensors();
  }

  @AfterAll
  void say() {
    fixture.close();
    reached.entrySet().stream()
        .sorted(Map.Entry.<String, Double>comparingByValue().reversed())
        .limit(5)
        .forEach(e -> System.out.printf("schedulers: %-26s %.1e%n", e.getKey(), e.getValue()));
  }

  static Stream<JsonNode> cases() throws IOException {
    JsonNode all;
    try (Parity fixture = Parity.of("schedulers")) {
      all = new JsonMapper().readTree(fixture.folder().resolve("cases.json").toFile());
    }
    return StreamSupport.stream(all.spliterator(), false);
  }

  /** The formula of make_schedulers.py. */
  private static final Denoiser NETWORK =
      (x, t, conditioning) -> {
        Tensor phase = Ops.mul(t, 0.003).view(t.size(0), 1, t.size(1), 1, 1);
        return Ops.mul(Ops.mul(x, 0.8).add(phase).sin(), 0.9).add(Ops.mul(x, 0.05));
      };

  private Noise noise() {
    Tensor start = Objects.requireNonNull(tensors.get("start"));
    Tensor noise = Objects.requireNonNull(tensors.get("noise"));
    return Noise.of(new RandomStreams(1))
        .with((use, draw, clip, frame) -> {
          Tensor all = use.equals("start") ? start : noise.select(0, draw);
          return Optional.of(all.select(0, clip).select(1, frame));
        });
  }

  @ParameterizedTest
  @MethodSource("cases")
  void everyStepIsTheReferences(JsonNode reference) {
    String name = reference.get("name").asString();
    DiffusersScheduler config = new DiffusersScheduler(reference.get("config"));
    for (int steps : STEPS) {
      if (tensors.get(name + "." + steps + ".latents") == null) {
        continue;
      }
      try (PointerScope scope = new PointerScope()) {
        Sampling sampling = config.sampling(config.sampler(), steps);
        SampledSchedule schedule = (SampledSchedule) sampling.schedule();
        double[] told =
            Tensors.toDoubles(
                Objects.requireNonNull(tensors.get(name + "." + steps + ".timesteps")));
        assertTold(name, schedule.timesteps(), told);
        double eta = reference.get("step").path("eta").asDouble();
        Sampler sampler =
            sampling.sampler() instanceof Ddim d
                ? new Ddim(eta, d.threshold())
                : sampling.sampler();
        run(name, steps, config, sampling, sampler);
      }
    }
  }

  private void run(
      String name, int steps, DiffusersScheduler config, Sampling sampling, Sampler sampler) {
    Tensor expected = Objects.requireNonNull(tensors.get(name + "." + steps + ".latents"));
    NoiseSchedule schedule = sampling.schedule();
    X0Denoiser denoiser = X0Denoiser.of(NETWORK, schedule, config.toPrediction());
    TimestepPlan plan = TimestepPlan.uniform(sampling.levels(), 2);
    Tensor z = SamplerLoop.start(plan, schedule, Tensors.zeros(1, 2, 2, 3, 3), noise());
    double worst = 0;
    try (Sampler.Run run = sampler.begin(denoiser, noise())) {
      for (int row = 0; row <= steps; row++) {
        if (row > 0) {
          z = run.step(z, plan.row_1F(row - 1), plan.row_1F(row));
        }
        Tensor there = expected.select(0, row).unsqueeze(0);
        double off = Parity.distance(z, there);
        assertThat(off)
            .as("%s, %d steps, after step %d", name, steps, row)
            .isLessThan(MARKS.getOrDefault(name, Parity.MARK));
        worst = Math.max(worst, off);
      }
    }
    reached.merge(name, worst, Math::max);
  }

  /**
   * Whole timesteps are equal. Those between two come from logarithms in f32, whose last digit
   * depends on whose library computes them.
   */
  private static void assertTold(String name, double[] ours, double[] theirs) {
    assertThat(ours).as(name).hasSameSizeAs(theirs);
    for (int i = 0; i < ours.length; i++) {
      if (theirs[i] == Math.rint(theirs[i])) {
        assertThat((float) ours[i]).as("%s, step %d", name, i).isEqualTo((float) theirs[i]);
      } else {
        assertThat(ours[i])
            .as("%s, step %d", name, i)
            .isCloseTo(theirs[i], within(1e-6 * Math.max(1, Math.abs(theirs[i]))));
      }
    }
  }
}
