package io.zoetrope.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.zoetrope.error.UserError;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BlasTest {
  @Test
  void threadsAreOneWithinAndWhatTheyWereAfterwards() throws Exception {
    OptionalInt before = Blas.threads();
    assumeTrue(before.isPresent(), "libtorch has another BLAS here");
    Callable<Integer> within =
        () -> Blas.alone(() -> Blas.alone(() -> Blas.threads().orElseThrow()));
    try (ExecutorService callers = Executors.newFixedThreadPool(4)) {
      List<Callable<Integer>> calls = IntStream.range(0, 400).mapToObj(i -> within).toList();
      for (Future<Integer> seen : callers.invokeAll(calls)) {
        assertThat(seen.get()).isEqualTo(1);
      }
    }
    assertThat(Blas.threads()).isEqualTo(before);
    assertThatThrownBy(() ->
            Blas.alone(() -> {
              throw new UserError("stop");
            }))
        .isInstanceOf(UserError.class);
    assertThat(Blas.threads()).isEqualTo(before);
  }
}
