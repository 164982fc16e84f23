package io.zoetrope.server.hooks;

import io.zoetrope.jobs.Job;
import io.zoetrope.jobs.JobId;
import io.zoetrope.jobs.Jobs;
import io.zoetrope.jobs.JobsException;
import io.zoetrope.record.Json;
import io.zoetrope.server.http.HttpError;
import io.zoetrope.server.http.PublicDns;
import java.io.IOException;
import java.net.Proxy;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import okhttp3.Dns;
import okhttp3.HttpUrl;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/**
 * Tells of jobs that are over, by POST: at least once, also after a restart, until it is taken or
 * eight tries over a day are used up. Signed as Standard Webhooks has it: HMAC-SHA256 over id, time
 * and body ({@code webhook-id}, {@code webhook-timestamp}, {@code webhook-signature}).
 */
public final class Hooks implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Hooks.class);
  private static final MediaType JSON = MediaType.get("application/json");
  private static final String SHELF = "webhooks";
  private static final int LOOK_SECONDS = 5;

  /** How long after each try the next one comes. */
  private static final Duration[] PAUSES = {
    Duration.ofSeconds(5),
    Duration.ofSeconds(30),
    Duration.ofMinutes(2),
    Duration.ofMinutes(15),
    Duration.ofHours(1),
    Duration.ofHours(4),
    Duration.ofHours(12)
  };

  private final Jobs jobs;
  private final HookConfig config;
  private final Function<Job, Map<String, ?>> words;
  private final OkHttpClient client;
  private final Clock clock;
  private final Semaphore news = new Semaphore(0);
  private final Runnable deaf;
  private final Thread thread;
  private volatile boolean closed;

  /**
   * What is still to be told.
   *
   * @param tries that were made
   * @param next when the next one is due, milliseconds since 1970
   */
  private record Due(String url, int tries, long next) {}

  private Hooks(
      Jobs jobs,
      HookConfig config,
      Function<Job, Map<String, ?>> words,
      OkHttpClient client,
      Clock clock) {
    this.jobs = jobs;
    this.config = config;
    this.words = words;
    this.client = client;
    this.clock = clock;
    deaf = jobs.listen(id -> news.release());
    thread = Thread.ofVirtual().name("webhooks").start(this::work);
  }

  /**
   * Begins to look after those that are due.
   *
   * @param words what is told of a job
   */
  public static Hooks start(Jobs jobs, HookConfig config, Function<Job, Map<String, ?>> words) {
    OkHttpClient client =
        new OkHttpClient.Builder()
            .dns(new PublicDns(Dns.SYSTEM))
            .proxy(Proxy.NO_PROXY)
            .followRedirects(false)
            .callTimeout(Duration.ofSeconds(15))
            .build();
    return new Hooks(jobs, config, words, client, Clock.systemUTC());
  }

  /** With a client and a clock of a test. */
  static Hooks start(
      Jobs jobs,
      HookConfig config,
      Function<Job, Map<String, ?>> words,
      OkHttpClient client,
      Clock clock) {
    return new Hooks(jobs, config, words, client, clock);
  }

  /**
   * Requires that a URL may be told.
   *
   * @throws HttpError if it may not
   */
  public void require(String url) {
    @Nullable HttpUrl parsed = HttpUrl.parse(url);
    boolean allowed =
        parsed != null
            && (parsed.isHttps() || config.plain())
            && parsed.username().isEmpty()
            && config.hosts().contains(parsed.host());
    if (!allowed) {
      throw HttpError.badRequest(
          "unsupported_url",
          "webhook",
          "webhooks go by https to hosts that the server was told of: "
              + (config.hosts().isEmpty() ? "there are none" : String.join(", ", config.hosts())));
    }
  }

  /** A job whose end is to be told. */
  public void add(JobId job, String url) {
    put(job.text(), new Due(url, 0, clock.millis()));
    news.release();
  }

  private void put(String name, Due due) {
    jobs.shelf(SHELF)
        .put(
            name,
            Json.MAPPER.writeValueAsString(
                Map.of("url", due.url, "tries", due.tries, "next", due.next)));
  }

  private void work() {
    while (!closed) {
      try {
        boolean told = news.tryAcquire(1, LOOK_SECONDS, TimeUnit.SECONDS);
        news.drainPermits();
        if (!closed) {
          look(told);
        }
      } catch (InterruptedException e) {
        return;
      } catch (JobsException e) {
        LOG.warn("webhooks wait: {}", e.getMessage());
      }
    }
  }

  private void look(boolean told) throws InterruptedException {
    Jobs.Shelf shelf = jobs.shelf(SHELF);
    for (String name : shelf.names()) {
      Optional<Due> due = shelf.get(name).map(Hooks::due);
      if (due.isPresent() && due.get().next() <= clock.millis()) {
        attempt(shelf, name, due.get());
      }
    }
    if (told) {
      // Steps are told often; there is no hurry.
      Thread.sleep(100);
    }
  }

  private static Due due(String text) {
    JsonNode node = Json.MAPPER.readTree(text);
    return new Due(
        node.path("url").asString(), node.path("tries").asInt(), node.path("next").asLong());
  }

  private void attempt(Jobs.Shelf shelf, String name, Due due) {
    Optional<Job> job = JobId.tryParse(name).flatMap(jobs::find);
    if (job.isEmpty()) {
      boolean unused = shelf.remove(name);
      return;
    }
    if (!job.get().state().over()) {
      return;
    }
    if (taken(job.get(), due.url())) {
      boolean unused = shelf.remove(name);
    } else if (due.tries() >= PAUSES.length) {
      LOG.warn("{} was told to nobody: {} does not take it", name, host(due.url()));
      boolean unused = shelf.remove(name);
    } else {
      put(
          name,
          new Due(due.url(), due.tries() + 1, clock.millis() + PAUSES[due.tries()].toMillis()));
    }
  }

  private boolean taken(Job job, String url) {
    String body = Json.MAPPER.writeValueAsString(words.apply(job));
    String id = job.id() + "." + job.state().text();
    long time = clock.millis() / 1000;
    Request request =
        new Request.Builder()
            .url(url)
            .header("webhook-id", id)
            .header("webhook-timestamp", String.valueOf(time))
            .header("webhook-signature", "v1," + signature(id, time, body))
            .post(RequestBody.create(body, JSON))
            .build();
    try (Response response = client.newCall(request).execute()) {
      return response.isSuccessful();
    } catch (IOException e) {
      LOG.info("{} does not answer: {}", host(url), e.getMessage());
      return false;
    }
  }

  private static String host(String url) {
    @Nullable HttpUrl parsed = HttpUrl.parse(url);
    return parsed == null ? "?" : parsed.host();
  }

  /** Base 64 of HMAC-SHA256 over {@code id.time.body}. */
  String signature(String id, long time, String body) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(config.secret().getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
      byte[] sum = mac.doFinal((id + "." + time + "." + body).getBytes(StandardCharsets.UTF_8));
      return Base64.getEncoder().encodeToString(sum);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    closed = true;
    deaf.run();
    thread.interrupt();
  }
}
