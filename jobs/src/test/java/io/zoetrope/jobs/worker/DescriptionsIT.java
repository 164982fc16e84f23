package io.zoetrope.jobs.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.zoetrope.jobs.JobError;
import io.zoetrope.pipeline.model.Size;
import io.zoetrope.pipeline.order.GenerateSpec;
import io.zoetrope.pipeline.order.ModelRef;
import io.zoetrope.pipeline.order.Tuning;
import io.zoetrope.pipeline.order.VideoOrder;
import io.zoetrope.pipeline.order.Wish;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What is told of models, by a process that looks into them. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DescriptionsIT {
  private final Descriptions descriptions = new Descriptions();

  @AfterAll
  void close() {
    descriptions.close();
  }

  private static VideoOrder order(String model, Wish wish) {
    return new VideoOrder(GenerateSpec.usual(), wish, ModelRef.of(model), Tuning.NONE);
  }

  @Test
  void theModelOnTheClassPathIsListedWithWhatItMakes() {
    Descriptions.Model toybox =
        descriptions.models().stream()
            .filter(model -> model.name().equals("toybox"))
            .findFirst()
            .orElseThrow();
    assertThat(toybox.fault()).isEmpty();
    assertThat(toybox.usual())
        .hasValue(new Descriptions.Usual(128, 128, 16, 8, 24, 3, "flow-euler"));
    assertThat(toybox.sizes()).startsWith("128x128").hasSizeGreaterThan(2);
    assertThat(toybox.samplers()).startsWith("flow-euler").contains("ddim");
    assertThat(toybox.tasks()).contains("generate", "animate", "extend", "roll");
    assertThat(toybox.bytes()).isGreaterThan(5_000_000);
    assertThat(descriptions.usualModel()).hasValue("toybox");
  }

  @Test
  void anOrderIsEstimated() {
    Descriptions.Estimate estimate = descriptions.estimate(order("toybox", Wish.of("a ball")));
    assertThat(estimate.error()).isEmpty();
    assertThat(estimate.fits()).isTrue();
    assertThat(estimate.bytes()).isBetween(400_000_000L, 2_000_000_000L);
    assertThat(estimate.shape().frames()).isEqualTo(16);
  }

  @Test
  void whatDoesNotFitSaysWhatWould() {
    Wish wish = Wish.of("a ball").withFrames(256).withSize(new Size(4096, 4096));
    Descriptions.Estimate estimate = descriptions.estimate(order("toybox", wish));
    JobError error = estimate.error().orElseThrow();
    assertThat(estimate.fits()).isFalse();
    assertThat(error.code()).isEqualTo("does_not_fit");
    assertThat(error.mends()).isNotEmpty();
    assertThat(error.mends().getFirst().set().keySet()).containsAnyOf("wish.size", "wish.frames");
  }

  @Test
  void aSizeThatIsNoMultipleIsMended() {
    Wish wish = Wish.of("a ball").withSize(new Size(130, 130));
    JobError error = descriptions.estimate(order("toybox", wish)).error().orElseThrow();
    assertThat(error.code()).isEqualTo("invalid_order");
    assertThat(error.mends().getFirst().set()).containsEntry("wish.size", "128x128");
  }

  @Test
  void aModelThatIsNotThereIsNotFound() {
    for (String name : new String[] {"nothing", "/etc/x.safetensors", "../models/toybox"}) {
      Optional<JobError> error = descriptions.estimate(order(name, Wish.of("x"))).error();
      assertThat(error.map(JobError::code)).as(name).hasValue("model_not_found");
    }
  }
}
