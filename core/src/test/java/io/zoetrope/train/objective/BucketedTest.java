package io.zoetrope.train.objective;

import static org.assertj.core.api.Assertions.assertThat;

import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import io.zoetrope.train.TrainingStep;
import java.util.List;
import org.junit.jupiter.api.Test;

class BucketedTest {
  private static final Bucketed TWO =
      new Bucketed(
          List.of(
              new Bucketed.Bucket("a", 1, step -> Tensors.full(1, 1)),
              new Bucketed.Bucket("b", 3, step -> Tensors.full(2, 1))));

  @Test
  void bucketsAreDrawnByTheirShares() {
    int first = 0;
    for (int i = 0; i < 1000; i++) {
      first += TWO.drawn(i / 1000.0).name().equals("a") ? 1 : 0;
    }
    assertThat(first).isEqualTo(250);
  }

  @Test
  void aStepAlwaysHasTheSame() {
    for (long i = 0; i < 20; i++) {
      long number = i;
      double one = loss(number);
      assertThat(loss(number)).isEqualTo(one);
    }
  }

  private static double loss(long step) {
    return Scopes.value(() -> TWO.loss(new TrainingStep(5, step, 0, 1)).item_double());
  }
}
