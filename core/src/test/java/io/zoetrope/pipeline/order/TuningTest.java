package io.zoetrope.pipeline.order;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.diffusion.guidance.SkipLayers;
import io.zoetrope.error.UserError;
import org.junit.jupiter.api.Test;

class TuningTest {
  private static final String ORDER =
      "{task: {kind: generate}, wish: {prompts: [a ball]}, model: {name: toybox}, tuning: {%s}}";

  private static Tuning tuning(String said) {
    return VideoOrder.parse("an order", ORDER.formatted(said)).tuning();
  }

  @Test
  void whatIsSaidIsWhatIsRead() {
    assertThat(Tuning.NONE.withSkipLayers(SkipLayers.of(9, 10)).withGuidanceApart())
        .isEqualTo(tuning("skipLayers: {blocks: [9, 10]}, guidanceApart: true"));
    assertThat(Tuning.NONE.withSkipLayers(SkipLayers.of(7).scaled(3)).withTeaCache(0.1))
        .isEqualTo(tuning("skipLayers: {blocks: [7], scale: 3}, teaCache: 0.1"));
    assertThat(tuning("")).isEqualTo(Tuning.NONE);
  }

  @Test
  void badOrdersAreRefused() {
    assertThatThrownBy(() -> tuning("easyCache: 0.1, teaCache: 0.1"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("easyCache and teaCache each say which steps are left out");
    assertThatThrownBy(() -> tuning("teaCache: 4"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("teaCache must be 0 to 3");
    assertThatThrownBy(() -> tuning("skipLayers: {blocks: []}"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("name some");
  }
}
