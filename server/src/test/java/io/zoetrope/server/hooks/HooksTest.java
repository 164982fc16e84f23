package io.zoetrope.server.hooks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.zoetrope.jobs.FakeRunner;
import io.zoetrope.jobs.Job;
import io.zoetrope.jobs.JobRequest;
import io.zoetrope.jobs.queue.JobsConfig;
import io.zoetrope.jobs.queue.StoredJobs;
import io.zoetrope.pipeline.order.GenerateSpec;
import io.zoetrope.pipeline.order.ModelRef;
import io.zoetrope.pipeline.order.Tuning;
import io.zoetrope.pipeline.order.VideoOrder;
import io.zoetrope.pipeline.order.Wish;
import io.zoetrope.server.http.HttpError;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import okhttp3.OkHttpClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class HooksTest {
  private static final HookConfig CONFIG =
      new HookConfig(Set.of("127.0.0.1"), "0123456789abcdef", true);

  @TempDir Path folder;

  private final BlockingQueue<Told> told = new LinkedBlockingQueue<>();
  private final AtomicInteger answer = new AtomicInteger(200);
  private final AtomicLong ahead = new AtomicLong();
  private HttpServer other;
  private StoredJobs jobs;

  private record Told(Map<String, List<String>> headers, String body) {
    String header(String name) {
      return headers.entrySet().stream()
          .filter(header -> header.getKey().equalsIgnoreCase(name))
          .map(header -> header.getValue().getFirst())
          .findFirst()
          .orElseThrow();
    }
  }

  @BeforeEach
  void listen() throws IOException {
    other = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    other.createContext("/hook", this::hear);
    other.start();
    JobsConfig config = JobsConfig.in(folder);
    jobs =
        StoredJobs.open(
                config.withLimits(config.limits().withFree(0)),
                List.of(FakeRunner.of(Duration.ofMillis(5))))
            .start();
  }

  @AfterEach
  void stop() {
    jobs.close();
    other.stop(0);
  }

  private void hear(HttpExchange exchange) throws IOException {
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    told.add(new Told(exchange.getRequestHeaders(), body));
    exchange.sendResponseHeaders(answer.get(), -1);
    exchange.close();
  }

  private Hooks hooks() {
    Clock clock =
        new Clock() {
          @Override
          public java.time.ZoneId getZone() {
            return ZoneOffset.UTC;
          }

          @Override
          public Clock withZone(java.time.ZoneId zone) {
            return this;
          }

          @Override
          public Instant instant() {
            return Instant.now().plusMillis(ahead.get());
          }
        };
    return Hooks.start(
        jobs,
        CONFIG,
        job -> Map.of("type", "job." + job.state().text(), "id", job.id().text()),
        new OkHttpClient(),
        clock);
  }

  private String url() {
    return "http://127.0.0.1:%s/hook".formatted(other.getAddress().getPort());
  }

  private Job submit() {
    return jobs.submit(
        JobRequest.of(
            new VideoOrder(
                GenerateSpec.usual(), Wish.of("a red ball"), ModelRef.of("toybox"), Tuning.NONE)));
  }

  @Test
  void theEndOfAJobIsToldOnceAndSigned() throws Exception {
    try (Hooks hooks = hooks()) {
      Job job = submit();
      hooks.add(job.id(), url());
      Told first = told.poll(20, TimeUnit.SECONDS);
      assertThat(first.body()).contains("job.completed", job.id().text());
      assertThat(first.header("webhook-id")).isEqualTo(job.id() + ".completed");
      long time = Long.parseLong(first.header("webhook-timestamp"));
      assertThat(first.header("webhook-signature"))
          .isEqualTo("v1," + hooks.signature(job.id() + ".completed", time, first.body()));
      assertThat(told.poll(300, TimeUnit.MILLISECONDS)).isNull();
      assertThat(jobs.shelf("webhooks").names()).isEmpty();
    }
  }

  @Test
  void whoDoesNotTakeItIsToldAgainAlsoAfterARestart() throws Exception {
    answer.set(500);
    Job job = submit();
    try (Hooks hooks = hooks()) {
      hooks.add(job.id(), url());
      assertThat(told.poll(20, TimeUnit.SECONDS)).isNotNull();
      while (!jobs.shelf("webhooks").get(job.id().text()).orElseThrow().contains("\"tries\":1")) {
        Thread.sleep(20);
      }
    }
    answer.set(204);
    ahead.set(60_000);
    try (Hooks hooks = hooks()) {
      assertThat(told.poll(20, TimeUnit.SECONDS)).isNotNull();
      while (!jobs.shelf("webhooks").names().isEmpty()) {
        Thread.sleep(20);
      }
    }
  }

  @Test
  void onlyServersThatWereNamedAreTold() {
    try (Hooks hooks =
        Hooks.start(
            jobs, HookConfig.to(Set.of("example.org"), "0123456789abcdef"), job -> Map.of())) {
      hooks.require("https://example.org/x");
      for (String url :
          List.of(
              "http://example.org/x",
              "https://example.org.evil.net/",
              "https://me:pw@example.org/",
              "https://127.0.0.1/",
              "file:///etc/passwd",
              "no URL")) {
        assertThatThrownBy(() -> hooks.require(url)).as(url).isInstanceOf(HttpError.class);
      }
    }
    assertThatThrownBy(() -> HookConfig.to(Set.of("example.org"), "short"))
        .hasMessageContaining("16");
  }
}
