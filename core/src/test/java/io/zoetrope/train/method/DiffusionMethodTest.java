package io.zoetrope.train.method;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class DiffusionMethodTest {
  @Test
  void whatIsFrozenIsNotTrained() {
    String recipe =
        """
        {name: f, steps: 1, batch: 1, optimizer: {lr: 1}, data: {kind: toybox},
         objective: {kind: diffusion, network: tiny, autoencoder: none,
                     freeze: ["blocks.*.spatial.*", "text.*"]}}
        """;
    DiffusionMethod method =
        (DiffusionMethod) Methods.ALL.parse("r", recipe, List.of()).objective();
    assertThat(method.trains("blocks.3.temporal.q.weight")).isTrue();
    assertThat(method.trains("blocks.3.spatial.q.weight")).isFalse();
    assertThat(method.trains("text.token.weight")).isFalse();
    assertThat(method.trains("textual")).isTrue();
  }
}
