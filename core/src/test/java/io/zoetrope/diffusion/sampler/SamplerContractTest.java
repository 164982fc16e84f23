package io.zoetrope.diffusion.sampler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.zoetrope.diffusion.NoiseSchedule;
import io.zoetrope.diffusion.Threshold;
import io.zoetrope.diffusion.TimestepPlan;
import io.zoetrope.diffusion.X0Denoiser;
import io.zoetrope.diffusion.discrete.AlphaBars;
import io.zoetrope.diffusion.discrete.DdimSteps;
import io.zoetrope.diffusion.discrete.DdpmSteps;
import io.zoetrope.diffusion.discrete.Discretisation;
import io.zoetrope.diffusion.discrete.DpmFlowSteps;
import io.zoetrope.diffusion.discrete.DpmSteps;
import io.zoetrope.diffusion.discrete.EulerSteps;
import io.zoetrope.diffusion.discrete.FinalSigma;
import io.zoetrope.diffusion.discrete.FlowSteps;
import io.zoetrope.diffusion.discrete.LcmSteps;
import io.zoetrope.diffusion.discrete.SigmaSpacing;
import io.zoetrope.diffusion.discrete.TimestepSpacing;
import io.zoetrope.diffusion.discrete.UniPcFlowSteps;
import io.zoetrope.progress.Progress;
import io.zoetrope.progress.Report;
import io.zoetrope.torch.RandomStream;
import io.zoetrope.torch.RandomStreams;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.CancellationException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What every sampler promises under every schedule. Nothing here knows which sampler it has. */
class SamplerContractTest {
  static final List<Sampler> SAMPLERS =
      List.of(
          new Ancestral(0),
          new Ancestral(0.3),
          new Ancestral(1),
          new Unclip(),
          new UniPc(),
          new UniPc(1, UniPc.Scale.BH1, DpmSolverPlusPlus2M.Last.AS_OTHERS, Threshold.NONE),
          new Ddim(0),
          new Ddim(0.5),
          new Ddim(1),
          new Euler(),
          new FlowEuler(),
          new Heun(),
          new Heun(Optional.of(Path.SIGMA)),
          new Heun(Optional.of(Path.FLOW)),
          new Ddim(0.5, new Threshold.Clip(5)),
          new DpmSolverPlusPlus2M(),
          new DpmSolverPlusPlus2M(
              DpmSolverPlusPlus2M.Equation.ODE,
              DpmSolverPlusPlus2M.Rule.HEUN,
              DpmSolverPlusPlus2M.Last.AS_OTHERS,
              Ancestral.End.MEAN,
              new Threshold.Clip(5)),
          new DpmSolverPlusPlus2M(
              DpmSolverPlusPlus2M.Equation.SDE,
              DpmSolverPlusPlus2M.Rule.MIDPOINT,
              DpmSolverPlusPlus2M.Last.FIRST_ORDER,
              Ancestral.End.MEAN,
              Threshold.NONE),
          new Lcm(),
          new Pndm(),
          new PredictorCorrector(0),
          new PredictorCorrector(0.3, 3, 0.2));

  private static final AlphaBars SD = AlphaBars.scaledLinear(1000, 0.00085, 0.012);

  private static final List<Discretisation> WALKS =
      List.of(
          new DdimSteps(SD, TimestepSpacing.LINSPACE, 1, false),
          new DdimSteps(SD.withZeroSnr(), TimestepSpacing.TRAILING, 0, true),
          new DpmFlowSteps(3),
          new UniPcFlowSteps(5, OptionalDouble.empty(), FinalSigma.ZERO),
          new DpmSteps(
              SD,
              TimestepSpacing.LINSPACE,
              0,
              SigmaSpacing.KARRAS,
              FinalSigma.ZERO,
              Double.NEGATIVE_INFINITY,
              DpmSteps.Whole.ROUNDED),
          new EulerSteps(
              SD,
              TimestepSpacing.LEADING,
              1,
              SigmaSpacing.KARRAS,
              EulerSteps.Range.OWN,
              FinalSigma.ZERO,
              EulerSteps.Told.TIMESTEP),
          new FlowSteps(3, OptionalDouble.empty(), SigmaSpacing.TIMESTEPS),
          new LcmSteps(SD, 50),
          DdpmSteps.unclip(SD));

  static final List<NoiseSchedule> SCHEDULES =
      Stream.concat(
              Stream.of(
                  NoiseSchedule.cosine(),
                  NoiseSchedule.linear(),
                  NoiseSchedule.scaledLinear(),
                  NoiseSchedule.karras(),
                  NoiseSchedule.flow(1),
                  NoiseSchedule.flow(3)),
              WALKS.stream().map(walk -> walk.over(walk instanceof LcmSteps ? 4 : 5)))
          .toList();

  private static List<Class<?>> classes(List<?> values) {
    return values.stream().<Class<?>>map(Object::getClass).distinct().toList();
  }

