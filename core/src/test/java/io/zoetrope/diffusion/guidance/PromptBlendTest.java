package io.zoetrope.diffusion.guidance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.zoetrope.diffusion.NoiseSchedule;
import io.zoetrope.diffusion.Prediction;
import io.zoetrope.diffusion.PromptTrack;
import io.zoetrope.diffusion.Sight;
import io.zoetrope.diffusion.X0Denoiser;
import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.torch.RandomStream;
import io.zoetrope.torch.RandomStreams;
import io.zoetrope.torch.Tensors;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PromptBlendTest {
  private static final NoiseSchedule SCHEDULE = NoiseSchedule.cosine();

  private PointerScope scope = new PointerScope();
  private final List<Float> asked = new ArrayList<>();
  private Tensor z = Tensors.zeros(1);
  private Tensor u_BF = Tensors.zeros(1);
  private List<Conditioning> prompts = List.of();

  /** A network that answers tanh of z and of its first frame, times the prompt. */
  private final X0Denoiser base =
      X0Denoiser.of(
          (input, told, c) -> {
            Tensor prompt = c.get(Conditioning.POOLED).orElseThrow();
            asked.add(Tensors.toFloats(prompt)[0]);
            Tensor all = input.tanh();
            return all.add(all.narrow(2, 0, 1)).mul(prompt.view(-1, 1, 1, 1, 1));
          },
          SCHEDULE,
          Prediction.X0);

  @BeforeEach
  void open() {
    scope = new PointerScope();
    try (RandomStream stream = new RandomStreams(6).stream("z")) {
      z = stream.normal(2, 3, 4, 5, 5);
    }
    u_BF = Tensors.of(new double[] {0.1, 0.4, 0.6, 0.9}, 1, 4);
    prompts = List.of(prompt(0.9f), prompt(-0.4f), prompt(0.2f));
  }

  @AfterEach
  void close() {
    scope.close();
  }

  private static Conditioning prompt(float value) {
    return Conditioning.none().withPooled(Tensors.of(new float[] {value}, 1, 1));
  }

  private Tensor alone(int prompt) {
    return base.x0(z, u_BF, prompts.get(prompt).expand(2));
  }

  private static byte[] frame(Tensor x, long frame) {
    return Tensors.toBytes(x.select(2, frame));
  }

  private X0Denoiser blend(double[][] weights) {
    PromptTrack track = PromptTrack.of(weights);
    return new PromptBlend(base, prompts, Sight.of(0, track));
  }

  @Test
  void eachFrameFollowsItsOwnPrompts() {
    Tensor x0 =
        blend(new double[][] {{1, 0, 0}, {0.25, 0.75, 0}, {0, 1, 0}, {0, 0.5, 0.5}})
            .x0(z, u_BF, Conditioning.none());
    assertThat(frame(x0, 0)).isEqualTo(frame(alone(0), 0));
    assertThat(frame(x0, 2)).isEqualTo(frame(alone(1), 2));
    double[] got = Tensors.toDoubles(x0);
    double[] a = Tensors.toDoubles(alone(0));
    double[] b = Tensors.toDoubles(alone(1));
    double[] c = Tensors.toDoubles(alone(2));
    double[][] w = {{1, 0, 0}, {0.25, 0.75, 0}, {0, 1, 0}, {0, 0.5, 0.5}};
    for (int i = 0; i < got.length; i++) {
      double[] at = w[i / 25 % 4];
      assertThat(got[i]).isCloseTo(at[0] * a[i] + at[1] * b[i] + at[2] * c[i], within(1e-6));
    }
  }

  @Test
  void onlyPromptsWithWeightAreAsked() {
    blend(new double[][] {{1, 0, 0}, {1, 0, 0}, {0, 0, 1}, {0, 0, 1}})
        .x0(z, u_BF, Conditioning.none());
    assertThat(asked).containsExactly(0.9f, 0.2f);
    asked.clear();
    Tensor x0 =
        blend(new double[][] {{0, 1, 0}, {0, 1, 0}, {0, 1, 0}, {0, 1, 0}})
            .x0(z, u_BF, Conditioning.none());
    assertThat(asked).containsExactly(-0.4f);
    assertThat(Tensors.toBytes(x0)).isEqualTo(Tensors.toBytes(alone(1)));
  }

  /** Guidance is linear in its positive branch: blending guided answers is guiding blended ones. */
  @Test
  void composesWithClassifierFreeGuidance() {
    double[][] w = {{1, 0, 0}, {0.5, 0.5, 0}, {0, 1, 0}, {0, 0.25, 0.75}};
    X0Denoiser guided = new ClassifierFreeGuidance(base, prompt(0.7f), 3);
    PromptTrack track = PromptTrack.of(w);
    double[] got =
        Tensors.toDoubles(
            new PromptBlend(guided, prompts, Sight.of(0, track)).x0(z, u_BF, Conditioning.none()));
    double[] away = Tensors.toDoubles(base.x0(z, u_BF, prompt(0.7f).expand(2)));
    double[] positive = Tensors.toDoubles(blend(w).x0(z, u_BF, Conditioning.none()));
    for (int i = 0; i < got.length; i++) {
      assertThat(got[i]).isCloseTo(away[i] + 3 * (positive[i] - away[i]), within(1e-5));
    }
  }

  @Test
  void aTrackThatDoesNotFitIsRefused() {
    assertThatThrownBy(() -> blend(new double[][] {{1, 0, 0}}).x0(z, u_BF, Conditioning.none()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("a track of 3 prompts over 1 frames");
  }
}
