package io.zoetrope.network;

import static io.zoetrope.network.TestNetworks.normal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.zoetrope.diffusion.NoiseSchedule;
import io.zoetrope.diffusion.Prediction;
import io.zoetrope.diffusion.X0Denoiser;
import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.diffusion.guidance.ClassifierFreeGuidance;
import io.zoetrope.diffusion.guidance.Known;
import io.zoetrope.diffusion.guidance.ReconstructionGuidance;
import io.zoetrope.diffusion.guidance.ReconstructionGuidance.Activations;
import io.zoetrope.diffusion.guidance.ReconstructionWeight;
import io.zoetrope.diffusion.guidance.Replacement;
import io.zoetrope.diffusion.sampler.Noise;
import io.zoetrope.network.dit.DitConfig;
import io.zoetrope.network.unet.Inflation;
import io.zoetrope.network.unet.UNetConfig;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.RandomStreams;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.util.List;
import java.util.stream.Stream;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Reconstruction guidance through every network, in f32 as they are. */
class ReconstructionOnNetworksTest {
  private static final NoiseSchedule SCHEDULE = NoiseSchedule.flow(1);
  private static final Noise NOISE = Noise.of(new RandomStreams(4));
  private static final int FRAMES = 4;

  static Stream<NetworkConfig> networks() {
    UNetConfig unet = UNetConfig.size("tiny");
    return Stream.of(
        DitConfig.size("tiny"), unet, unet.inflated(Inflation.of("align-your-latents")));
  }

  private static X0Denoiser denoiser(NetworkConfig config) {
    VideoNetwork network = TestNetworks.network(config, TestNetworks.weights(config));
    X0Denoiser base = X0Denoiser.of(network, SCHEDULE, Prediction.FLOW);
    Conditioning nothing =
        Conditioning.text(
                Ops.mul(normal("no text", 1, 5, config.textWidth()), 0.5),
                TestNetworks.text(config, 1).get(Conditioning.TEXT_MASK).orElseThrow().squeeze(1))
            .withPooled(normal("no pooled", 1, config.textWidth()));
    return new ClassifierFreeGuidance(base, nothing, 2);
  }

  private static Tensor u_BF() {
    return Tensors.of(new double[] {0.6, 0.5, 0.6, 0.7}, 1, FRAMES);
  }

  private static Tensor guided(
      X0Denoiser base, Known known, Tensor z, Conditioning c, Activations activations) {
    return Scopes.noGrad(() ->
        new ReconstructionGuidance(
                base, List.of(known), NOISE, ReconstructionWeight.constant(2), activations)
            .x0(z, u_BF(), c));
  }

  /** {@code w alpha / 2} times the gradient, as the guided estimate shows it. */
  private static Tensor shift(X0Denoiser base, Known known, Tensor z, Conditioning c) {
    return new Replacement(base, known, NOISE)
        .x0(z, u_BF(), c)
        .sub(guided(base, known, z, c, Activations.KEPT));
  }

  /** {@code || x_a - x0_a ||^2} of the first two frames, of z with what is known put into it. */
  private static double error(X0Denoiser base, Known known, Tensor z, Conditioning c) {
    Spy spy = new Spy(base, known.value());
    Scopes.run(() -> new Replacement(spy, known, NOISE).x0(z, u_BF(), c));
    return spy.error;
  }

  /** Notes the error of what passes through it. */
  private static final class Spy implements X0Denoiser {
    private final X0Denoiser base;
    private final Tensor video;
    private double error;

    Spy(X0Denoiser base, Tensor video) {
      this.base = base;
      this.video = video;
    }

    @Override
    public NoiseSchedule schedule() {
      return base.schedule();
    }

    @Override
    public Tensor x0(Tensor z, Tensor u_BF, Conditioning conditioning) {
      Tensor x0 = base.x0(z, u_BF, conditioning);
      error = x0.sub(video).narrow(2, 0, 2).square().sum().item_double();
      return x0;
    }
  }

  @ParameterizedTest
  @MethodSource("networks")
  void theGradientIsThatOfFiniteDifferences(NetworkConfig config) {
    try (PointerScope scope = new PointerScope()) {
      X0Denoiser base = denoiser(config);
      Conditioning c = TestNetworks.text(config, 1);
      Tensor video = normal("video", 1, config.gives(), FRAMES, 4, 4);
      Known known = Known.frames(video, true, true, false, false);
      Tensor z = normal("z", 1, config.gives(), FRAMES, 4, 4);
      Tensor shift = shift(base, known, z, c);
      assertThat(shift.narrow(2, 0, 2).abs().max().item_double()).isZero();
      Tensor scale = SCHEDULE.levels(u_BF(), z).coefficient(l -> l.alpha(), z);
      Tensor gradient = shift.div(scale);
      double size = gradient.norm().item_double();
      assertThat(size).isGreaterThan(1e-3);
      double h = 0.02;
      Tensor along = Ops.mul(gradient, h / size);
      double slope =
          (error(base, known, z.add(along), c) - error(base, known, z.sub(along), c)) / (2 * h);
      assertThat(slope).isCloseTo(size, within(0.01 * size));
    }
  }

  @ParameterizedTest
  @MethodSource("networks")
  void recomputedActivationsGiveTheSameAndMemoryIsFlat(NetworkConfig config) {
    try (PointerScope scope = new PointerScope()) {
      X0Denoiser base = denoiser(config);
      Conditioning c = TestNetworks.text(config, 1);
      Tensor video = normal("video", 1, config.gives(), FRAMES, 4, 4);
      Known known = Known.frames(video, true, true, false, false);
      Tensor z = normal("z", 1, config.gives(), FRAMES, 4, 4);
      Tensor kept = guided(base, known, z, c, Activations.KEPT);
      Tensor again = guided(base, known, z, c, Activations.RECOMPUTED);
      assertThat(again.sub(kept).abs().max().item_double())
          .isLessThan(1e-5 * kept.abs().max().item_double());
      for (Activations activations : Activations.values()) {
        Scopes.run(() -> guided(base, known, z, c, activations));
        long handles = Pointer.totalCount();
        for (int i = 0; i < 5; i++) {
          Scopes.run(() -> guided(base, known, z, c, activations));
        }
        assertThat(Pointer.totalCount()).isLessThanOrEqualTo(handles);
      }
    }
  }
}
