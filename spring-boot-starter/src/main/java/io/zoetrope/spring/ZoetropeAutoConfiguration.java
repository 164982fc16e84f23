package io.zoetrope.spring;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.zoetrope.jobs.Jobs;
import io.zoetrope.jobs.Runner;
import io.zoetrope.jobs.queue.JobsConfig;
import io.zoetrope.jobs.queue.StoredJobs;
import io.zoetrope.jobs.worker.LocalRunner;
import java.util.List;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * A {@link Jobs} bean: orders are kept in a database, wait for their turn and are made in this
 * process, one at a time on each device. Beans of type {@link Runner} make them instead, if there
 * are any.
 */
@AutoConfiguration
@ConditionalOnProperty(name = "zoetrope.enabled", matchIfMissing = true)
@EnableConfigurationProperties(ZoetropeProperties.class)
public class ZoetropeAutoConfiguration {
  /** The jobs; they are begun when the application is, and drained before it ends. */
  @Bean(destroyMethod = "close")
  @ConditionalOnMissingBean(Jobs.class)
  StoredJobs zoetropeJobs(ZoetropeProperties properties, ObjectProvider<Runner> own) {
    JobsConfig config = JobsConfig.in(properties.store().toAbsolutePath().normalize());
    config = properties.url().map(config::withDatabase).orElse(config);
    config = properties.process().map(config::withName).orElse(config);
    List<Runner> runners = own.orderedStream().toList();
    return StoredJobs.open(
        config,
        runners.isEmpty()
            ? properties.devices().stream().<Runner>map(LocalRunner::on).toList()
            : runners);
  }

  @Bean
  @ConditionalOnMissingBean
  JobsLifecycle zoetropeJobsLifecycle(StoredJobs jobs, ZoetropeProperties properties) {
    return new JobsLifecycle(jobs, properties.drain());
  }

  /** Whether jobs can be taken and made. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass(HealthIndicator.class)
  static class HealthConfiguration {
    @Bean
    @ConditionalOnMissingBean(name = "zoetropeQueueHealthIndicator")
    HealthIndicator zoetropeQueueHealthIndicator(Jobs jobs) {
      return () -> {
        List<String> ailments = jobs.ailments();
        return (ailments.isEmpty() ? Health.up() : Health.down().withDetail("ailments", ailments))
            .build();
      };
    }
  }

  /** How long the queue is. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass(MeterBinder.class)
  static class MetricsConfiguration {
    @Bean
    @ConditionalOnMissingBean(name = "zoetropeMeters")
    MeterBinder zoetropeMeters(Jobs jobs) {
      return registry -> {
        Gauge.builder("zoetrope.queue.waiting", jobs, j -> j.queue().waiting().size())
            .description("Jobs that wait")
            .register(registry);
        Gauge.builder("zoetrope.queue.running", jobs, j -> j.queue().running().size())
            .description("Jobs that are being made")
            .register(registry);
      };
    }
  }
}
