package io.zoetrope.server.http;

import io.javalin.Javalin;
import io.javalin.http.Context;
import io.javalin.util.JavalinException;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.zoetrope.error.Fault;
import io.zoetrope.error.Mend;
import io.zoetrope.error.UserError;
import io.zoetrope.jobs.Jobs;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The server at work: one that listens, until it is closed. */
public final class HttpServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(HttpServer.class);

  /** Errors about files and bodies. */
  private static final Set<String> UPLOADS =
      Set.of("too_large", "too_slow", "invalid_media", "unsupported_media_type", "unsupported_url");

  private final Javalin javalin;
  private final JobMeters meters;
  private final ServerConfig config;

  private HttpServer(Javalin javalin, JobMeters meters, ServerConfig config) {
    this.javalin = javalin;
    this.meters = meters;
    this.config = config;
  }

  /**
   * Starts one.
   *
   * @param groups its routes, besides those of log-in, health and metrics
   * @throws UserError if others could reach it and nobody has a token, or the port is taken
   */
  public static HttpServer start(ServerConfig config, Jobs jobs, List<RouteGroup> groups) {
    Tokens tokens = Tokens.of(jobs);
    boolean needed =
        switch (config.login()) {
          case AUTO -> Gate.reachable(config.host());
          case TOKENS -> true;
          case NONE -> false;
        };
    if (needed && tokens.list().isEmpty()) {
      throw new UserError(
          Fault.INVALID,
          "others can reach %s, and there is no token".formatted(config.host()),
          "make one, or say that nobody needs one");
    }
    Gate gate = new Gate(config, tokens, needed);
    PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    new JvmMemoryMetrics().bindTo(registry);
    Javalin javalin =
        Javalin.create(setup -> {
          setup.startup.showJavalinBanner = false;
          setup.startup.showOldJavalinVersionWarning = false;
          setup.startup.startupWatcherEnabled = false;
          setup.concurrency.useVirtualThreads = true;
          setup.http.prefer405over404 = true;
          setup.http.asyncTimeout = 0;
          setup.http.defaultContentType = "application/json";
          setup.http.maxRequestSize = config.limits().body();
          setup.jsonMapper(new JsonText());
          JettyDoor.set(setup, config.limits());
          Errors.add(setup);
          setup.routes.before(gate::enter);
          setup.routes.beforeMatched(gate::pass);
          setup.requestLogger.http((ctx, millis) -> count(registry, ctx, millis));
          Routes routes = new Routes(setup, config, registry);
          new SessionRoutes(tokens, gate).add(routes);
          new OperationRoutes(jobs, registry).add(routes);
          groups.forEach(group -> group.add(routes));
        });
    try {
      javalin.start(config.host(), config.port());
    } catch (RuntimeException e) {
      throw new UserError(
          Fault.OCCUPIED,
          "nothing can listen on %s:%s".formatted(config.host(), config.port()),
          Mend.of("take another port"),
          e);
    }
    return new HttpServer(javalin, new JobMeters(jobs, registry), config);
  }

  private static void count(PrometheusMeterRegistry registry, Context ctx, float millis) {
    var endpoint = ctx.endpoints().matchedHttpEndpoint();
    Timer.builder("zoetrope.http.requests")
        .description("Requests by route and status")
        .tag("method", ctx.method().toString())
        .tag("route", endpoint == null ? "none" : endpoint.path)
        .tag("status", Integer.toString(ctx.statusCode()))
        .register(registry)
        .record(Duration.ofNanos((long) (millis * 1e6)));
    String error = ctx.attribute(Errors.CODE);
    if (error != null && UPLOADS.contains(error)) {
      registry.counter("zoetrope.uploads.refused", "reason", error).increment();
    }
  }

  /** On which it listens. */
  public int port() {
    return javalin.port();
  }

  /** Where a browser on this machine finds it. */
  public URI uri() {
    String host = config.host().equals("0.0.0.0") ? "127.0.0.1" : config.host();
    return URI.create(
        "http://%s:%s/".formatted(host.indexOf(':') < 0 ? host : "[" + host + "]", port()));
  }

  /** Ends what is open within a second. */
  @Override
  public void close() {
    meters.close();
    try {
      javalin.stop();
    } catch (JavalinException e) {
      // Who was still at it after that time was cut off.
      LOG.debug("requests were cut off", e);
    }
  }
}
