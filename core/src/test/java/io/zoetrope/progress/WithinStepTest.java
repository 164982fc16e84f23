package io.zoetrope.progress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.torch.Ops;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicInteger;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;

class WithinStepTest {
  private static final class Stopped implements Progress {
    private final AtomicInteger asked = new AtomicInteger();

    @Override
    public void update(Report report) {}

    @Override
    public boolean cancelled() {
      return asked.incrementAndGet() > 1;
    }
  }

  @Test
  void layersAskWhoRunsTheStepAndNobodyElse() {
    Stopped progress = new Stopped();
    Scopes.run(() -> {
      Tensor x = Tensors.full(1, 8, 8);
      assertThatThrownBy(() ->
              WithinStep.run(
                  progress,
                  3,
                  9,
                  () -> {
                    long end = System.nanoTime() + 10_000_000_000L;
                    while (System.nanoTime() < end) {
                      Scopes.run(() -> Ops.linear(x, x, Optional.empty()));
                    }
                    return x;
                  }))
          .isInstanceOf(CancellationException.class)
          .hasMessage("cancelled after 3 of 9");
      int before = progress.asked.get();
      assertThat(Tensors.toFloats(Ops.linear(x, x, Optional.empty()))).containsOnly(8f);
      WithinStep.requireGoing();
      assertThat(progress.asked).hasValue(before);
    });
  }

  @Test
  void asksNoMoreThanTwentyTimesASecond() {
    Stopped progress = new Stopped();
    long start = System.nanoTime();
    int questions =
        WithinStep.run(
            progress.silent(),
            0,
            1,
            () -> {
              for (int i = 0; i < 100_000; i++) {
                if (progress.asked.get() == 0) {
                  WithinStep.requireGoing();
                }
              }
              return progress.asked.get();
            });
    assertThat(questions).isLessThanOrEqualTo((int) ((System.nanoTime() - start) / 50e6) + 1);
  }
}
