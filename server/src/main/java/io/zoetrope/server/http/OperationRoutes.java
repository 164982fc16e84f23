package io.zoetrope.server.http;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.zoetrope.jobs.Jobs;
import java.util.List;
import java.util.Map;

/** For whoever runs the server: does it live, can it work, how does it do. */
final class OperationRoutes implements RouteGroup {
  private final Jobs jobs;
  private final PrometheusMeterRegistry registry;

  OperationRoutes(Jobs jobs, PrometheusMeterRegistry registry) {
    this.jobs = jobs;
    this.registry = registry;
  }

  @Override
  public void add(Routes routes) {
    routes.get("/health/live", Role.NOBODY, ctx -> ctx.json(Map.of("status", "live")));
    routes.get(
        "/health/ready",
        Role.NOBODY,
        ctx -> {
          List<String> ailments = jobs.ailments();
          ctx.header("Cache-Control", "no-store");
          if (ailments.isEmpty()) {
            ctx.json(Map.of("status", "ready"));
          } else {
            ctx.status(503).json(Map.of("status", "not_ready", "ailments", ailments));
          }
        });
    routes.get(
        "/metrics",
        Role.READ,
        ctx -> ctx.contentType("text/plain; version=0.0.4").result(registry.scrape()));
  }
}