  /** A sampler, a schedule or a walk that is not in the lists would promise nothing. */
  @Test
  void everyKindIsThere() {
    assertThat(classes(WALKS))
        .containsExactlyInAnyOrder(Discretisation.class.getPermittedSubclasses());
    assertThat(classes(SCHEDULES))
        .containsExactlyInAnyOrder(NoiseSchedule.class.getPermittedSubclasses());
    List<String> samplers =
        new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages("io.zoetrope")
                .stream()
                .filter(c -> c.isAssignableTo(Sampler.class) && !c.isInterface())
                .map(c -> c.getName())
                .toList();
    assertThat(classes(SAMPLERS).stream().map(Class::getName).toList())
        .containsExactlyInAnyOrderElementsOf(samplers);
  }

  static Stream<Arguments> everyPair() {
    return SAMPLERS.stream()
        .flatMap(sampler -> SCHEDULES.stream().map(schedule -> Arguments.of(sampler, schedule)));
  }

  private static final Noise NOISE = Noise.of(new RandomStreams(7), 2);

  private static Tensor video(String name, long frames) {
    try (RandomStream stream = new RandomStreams(3).stream(name)) {
      return stream.normal(2, 3, frames, 4, 4);
    }
  }

  /** The exact denoiser of data that are standard normal. */
  private static X0Denoiser standardNormal(NoiseSchedule schedule) {
    return new Mixture(schedule, new double[] {1}, new double[] {0}, new double[] {1});
  }

  private static byte[] frame(Tensor video, long frame) {
    return Tensors.toBytes(video.select(2, frame));
  }

  @ParameterizedTest
  @MethodSource("everyPair")
  void heldFramesAreUnchangedToTheLastBit(Sampler sampler, NoiseSchedule schedule) {
    try (PointerScope scope = new PointerScope();
        Sampler.Run run = sampler.begin(standardNormal(schedule), NOISE)) {
      double[][] rows = {
        {0, 0.37, 1, 1, 1, 0.2},
        {0, 0.37, 1, 0.6, 0.9, 0.2},
        {0, 0.37, 1, 0.3, 0.9, 0.2},
        {0, 0.37, 1, 0.3, 0, 0.8},
        {0, 0.37, 1, 0, 0, 0.8},
      };
      Tensor z = video("z", 6);
      for (int row = 0; row + 1 < rows.length; row++) {
        Tensor next = run.step(z, Tensors.of(rows[row], 1, 6), Tensors.of(rows[row + 1], 1, 6));
        for (int f = 0; f < 6; f++) {
          if (rows[row][f] == rows[row + 1][f]) {
            assertThat(frame(next, f)).as("row %d frame %d", row, f).isEqualTo(frame(z, f));
          } else {
            assertThat(frame(next, f)).as("row %d frame %d", row, f).isNotEqualTo(frame(z, f));
          }
        }
        for (float x : Tensors.toFloats(next)) {
          assertThat(x).isFinite();
        }
        z = next;
      }
    }
  }

