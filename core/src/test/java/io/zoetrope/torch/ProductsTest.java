package io.zoetrope.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;

class ProductsTest {
  private static final long SEED = 20261129;

  private final Random random = new Random(SEED);

  @Test
  void linearIsTheProductOfDoublesForAnySizes() {
    for (int i = 0; i < 120; i++) {
      Scopes.run(() -> {
        int rows = size();
        int in = size();
        int out = size();
        Tensor x = draw(2, rows, in).narrow(0, random.nextInt(2), 1);
        Tensor weight = draw(out, in);
        Optional<Tensor> bias = random.nextBoolean() ? Optional.of(draw(out)) : Optional.empty();
        assumeTrue(
            Products.linearFits(x, weight, Optional.empty()), "libtorch has another BLAS here");
        Tensor exact = x.to(ScalarType.Double).matmul(weight.to(ScalarType.Double).t());
        Tensor y = Products.linear(x, weight, bias);
        assertThat(Tensors.shape(y)).containsExactly(1, rows, out);
        Tensor whole = bias.map(b -> exact.add(b.to(ScalarType.Double))).orElse(exact);
        assertThat(y.to(ScalarType.Double).sub(whole).abs().max().item_double())
            .as("%s x %s x %s, seed %s".formatted(rows, in, out, SEED))
            .isLessThan(4e-7 * in + 1e-5);
      });
    }
  }

  @Test
  void whatIsNotContiguousIsPackedFirst() {
    Scopes.run(() -> {
      Tensor x = draw(40, 30, 50).transpose(0, 1);
      Tensor weight = draw(60, 50);
      assumeTrue(
          Products.linearFits(x, weight, Optional.empty()), "libtorch has another BLAS here");
      Tensor y = Products.linear(x, weight, Optional.empty());
      assertThat(y.sub(x.matmul(weight.t())).abs().max().item_double()).isLessThan(1e-4);
      assertThat(Products.linearFits(x, draw(50, 60).t(), Optional.empty())).isFalse();
      Tensor other = draw(60).to(ScalarType.Double);
      assertThat(Products.linearFits(x, weight, Optional.of(other))).isFalse();
      Tensor strided = draw(120).as_strided(new long[] {60}, new long[] {2});
      Tensor biased = Products.linear(x, weight, Optional.of(strided));
      assertThat(biased.sub(y).sub(strided).abs().max().item_double()).isLessThan(1e-4);
    });
  }

  @Test
  void aBatchIsItsProducts() {
    for (int i = 0; i < 20; i++) {
      Scopes.run(() -> {
        int rows = size();
        int in = size();
        int out = size();
        Tensor a = draw(16, rows, in);
        Tensor b = draw(16, in, out);
        Tensor c = Tensors.empty(16, rows, out);
        assumeTrue(Products.batchFits(a, b, c), "libtorch has another BLAS here");
        Products.batch(a, b, c);
        assertThat(c.sub(torch.bmm(a, b)).abs().max().item_double())
            .as("16 x %s x %s x %s, seed %s".formatted(rows, in, out, SEED))
            .isLessThan(4e-7 * in + 1e-5);
      });
    }
  }

  /** As many threads as there are cores, or one: what is written is the same. */
  @Test
  void theBitsAreThoseOfOneThread() {
    for (int i = 0; i < 40; i++) {
      Scopes.run(() -> {
        Tensor x = draw(size() * 8L, size());
        Tensor weight = draw(size(), x.size(1));
        assumeTrue(
            Products.linearFits(x, weight, Optional.empty()), "libtorch has another BLAS here");
        Tensor together = Products.linear(x, weight, Optional.empty());
        Tensor alone = Products.alone(() -> Products.linear(x, weight, Optional.empty()));
        assertThat(together.equal(alone)).as("seed %s".formatted(SEED)).isTrue();
      });
    }
  }

  @Test
  void aCrewRunsEachTaskOnceWhoeverCalls() throws InterruptedException {
    Crew crew = new Crew(4);
    Thread[] callers = new Thread[3];
    AtomicIntegerArray runs = new AtomicIntegerArray(3 * 2000 * 7);
    for (int c = 0; c < callers.length; c++) {
      int caller = c;
      callers[c] =
          Thread.ofPlatform()
              .start(() -> {
                for (int round = 0; round < 2000; round++) {
                  int first = (caller * 2000 + round) * 7;
                  crew.run(7, i -> runs.incrementAndGet(first + i));
                  for (int i = 0; i < 7; i++) {
                    assertThat(runs.get(first + i)).isOne();
                  }
                }
              });
    }
    for (Thread caller : callers) {
      caller.join();
    }
    for (int i = 0; i < runs.length(); i++) {
      assertThat(runs.get(i)).isOne();
    }
  }

  @Test
  void anInterruptedCallerFinishesItsTasksAndStaysInterrupted() {
    Crew crew = new Crew(3);
    AtomicIntegerArray runs = new AtomicIntegerArray(64);
    Thread.currentThread().interrupt();
    crew.run(64, runs::incrementAndGet);
    assertThat(Thread.interrupted()).isTrue();
    for (int i = 0; i < runs.length(); i++) {
      assertThat(runs.get(i)).isOne();
    }
  }

  private int size() {
    return random.nextInt(5) == 0 ? 1 + random.nextInt(1100) : 1 + random.nextInt(300);
  }

  private Tensor draw(long... shape) {
    try (RandomStream stream = new RandomStreams(random.nextInt()).stream("products")) {
      return stream.normal(shape);
    }
  }
}
