package io.zoetrope.jobs.worker;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.jobs.JobsException;
import io.zoetrope.pipeline.order.VideoOrder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Without a process: what is refused before one is asked. */
class DescriptionsTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"name\": \"toybox\", \"vae\": \"/etc/passwd\"}",
        "{\"name\": \"toybox\", \"tokenizer\": \"..\"}",
        "{\"name\": \"toybox\", \"loras\": [{\"file\": \"a.safetensors\"}]}",
        "{\"name\": \"toybox\", \"loras\": [{\"file\": \"part:controls/canny\"}]}",
        "{\"name\": \"toybox\", \"loras\": [{\"file\": \"part:loras/../canny\"}]}",
        "{\"name\": \"toybox\", \"controls\": [{\"net\": \"/elsewhere/net\", \"shown\": {\"path\": \"x\"}}]}"
      })
  void anOrderThatNamesAPlaceIsRefusedBeforeAnythingIsOpened(String model) {
    VideoOrder order =
        VideoOrder.parse(
            "order",
            "{\"task\": {\"kind\": \"generate\"}, \"wish\": {\"prompts\": [\"x\"]}, \"model\": %s}"
                .formatted(model));
    try (Descriptions descriptions = new Descriptions()) {
      assertThatThrownBy(() -> descriptions.estimate(order))
          .isInstanceOf(JobsException.class)
          .hasMessageContaining("named as");
    }
  }
}
