package io.zoetrope.diffusion.guidance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.diffusion.Levels;
import io.zoetrope.diffusion.NoiseSchedule;
import io.zoetrope.diffusion.Prediction;
import io.zoetrope.diffusion.X0Denoiser;
import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.diffusion.guidance.ReconstructionGuidance.Activations;
import io.zoetrope.diffusion.sampler.Noise;
import io.zoetrope.torch.Autograd;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.RandomStream;
import io.zoetrope.torch.RandomStreams;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ReconstructionGuidanceTest {
  private static final NoiseSchedule SCHEDULE = NoiseSchedule.cosine();
  private static final Noise NOISE = Noise.of(new RandomStreams(4));
  private static final double[] LEVELS = {0.5, 0.5, 0.8, 0.3};

  private PointerScope scope = new PointerScope();

  @BeforeEach
  void open() {
    scope = new PointerScope();
  }

  @AfterEach
  void close() {
    scope.close();
  }

  private static Tensor normal(String name, long... shape) {
    try (RandomStream stream = new RandomStreams(2).stream(name)) {
      return stream.normal(shape).to(ScalarType.Double);
    }
  }

  private static Tensor u_BF() {
    return Tensors.of(LEVELS.clone(), 1, LEVELS.length);
  }

  /** A small network in f64 that mixes frames, places and channels, none of them linearly. */
  private static X0Denoiser curved(Prediction prediction) {
    return X0Denoiser.of(
        (z, told, c) -> {
          Tensor frames = normal("frames", z.size(2), z.size(2));
          Tensor rows = normal("rows", z.size(3), z.size(3));
          Tensor hidden = LinearGaussian.times(frames, z.tanh());
          hidden = hidden.add(rows.matmul(z)).add(z.mul(Ops.mean(z, 1).unsqueeze(1)));
          Tensor out = hidden.tanh().add(Ops.mul(z.sin(), 0.3));
          return c.get(Conditioning.POOLED).map(p -> out.mul(p.view(-1, 1, 1, 1, 1))).orElse(out);
        },
        SCHEDULE,
        prediction);
  }

  private static Map<String, Known> everyMeasurement(Tensor video) {
    Map<String, Known> all = new LinkedHashMap<>();
    all.put("frames", Known.frames(video, true, false, false, true));
    Tensor half = Tensors.of(new double[] {1, 1, 0, 1}, 1, 1, 1, 1, 4).to(ScalarType.Bool);
    all.put("region", new Known(new Measurement.Region(half), video));
    for (Downsampling kernel : Downsampling.values()) {
      Measurement down = new Measurement.Downsampled(2, 2, kernel);
      all.put("down-sampled " + kernel, new Known(down, Scopes.noGrad(() -> down.apply(video))));
    }
    Measurement decoded =
        new Measurement.Decoded(
            x -> Tensors.cat(List.of(x.tanh(), x.sin()), 4),
            new Measurement.Downsampled(2, 3, Downsampling.AREA));
    all.put("decoded", new Known(decoded, decoded.apply(video)));
    return all;
  }

  private static double[] finiteDifferences(
      X0Denoiser base, List<Known> known, Tensor z, Conditioning c) {
    double h = 1e-5;
    double[] at = Tensors.toDoubles(z);
    double[] slope = new double[at.length];
    for (int i = 0; i < at.length; i++) {
      int place = i;
      double[] error = new double[2];
      for (int side = 0; side < 2; side++) {
        double[] moved = at.clone();
        moved[place] += side == 0 ? h : -h;
        error[side] =
            Scopes.value(() -> {
              Tensor x0 = base.x0(Tensors.of(moved, Tensors.shape(z)), u_BF(), c);
              return known.stream().mapToDouble(k -> k.error(x0).item_double()).sum();
            });
      }
      slope[i] = (error[0] - error[1]) / (2 * h);
    }
    return slope;
  }

  private static void assertFormula(
      String what, X0Denoiser base, List<Known> known, Tensor zGiven, Conditioning c) {
    double w = 3;
    Tensor z = zGiven;
    Levels levels = SCHEDULE.levels(u_BF(), z);
    for (Known k : known) {
      z = k.intoNoisy(z, levels, NOISE);
    }
    Tensor slope = Tensors.of(finiteDifferences(base, known, z, c), Tensors.shape(z));
    Tensor scale = levels.coefficient(l -> w * l.alpha() / 2, z);
    Tensor wanted = base.x0(z, u_BF(), c).sub(slope.mul(scale));
    for (Known k : known) {
      wanted = k.intoClean(wanted);
    }
    for (Activations activations : Activations.values()) {
      Tensor got =
          Scopes.noGrad(() ->
              new ReconstructionGuidance(
                      base, known, NOISE, ReconstructionWeight.constant(w), activations)
                  .x0(zGiven, u_BF(), c));
      assertThat(got.requires_grad()).isFalse();
      double size = slope.mul(scale).abs().max().item_double();
      assertThat(size).as("%s: there is a gradient at all", what).isGreaterThan(0.05);
      assertThat(got.sub(wanted).abs().max().item_double())
          .as("%s, activations %s", what, activations)
          .isLessThan(1e-7 * Math.max(1, size));
    }
  }

  @Test
  void theGradientIsThatOfFiniteDifferences() {
    Tensor video = normal("video", 1, 2, 4, 3, 4);
    Tensor z = normal("z", 1, 2, 4, 3, 4);
    Map<String, Known> every = everyMeasurement(video);
    every.forEach((name, known) ->
        assertFormula(name, curved(Prediction.V), List.of(known), z, Conditioning.none()));
    for (Prediction p : List.of(Prediction.EPS, Prediction.FLOW)) {
      assertFormula("frames " + p, curved(p), List.of(every.get("frames")), z, Conditioning.none());
    }
    List<Known> all = List.copyOf(every.values());
    assertFormula("all at once", curved(Prediction.V), all, z, Conditioning.none());
  }

  @Test
  void theGradientGoesThroughGuidanceInside() {
    Tensor video = normal("video", 1, 2, 4, 3, 4);
    Tensor z = normal("z", 1, 2, 4, 3, 4);
    Conditioning positive = pooled(0.9);
    X0Denoiser guided = new ClassifierFreeGuidance(curved(Prediction.V), pooled(-0.4), 2.5);
    List<Known> frames = List.of(Known.frames(video, true, true, false, false));
    assertFormula("classifier-free", guided, frames, z, positive);
    assertFormula("thresholded", new DynamicThresholding(guided, 0.9), frames, z, positive);
  }

  private static Conditioning pooled(double value) {
    return Conditioning.none().withPooled(Tensors.of(new double[] {value}, 1, 1));
  }

  @Test
  void guidanceOutsideAsksForBothBranchesOfTheSameClip() {
    Noise two = Noise.of(new RandomStreams(4), 2);
    Tensor video = normal("video", 2, 2, 4, 3, 4);
    Tensor z = normal("z", 2, 2, 4, 3, 4);
    X0Denoiser inside =
        new ReconstructionGuidance(
            curved(Prediction.V), Known.frames(video, true, true, false, false), two, 2);
    Tensor outside =
        new ClassifierFreeGuidance(inside, pooled(-0.4), 3).x0(z, u_BF(), pooled(0.9).expand(2));
    Tensor yes = inside.x0(z, u_BF(), pooled(0.9).expand(2));
    Tensor no = inside.x0(z, u_BF(), pooled(-0.4).expand(2));
    assertThat(outside.sub(no.add(Ops.mul(yes.sub(no), 3))).abs().max().item_double())
        .isLessThan(1e-12);
  }

  /** x0_b + w alpha_b G_ab^T (x_a - x0_a), from the matrices of the linear model. */
  @Test
  void onALinearModelItIsTheClosedForm() {
    LinearGaussian model = new LinearGaussian(SCHEDULE, 4, 0.5, 0.9);
    Tensor video = normal("video", 1, 1, 4, 3, 3);
    Known known = Known.frames(video, true, true, false, false);
    double w = 4;
    Levels levels = SCHEDULE.levels(u_BF(), video);
    Tensor z = known.intoNoisy(normal("z", 1, 1, 4, 3, 3), levels, NOISE);
    Tensor x0 = model.x0(z, u_BF(), Conditioning.none());
    Tensor away = video.sub(x0).narrow(2, 0, 2);
    Tensor pull = LinearGaussian.times(model.gain(levels).narrow(0, 0, 2).t(), away);
    Tensor wanted = x0.add(pull.mul(levels.coefficient(l -> w * l.alpha(), z)));
    Tensor got =
        new ReconstructionGuidance(model, known, NOISE, w).x0(z, u_BF(), Conditioning.none());
    assertThat(got.sub(wanted).narrow(2, 2, 2).abs().max().item_double()).isLessThan(1e-12);
    assertThat(Tensors.toBytes(got.narrow(2, 0, 2)))
        .isEqualTo(Tensors.toBytes(video.narrow(2, 0, 2)));
  }

  /**
   * With one frame known, and the weight that belongs to its variance given z, the guided estimate
   * is E[x | z, x_a]: the posterior mean with the known frame at no noise at all.
   */
  @Test
  void withTheRightWeightItIsThePosteriorMean() {
    LinearGaussian model = new LinearGaussian(SCHEDULE, 4, 0.5, 0.9);
    Tensor video = normal("video", 1, 1, 4, 3, 3);
    Known known = Known.frames(video, true, false, false, false);
    for (double u : new double[] {0.2, 0.5, 0.8, 0.95}) {
      Tensor u_BF = Tensors.of(new double[] {u}, 1, 1);
      Levels levels = SCHEDULE.levels(u_BF, video);
      double variance = model.posterior(levels).select(0, 0).select(0, 0).item_double();
      Tensor z = normal("z", 1, 1, 4, 3, 3);
      Tensor got =
          new ReconstructionGuidance(
                  model,
                  List.of(known),
                  NOISE,
                  level -> 1 / (level.snr() * variance),
                  Activations.KEPT)
              .x0(z, u_BF, Conditioning.none());
      Tensor clean = Tensors.cat(List.of(video.narrow(2, 0, 1), z.narrow(2, 1, 3)), 2);
      Tensor exact =
          model.x0(
              // The schedule leaves a trace of noise at level 0, hence its alpha there.
              Tensors.cat(
                  List.of(Ops.mul(video.narrow(2, 0, 1), SCHEDULE.alpha(0)), clean.narrow(2, 1, 3)),
                  2),
              Tensors.of(new double[] {0, u, u, u}, 1, 4),
              Conditioning.none());
      assertThat(got.sub(exact).narrow(2, 1, 3).abs().max().item_double())
          .as("level %s", u)
          .isLessThan(1e-6);
    }
  }

  @Test
  void framesThatThePlanHoldsAreGuidedByTheirOwnAlpha() {
    LinearGaussian model = new LinearGaussian(SCHEDULE, 4, 0.5, 0.9);
    Tensor video = normal("video", 1, 1, 4, 3, 3);
    Tensor u_BF = Tensors.of(new double[] {0, 0.6, 0.6, 0.6}, 1, 4);
    // Frame 0 is held at 0 by the plan, frame 1 is guided, both are known.
    Tensor z = Tensors.cat(List.of(video.narrow(2, 0, 1), normal("z", 1, 1, 3, 3, 3)), 2);
    Known known = Known.frames(video, true, true, false, false);
    Tensor seen = known.intoNoisy(z, SCHEDULE.levels(u_BF, z), NOISE);
    assertThat(Tensors.toBytes(seen.select(2, 0))).isEqualTo(Tensors.toBytes(video.select(2, 0)));
    assertThat(Tensors.toBytes(seen.narrow(2, 2, 2))).isEqualTo(Tensors.toBytes(z.narrow(2, 2, 2)));
    Tensor x0 = new ReconstructionGuidance(model, known, NOISE, 2).x0(z, u_BF, Conditioning.none());
    for (double x : Tensors.toDoubles(x0)) {
      assertThat(x).isFinite();
    }
  }

  @Test
  void weightZeroIsReplacementAndTakesNoGradient() {
    Tensor video = normal("video", 1, 2, 4, 3, 4);
    Tensor z = normal("z", 1, 2, 4, 3, 4);
    Known known = Known.frames(video, true, true, false, false);
    X0Denoiser watching =
        X0Denoiser.of(
            (in, told, c) -> {
              assertThat(in.requires_grad()).isFalse();
              return in.tanh();
            },
            SCHEDULE,
            Prediction.V);
    Tensor replaced = new Replacement(watching, known, NOISE).x0(z, u_BF(), Conditioning.none());
    Tensor guided =
        new ReconstructionGuidance(watching, known, NOISE, 0).x0(z, u_BF(), Conditioning.none());
    assertThat(Tensors.toBytes(guided)).isEqualTo(Tensors.toBytes(replaced));
    ReconstructionWeight late =
        ReconstructionWeight.constant(3).within(GuidanceScale.levels(0, 0.1));
    assertThat(
            Tensors.toBytes(
                new ReconstructionGuidance(watching, List.of(known), NOISE, late, Activations.KEPT)
                    .x0(z, u_BF(), Conditioning.none())))
        .isEqualTo(Tensors.toBytes(replaced));
  }

  /** A guidance around this one differentiates through its estimate; the inner term is constant. */
  @Test
  void guidancesOfThisKindNest() {
    Tensor video = normal("video", 1, 2, 4, 3, 4);
    Tensor z = normal("z", 1, 2, 4, 3, 4);
    Known frames = Known.frames(video, true, true, false, false);
    Measurement down = new Measurement.Downsampled(2, 2, Downsampling.AREA);
    Known small = new Known(down, down.apply(video));
    X0Denoiser base = curved(Prediction.V);
    X0Denoiser inner = new ReconstructionGuidance(base, small, NOISE, 0.5);
    Tensor at = frames.intoNoisy(z, SCHEDULE.levels(u_BF(), z), NOISE);
    Tensor shift =
        inner.x0(at, u_BF(), Conditioning.none()).sub(base.x0(at, u_BF(), Conditioning.none()));
    X0Denoiser shifted =
        X0Denoiser.of((in, told, c) -> base.x0(in, u_BF(), c).add(shift), SCHEDULE, Prediction.X0);
    Tensor wanted =
        new ReconstructionGuidance(shifted, frames, NOISE, 2).x0(z, u_BF(), Conditioning.none());
    Tensor got =
        new ReconstructionGuidance(inner, frames, NOISE, 2).x0(z, u_BF(), Conditioning.none());
    assertThat(got.sub(wanted).abs().max().item_double()).isLessThan(1e-12);
  }

  @Test
  void parametersGatherNoGradient() {
    Tensor weight = Scopes.keep(Tensors.full(0.5, 1).to(ScalarType.Double));
    weight.set_requires_grad(true);
    X0Denoiser trainable =
        X0Denoiser.of((in, told, c) -> in.mul(weight).tanh(), SCHEDULE, Prediction.V);
    Tensor video = normal("video", 1, 1, 4, 2, 2);
    Known known = Known.frames(video, true, true, false, false);
    new ReconstructionGuidance(trainable, known, NOISE, 2)
        .x0(normal("z", 1, 1, 4, 2, 2), u_BF(), Conditioning.none());
    assertThat(Autograd.gradient(weight)).isEmpty();
    Scopes.free(weight);
  }

  @Test
  void nativeObjectsDieWithEachCall() {
    Tensor video = normal("video", 1, 2, 4, 3, 4);
    Tensor z = normal("z", 1, 2, 4, 3, 4);
    Known known = Known.frames(video, true, true, false, false);
    for (Activations activations : Activations.values()) {
      X0Denoiser guided =
          new ReconstructionGuidance(
              curved(Prediction.V),
              List.of(known),
              NOISE,
              ReconstructionWeight.constant(2),
              activations);
      Runnable call =
          () -> Scopes.run(() -> Scopes.noGrad(() -> guided.x0(z, u_BF(), Conditioning.none())));
      call.run();
      long handles = Pointer.totalCount();
      for (int i = 0; i < 100; i++) {
        call.run();
      }
      assertThat(Pointer.totalCount()).as("%s", activations).isLessThanOrEqualTo(handles);
    }
  }

  @Test
  void badSettingsAreRefused() {
    Tensor video = normal("video", 1, 2, 4, 3, 4);
    Known small = new Known(new Measurement.Downsampled(2, 2, Downsampling.AREA), video);
    assertThatThrownBy(() -> new Replacement(curved(Prediction.V), small, NOISE))
        .hasMessageContaining("known outright");
    assertThatThrownBy(() -> ReconstructionWeight.constant(-1)).hasMessageContaining("at least 0");
    assertThatThrownBy(() -> ReconstructionWeight.matched(1, 0.5))
        .hasMessageContaining("at least 1");
    assertThatThrownBy(() -> new Measurement.Region(video)).hasMessageContaining("bool");
    assertThatThrownBy(() -> Downsampling.AREA.matrix(2, 3, video)).hasMessageContaining("smaller");
    Known wrong = Known.frames(video, true, false);
    assertThatThrownBy(() ->
            new ReconstructionGuidance(curved(Prediction.V), wrong, NOISE, 1)
                .x0(video, u_BF(), Conditioning.none()))
        .hasMessageContaining("2 frames are marked");
    Known clips = Known.frames(normal("three", 3, 2, 4, 3, 4), true, false, false, true);
    assertThatThrownBy(() ->
            new ReconstructionGuidance(curved(Prediction.V), clips, NOISE, 1)
                .x0(video, u_BF(), Conditioning.none()))
        .hasMessageContaining("does not fit a batch");
  }
}
