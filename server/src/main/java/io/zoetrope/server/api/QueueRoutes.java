package io.zoetrope.server.api;

import io.zoetrope.jobs.Job;
import io.zoetrope.jobs.JobFilter;
import io.zoetrope.jobs.JobId;
import io.zoetrope.jobs.Jobs;
import io.zoetrope.jobs.QueueState;
import io.zoetrope.record.Json;
import io.zoetrope.server.http.Bodies;
import io.zoetrope.server.http.HttpError;
import io.zoetrope.server.http.Role;
import io.zoetrope.server.http.RouteGroup;
import io.zoetrope.server.http.Routes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The queue, boards and presets. */
final class QueueRoutes implements RouteGroup {
  private static final String QUEUE = "/api/v1/queue";
  private static final String PRESETS = "/api/v1/presets";
  private static final int LOOKED_AT = 1000;

  private final Jobs jobs;

  QueueRoutes(Jobs jobs) {
    this.jobs = jobs;
  }

  @Override
  public void add(Routes routes) {
    routes.get(QUEUE, Role.READ, ctx -> ctx.json(json(jobs)));
    routes.post(
        QUEUE,
        Role.ADMIN,
        ctx -> {
          Fields fields = Fields.of(Bodies.json(ctx, routes.config()), "the queue");
          boolean pause =
              fields
                  .flag("paused")
                  .orElseThrow(() -> HttpError.invalid("paused", "say \"paused\": true or false"));
          fields.requireAllRead();
          if (pause) {
            jobs.pause();
          } else {
            jobs.resume();
          }
          ctx.json(json(jobs));
        });
    routes.get("/api/v1/boards", Role.READ, ctx -> ctx.json(boards()));
    routes.get(PRESETS, Role.READ, ctx -> ctx.json(presets()));
    routes.put(
        PRESETS + "/{name}",
        Role.MAKE,
        ctx -> {
          JsonNode preset = Bodies.json(ctx, routes.config());
          if (!preset.isObject()) {
            throw HttpError.badBody("a preset is an object of JSON");
          }
          jobs.shelf("presets").put(name(ctx.pathParam("name")), preset.toString());
          ctx.json(presets());
        });
    routes.delete(
        PRESETS + "/{name}",
        Role.MAKE,
        ctx -> {
          String name = name(ctx.pathParam("name"));
          if (!jobs.shelf("presets").remove(name)) {
            throw HttpError.notFound("preset_not_found", "there is no preset '%s'".formatted(name));
          }
          ctx.status(204);
        });
  }

  private static String name(String text) {
    if (text.isBlank() || text.length() > 100) {
      throw HttpError.invalid("name", "a preset's name has 1 to 100 letters");
    }
    return text.strip();
  }

  /** The queue as it is now. */
  static Map<String, @Nullable Object> json(Jobs jobs) {
    QueueState queue = jobs.queue();
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("paused", queue.paused());
    json.put("waiting", queue.waiting().stream().map(JobId::text).toList());
    json.put("running", queue.running().stream().map(JobId::text).toList());
    List<Map<String, @Nullable Object>> workers = new ArrayList<>();
    for (QueueState.Worker worker : queue.workers()) {
      Map<String, @Nullable Object> one = new LinkedHashMap<>();
      one.put("name", worker.name());
      one.put("state", worker.state());
      one.put("device", worker.device());
      one.put("job", worker.job().map(JobId::text).orElse(null));
      workers.add(one);
    }
    json.put("workers", workers);
    json.put("eta_seconds", eta(jobs, queue).orElse(null));
    return json;
  }

  /** Of what is made now: those that wait have not been measured. */
  private static Optional<Double> eta(Jobs jobs, QueueState queue) {
    return queue.running().stream()
        .flatMap(id -> jobs.find(id).stream())
        .flatMap(job -> job.progress().etaSeconds().stream())
        .max(Double::compare);
  }

  private Map<String, Object> boards() {
    Map<String, Integer> counts = new TreeMap<>();
    for (Job job : jobs.list(JobFilter.newest(LOOKED_AT))) {
      job.board().ifPresent(board -> counts.merge(board, 1, Integer::sum));
    }
    return Map.of(
        "boards",
        counts.entrySet().stream()
            .map(board -> Map.of("name", board.getKey(), "jobs", board.getValue()))
            .toList());
  }

  private Map<String, Object> presets() {
    Jobs.Shelf shelf = jobs.shelf("presets");
    List<Map<String, Object>> presets = new ArrayList<>();
    for (String name : shelf.names()) {
      shelf
          .get(name)
          .ifPresent(
              json -> presets.add(Map.of("name", name, "order", Json.MAPPER.readTree(json))));
    }
    return Map.of("presets", presets);
  }
}
