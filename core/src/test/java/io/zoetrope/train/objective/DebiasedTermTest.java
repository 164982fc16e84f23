package io.zoetrope.train.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.zoetrope.torch.RandomStream;
import io.zoetrope.torch.RandomStreams;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import org.assertj.core.data.Offset;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;

/** MotionDirector's term: what all frames share counts little beside how they differ. */
class DebiasedTermTest {
  private static final Offset<Float> CLOSE = within(1e-5f);

  @Test
  void isThePapersFormula() {
    Scopes.run(() -> {
      try (RandomStream random = new RandomStreams(4).stream("d")) {
        Tensor d = random.normal(2, 3, 4, 2, 2);
        float[] all = Tensors.toFloats(d);
        float[] seen = Tensors.toFloats(DiffusionObjective.debiased(d, 2, 1.5));
        int pixels = 4;
        int frames = 4;
        for (int i = 0; i < all.length; i++) {
          int anchor = i / (frames * pixels) * frames * pixels + 2 * pixels + i % pixels;
          float wanted = (float) (Math.sqrt(3.25) * all[i] - 1.5 * all[anchor]);
          assertThat(seen[i]).isCloseTo(wanted, CLOSE);
        }
      }
    });
  }

  /** Of beta 1, an error that all frames share counts 0.17, one of each frame by itself 3. */
  @Test
  void whatFramesShareCountsLittle() {
    Scopes.run(() -> {
      try (RandomStream random = new RandomStreams(5).stream("d")) {
        Tensor shared = random.normal(1, 8, 1, 8, 8).expand(1, 8, 64, 8, 8);
        Tensor own = random.normal(1, 8, 64, 8, 8);
        double look = DiffusionObjective.debiased(shared, 7, 1).square().mean().item_double();
        double motion = DiffusionObjective.debiased(own, 7, 1).square().mean().item_double();
        assertThat(look).isCloseTo(Math.pow(Math.sqrt(2) - 1, 2), within(0.02));
        assertThat(motion).isCloseTo(3, within(0.1));
      }
    });
  }
}
