package io.zoetrope.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.zoetrope.jobs.Job;
import io.zoetrope.jobs.JobError;
import io.zoetrope.jobs.JobRequest;
import io.zoetrope.jobs.JobState;
import io.zoetrope.jobs.Jobs;
import io.zoetrope.jobs.Runner;
import io.zoetrope.pipeline.order.GenerateSpec;
import io.zoetrope.pipeline.order.ModelRef;
import io.zoetrope.pipeline.order.Tuning;
import io.zoetrope.pipeline.order.VideoOrder;
import io.zoetrope.pipeline.order.Wish;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

@Timeout(60)
class ZoetropeAutoConfigurationTest {
  @TempDir Path folder;

  private ApplicationContextRunner application() {
    return new ApplicationContextRunner()
        .withConfiguration(AutoConfigurations.of(ZoetropeAutoConfiguration.class))
        .withPropertyValues("zoetrope.store=" + folder, "zoetrope.drain=1s")
        .withBean(Runner.class, Refusing::new);
  }

  @Test
  void ordersAreTakenAndMadeByTheRunnerOfTheApplication() {
    application()
        .run(context -> {
          Jobs jobs = context.getBean(Jobs.class);
          Job job =
              jobs.submit(
                  JobRequest.of(
                      new VideoOrder(
                          GenerateSpec.usual(),
                          Wish.of("a red ball"),
                          ModelRef.of("toybox"),
                          Tuning.NONE)));
          while (!jobs.require(job.id()).state().over()) {
            Thread.sleep(20);
          }
          Job over = jobs.require(job.id());
          assertThat(over.state()).isEqualTo(JobState.FAILED);
          assertThat(over.error().orElseThrow().message()).isEqualTo("not today");
        });
  }

  @Test
  void healthAndMetersTellOfTheQueue() {
    application()
        .run(context -> {
          assertThat(context.getBean(HealthIndicator.class).health())
              .isNotNull()
              .satisfies(health -> assertThat(health.getStatus()).isIn(Status.UP, Status.DOWN));
          SimpleMeterRegistry registry = new SimpleMeterRegistry();
          context.getBean(MeterBinder.class).bindTo(registry);
          assertThat(registry.get("zoetrope.queue.waiting").gauge().value()).isZero();
        });
  }

  @Test
  void itCanBeLeftOut() {
    application()
        .withPropertyValues("zoetrope.enabled=false")
        .run(context -> assertThat(context).doesNotHaveBean(Jobs.class));
  }

  /** Makes nothing, and says so. */
  private static final class Refusing implements Runner {
    @Override
    public Outcome run(Attempt attempt, Watch watch) {
      return new Failed(JobError.of("unsupported", "not today"));
    }

    @Override
    public String device() {
      return "none";
    }

    @Override
    public void close() {}
  }
}