  @ParameterizedTest
  @MethodSource("everyPair")
  void fromPureNoiseToCleanIsFinite(Sampler sampler, NoiseSchedule schedule) {
    try (PointerScope scope = new PointerScope()) {
      for (int steps : new int[] {1, 2, 3, 10}) {
        TimestepPlan plan = TimestepPlan.uniform(schedule.spacing(steps), 3);
        Tensor start = SamplerLoop.start(plan, schedule, video("content", 3), NOISE);
        Tensor end =
            new SamplerLoop(sampler, standardNormal(schedule))
                .run(plan, start, NOISE, Progress.NONE);
        for (float x : Tensors.toFloats(end)) {
          assertThat(x).isFinite();
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("everyPair")
  void risingRowsHaveTheForwardMarginal(Sampler sampler, NoiseSchedule schedule) {
    try (PointerScope scope = new PointerScope();
        Sampler.Run run = sampler.begin(standardNormal(schedule), Noise.of(new RandomStreams(1)))) {
      // x0 is 2 everywhere, so z at level u has mean 2 alpha(u) and deviation sigma(u).
      Tensor x0 = Tensors.full(2, 1, 1, 2, 100, 100);
      double[] from = {0.3, 0.5};
      double[] to = {0.7, 0.2};
      Tensor eps;
      try (RandomStream stream = new RandomStreams(9).stream("eps")) {
        eps = stream.normal(1, 1, 2, 100, 100);
      }
      Tensor z = schedule.noisyInput(x0, eps, Tensors.of(from, 1, 2));
      Tensor up = run.step(z, Tensors.of(from, 1, 2), Tensors.of(to, 1, 2)).select(2, 0);
      double mean = up.mean().item_double();
      double deviation = up.std().item_double();
      double sigma = schedule.sigma(0.7);
      assertThat(mean)
          .isCloseTo(2 * schedule.alpha(0.7), org.assertj.core.data.Offset.offset(0.05 * sigma));
      assertThat(deviation).isCloseTo(sigma, org.assertj.core.data.Offset.offset(0.04 * sigma));
    }
  }

  @ParameterizedTest
  @MethodSource("everyPair")
  void oneSamplerServesManyRunsAtOnce(Sampler sampler, NoiseSchedule schedule) throws Exception {
    Supplier<byte[]> job =
        () -> {
          try (PointerScope scope = new PointerScope()) {
            TimestepPlan plan =
                TimestepPlan.uniform(schedule.spacing(5), 4).holdClean(0).resample(1, 3, 1);
            Tensor start = SamplerLoop.start(plan, schedule, video("content", 4), NOISE);
            return Tensors.toBytes(
                new SamplerLoop(sampler, standardNormal(schedule))
                    .run(plan, start, NOISE, Progress.NONE));
          }
        };
    byte[] alone = job.get();
    try (var threads = Executors.newFixedThreadPool(3)) {
      List<Future<byte[]>> together = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        together.add(threads.submit(job::get));
      }
      for (Future<byte[]> result : together) {
        assertThat(Arrays.equals(result.get(), alone)).isTrue();
      }
    }
  }

  /** Ends a walk at a row, and takes it up there. */
  private static final class Cut implements Halts {
    private final int at;
    private Optional<Begun> kept = Optional.empty();
    private boolean again;

    Cut(int at) {
      this.at = at;
    }

    @Override
    public Optional<Begun> begin(TimestepPlan plan, boolean remembers) {
      return kept;
    }

    @Override
    public boolean endsAt(int row) {
      return !again && row == at;
    }

    @Override
    public void keep(TimestepPlan plan, Begun walked) {
      again = true;
      Map<String, Tensor> past = new LinkedHashMap<>();
      walked.past().forEach((name, tensor) -> past.put(name, Scopes.keep(tensor.clone())));
      kept = Optional.of(new Begun(walked.row(), Scopes.keep(walked.z_BCFHW().clone()), past));
    }
  }

  @ParameterizedTest
  @MethodSource("everyPair")
  void aWalkThatIsTakenUpEndsAsIfItHadNotEnded(Sampler sampler, NoiseSchedule schedule) {
    try (PointerScope scope = new PointerScope()) {
      TimestepPlan plan =
          TimestepPlan.uniform(schedule.spacing(5), 4).holdClean(0).resample(1, 3, 1);
      Tensor start = SamplerLoop.start(plan, schedule, video("content", 4), NOISE);
      SamplerLoop loop = new SamplerLoop(sampler, standardNormal(schedule));
      Tensor whole = loop.run(plan, start, NOISE, Progress.NONE);
      Cut cut = new Cut(3);
      Tensor estimate = loop.run(plan, start, NOISE, Progress.NONE, cut);
      assertThat(frame(estimate, 0)).isEqualTo(frame(whole, 0));
      Tensor rest = loop.run(plan, start, NOISE, Progress.NONE, cut);
      assertThat(Tensors.toBytes(rest)).isEqualTo(Tensors.toBytes(whole));
    }
  }

  @Test
  void progressIsReportedAndCancels() {
    try (PointerScope scope = new PointerScope()) {
      NoiseSchedule schedule = NoiseSchedule.flow(1);
      TimestepPlan plan = TimestepPlan.uniform(5, 2);
      List<Long> reports = new ArrayList<>();
      Progress progress =
          new Progress() {
            @Override
            public void update(Report report) {
              assertThat(report.total()).isEqualTo(5);
              assertThat(report.preview().get().orElseThrow().size(2)).isEqualTo(2);
              reports.add(report.done());
            }

            @Override
            public boolean cancelled() {
              return reports.size() == 3;
            }
          };
      SamplerLoop loop = new SamplerLoop(new Euler(), standardNormal(schedule));
      assertThatThrownBy(() -> loop.run(plan, video("z", 2), NOISE, progress))
          .isInstanceOf(CancellationException.class)
          .hasMessageContaining("3 of 5");
      assertThat(reports).containsExactly(1L, 2L, 3L);
    }
  }

  @Test
  void aFramesNoiseDoesNotDependOnHowManyFollow() {
    try (PointerScope scope = new PointerScope()) {
      Tensor eight = NOISE.normal("start", 0, Tensors.zeros(2, 3, 8, 4, 4));
      Tensor sixteen = NOISE.normal("start", 0, Tensors.zeros(2, 3, 16, 4, 4));
      assertThat(Tensors.toBytes(sixteen.narrow(2, 0, 8))).isEqualTo(Tensors.toBytes(eight));
      assertThat(frame(eight, 0)).isNotEqualTo(frame(eight, 1));
      Noise one = Noise.of(new RandomStreams(7), 1);
      assertThat(Tensors.toBytes(one.normal("start", 0, Tensors.zeros(1, 3, 8, 4, 4))))
          .isEqualTo(Tensors.toBytes(eight.narrow(0, 0, 1)));
    }
  }
}
