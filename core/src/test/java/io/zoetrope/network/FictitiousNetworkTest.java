package io.zoetrope.network;

import static io.zoetrope.network.TestNetworks.normal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.diffusion.NoiseSchedule;
import io.zoetrope.diffusion.Prediction;
import io.zoetrope.diffusion.PromptTrack;
import io.zoetrope.diffusion.Sight;
import io.zoetrope.diffusion.TimestepPlan;
import io.zoetrope.diffusion.X0Denoiser;
import io.zoetrope.diffusion.condition.Along;
import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.diffusion.condition.Nothing;
import io.zoetrope.diffusion.condition.Slot;
import io.zoetrope.diffusion.guidance.ClassifierFreeGuidance;
import io.zoetrope.diffusion.guidance.ContextWindows;
import io.zoetrope.diffusion.guidance.PromptBlend;
import io.zoetrope.diffusion.sampler.Ddim;
import io.zoetrope.diffusion.sampler.Noise;
import io.zoetrope.diffusion.sampler.SamplerLoop;
import io.zoetrope.nn.Footprint;
import io.zoetrope.nn.Parameters;
import io.zoetrope.progress.Progress;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.RandomStreams;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Segments;
import io.zoetrope.torch.Tensors;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A network as nobody has built it yet: it reads no text, sees a clip beside the noisy one that has
 * noise of its own, and is told one entry of each other kind. Nothing between it and the sampler
 * has heard of these entries.
 */
class FictitiousNetworkTest {
  private static final int FRAMES = 8;
  private static final NoiseSchedule SCHEDULE = NoiseSchedule.karras();

  /** How much shall move in a clip. */
  private static final Slot<Tensor> MOTION = Slot.tensor("motion", Along.CLIP, "B", Nothing.SAME);

  /** Tokens of several descriptions, of which a clip has the mean. */
  private static final Slot<Tensor> WORDS = Slot.tensor("words", Along.TEXT, "BGD", Nothing.SAID);

  /** Tokens of a picture for each frame. */
  private static final Slot<Tensor> PICTURES =
      Slot.tensor("pictures", Along.FRAME, "BFND", Nothing.ZERO);

  /** When each frame is shown. */
  private static final Slot<Tensor> SHOWN = Slot.tensor("shown", Along.MOMENT, "BF", Nothing.SAME);

  /** How far each place is away. */
  private static final Slot<Tensor> DEPTH =
      Slot.tensor("depth", Along.PLACE, "BCFHW", Nothing.SAME);

  /** A setting. */
  private record Gain(double factor) {}

  private static final Slot<Gain> GAIN = Slot.setting("gain", Gain.class);

  private record Config() implements NetworkConfig {
    @Override
    public int takes() {
      return 5;
    }

    @Override
    public int gives() {
      return 3;
    }

    @Override
    public Set<Slot<?>> needs() {
      return Set.of(
          Conditioning.BESIDE, Conditioning.BESIDE_LEVEL, MOTION, WORDS, PICTURES, DEPTH, GAIN);
    }

    @Override
    public Set<Slot<?>> reads() {
      return Set.of(SHOWN);
    }

    @Override
    public VideoNetwork build(Parameters p) {
      return new Fictitious();
    }

    @Override
    public String folder() {
      return "fictitious";
    }

    @Override
    public int textWidth() {
      return 0;
    }

    @Override
    public int features() {
      return 5;
    }

    @Override
    public int attentionHeads() {
      return 1;
    }

    @Override
    public int multiple() {
      return 1;
    }

    @Override
    public Footprint footprint(long frames, long height, long width) {
      return new Footprint(1, 0);
    }

    @Override
    public boolean temporal() {
      return true;
    }

    @Override
    public NetworkConfig withTemporal(boolean on) {
      return this;
    }
  }

  /** Each frame by itself, so that windows must give what the whole clip gives. */
  private static final class Fictitious implements VideoNetwork {
    @Override
    public NetworkConfig config() {
      return new Config();
    }

    @Override
    public Tensor predict(Tensor z_BCFHW, Tensor t_BF, Conditioning c, Segments segments) {
      Tensor video = z_BCFHW.narrow(1, 0, 3);
      Tensor beside = Ops.mean(z_BCFHW.narrow(1, 3, 2), 1).unsqueeze(1);
      Tensor level = place(c.get(Conditioning.BESIDE_LEVEL).orElseThrow());
      Tensor motion = c.get(MOTION).orElseThrow().view(-1, 1, 1, 1, 1);
      Tensor words = Ops.mean(c.get(WORDS).orElseThrow(), 1, 2).view(-1, 1, 1, 1, 1);
      Tensor pictures = place(Ops.mean(c.get(PICTURES).orElseThrow(), 2, 3));
      Tensor depth = c.get(DEPTH).orElseThrow();
      Tensor all =
          video.add(beside.mul(level)).add(motion).add(words).add(pictures).add(depth).tanh();
      return Ops.mul(all, c.get(GAIN).orElseThrow().factor());
    }

    /** One number for each frame against a video. */
    private static Tensor place(Tensor x_BF) {
      return x_BF.view(x_BF.size(0), 1, x_BF.size(1), 1, 1);
    }
  }

  private static Conditioning told() {
    return Conditioning.none()
        .with(Conditioning.BESIDE, normal("beside", 1, 2, FRAMES, 4, 4))
        .with(Conditioning.BESIDE_LEVEL, normal("level", 1, FRAMES).sigmoid())
        .with(MOTION, Tensors.full(0.3, 1))
        .with(WORDS, normal("words", 1, 2, 4))
        .with(PICTURES, normal("pictures", 1, FRAMES, 2, 4))
        .with(SHOWN, normal("shown", 1, FRAMES))
        .with(DEPTH, normal("depth", 1, 1, FRAMES, 4, 4))
        .with(GAIN, new Gain(0.8));
  }

  private static Conditioning away() {
    return Conditioning.none().with(WORDS, normal("no words", 1, 1, 4));
  }

  /** Two clips, sampled. */
  private static Tensor made(Conditioning told, int window, double scale) {
    X0Denoiser network = X0Denoiser.of(new Fictitious(), SCHEDULE, Prediction.EDM);
    X0Denoiser seen =
        window < FRAMES
            ? new ContextWindows(network, new ContextWindows.Shape(window, 1))
            : network;
    X0Denoiser guided = new ClassifierFreeGuidance(seen, away(), scale);
    X0Denoiser bound =
        new PromptBlend(guided, List.of(told), Sight.of(0, PromptTrack.single(FRAMES)));
    TimestepPlan plan = TimestepPlan.uniform(SCHEDULE.spacing(3), FRAMES);
    Noise noise = Noise.of(new RandomStreams(2), 2);
    Tensor start = SamplerLoop.start(plan, SCHEDULE, Tensors.zeros(2, 3, FRAMES, 4, 4), noise);
    return new SamplerLoop(new Ddim(0), bound).run(plan, start, noise, Progress.NONE);
  }

  @Test
  void samplesFromEndToEnd() {
    Scopes.run(() -> {
      Tensor whole = made(told(), FRAMES, 2);
      assertThat(Tensors.shape(whole)).containsExactly(2, 3, FRAMES, 4, 4);
      for (float x : Tensors.toFloats(whole)) {
        assertThat(x).isFinite();
      }
      assertThat(made(told(), 3, 2).sub(whole).abs().max().item_double()).isLessThan(1e-4);
    });
  }

  static Stream<Slot<?>> read() {
    return new Config().needs().stream();
  }

  /** All entries with one of them changed. */
  private static Map<Slot<?>, Conditioning> changed() {
    Map<Slot<?>, Conditioning> all = new LinkedHashMap<>();
    for (Slot<Tensor> slot :
        List.of(Conditioning.BESIDE, Conditioning.BESIDE_LEVEL, MOTION, WORDS, PICTURES, DEPTH)) {
      Tensor other = Ops.add(told().get(slot).orElseThrow(), 0.5);
      all.put(slot, told().with(slot, other));
    }
    all.put(GAIN, told().with(GAIN, new Gain(0.7)));
    return all;
  }

  @ParameterizedTest
  @MethodSource("read")
  void everyEntryCounts(Slot<?> slot) {
    Scopes.run(() -> {
      for (int window : new int[] {FRAMES, 3}) {
        Conditioning other = Objects.requireNonNull(changed().get(slot));
        assertThat(made(other, window, 2).equal(made(told(), window, 2))).isFalse();
      }
      Conditioning without = told().only(s -> !s.equals(slot));
      assertThatThrownBy(() -> made(without, FRAMES, 1)).hasMessageContaining("" + slot);
    });
  }

  @Test
  void whatItDoesNotReadIsRefused() {
    Scopes.run(() -> {
      Tensor text = normal("text", 1, 5, 4);
      assertThatThrownBy(() -> made(told().and(Conditioning.text(text)), FRAMES, 1))
          .hasMessageContaining("does not read 'text'");
    });
  }
}
