package io.zoetrope.server.api;

import io.javalin.http.Context;
import io.zoetrope.jobs.JobEvent;
import io.zoetrope.jobs.JobId;
import io.zoetrope.jobs.Jobs;
import io.zoetrope.record.Json;
import io.zoetrope.server.http.HttpError;
import io.zoetrope.server.http.Role;
import io.zoetrope.server.http.RouteGroup;
import io.zoetrope.server.http.Routes;
import io.zoetrope.server.http.Streams;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code /api/v1/events}: what happens, as it happens. Who comes back says the last event that was
 * seen, and gets those that were missed, of the last hour.
 */
final class EventRoutes implements RouteGroup, AutoCloseable {
  /** So that proxies keep the line open, and a dead one is noticed. */
  private static final int BEAT_SECONDS = 15;

  private final Jobs jobs;
  private volatile boolean closed;

  EventRoutes(Jobs jobs) {
    this.jobs = jobs;
  }

  @Override
  public void add(Routes routes) {
    routes.get("/api/v1/events", Role.READ, ctx -> stream(ctx, routes.streams()));
  }

  /** Says good-bye to all. */
  @Override
  public void close() {
    closed = true;
  }

  private void stream(Context ctx, Streams streams) throws InterruptedException {
    Optional<JobId> only = Queries.text(ctx, "job").map(EventRoutes::id);
    long last = after(ctx);
    try (Streams.Place place = streams.take()) {
      Semaphore news = new Semaphore(0);
      Runnable end = jobs.listen(id -> news.release());
      try {
        ctx.res().setContentType("text/event-stream; charset=utf-8");
        ctx.res().setHeader("Cache-Control", "no-store");
        ctx.res().setHeader("X-Accel-Buffering", "no");
        follow(ctx.res().getOutputStream(), only, last, news);
      } catch (IOException e) {
        // Whoever looked on is gone.
      } finally {
        end.run();
      }
    }
  }

  private static JobId id(String text) {
    return JobId.tryParse(text)
        .orElseThrow(() -> HttpError.notFound("video_not_found", "there is no such job"));
  }

  /** The last event that was seen; without one, only what comes from now on. */
  private long after(Context ctx) {
    String seen = ctx.header("Last-Event-ID");
    String asked = seen == null ? ctx.queryParam("after") : seen;
    if (asked == null) {
      return jobs.newestEvent();
    }
    try {
      return Long.parseLong(asked);
    } catch (NumberFormatException e) {
      throw HttpError.invalid("after", "'%s' is no number of an event".formatted(asked));
    }
  }

  private void follow(OutputStream out, Optional<JobId> only, long after, Semaphore news)
      throws IOException, InterruptedException {
    write(out, "retry: 1000\n: from %s on\n\n".formatted(after));
    long last = after;
    long quiet = System.nanoTime();
    while (!closed) {
      List<JobEvent> events = jobs.events(last);
      for (JobEvent event : events) {
        last = event.id();
        if (only.isEmpty() || only.equals(event.job())) {
          write(out, text(event));
          quiet = System.nanoTime();
        }
      }
      if (events.isEmpty()) {
        // Short, so that a server that stops is noticed.
        boolean told = news.tryAcquire(1, 1, TimeUnit.SECONDS);
        news.drainPermits();
        if (!told && System.nanoTime() - quiet > TimeUnit.SECONDS.toNanos(BEAT_SECONDS)) {
          write(out, ": still here\n\n");
          quiet = System.nanoTime();
        }
      }
    }
    write(out, "event: bye\ndata: {}\n\n");
  }

  private static void write(OutputStream out, String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.UTF_8));
    out.flush();
  }

  private String text(JobEvent event) {
    ObjectNode data = data(event);
    return "id: %s\nevent: %s\ndata: %s\n\n".formatted(event.id(), type(event, data), data);
  }

  /** What is told of a job that is gone by now is that it is gone. */
  private static String type(JobEvent event, ObjectNode data) {
    return event.type().equals("job") && !data.has("state") ? "removed" : event.type();
  }

  /** A job as it is now, not as it was: who is late sees the end at once. */
  private ObjectNode data(JobEvent event) {
    ObjectNode data =
        switch (event.type()) {
          case "job" ->
              event
                  .job()
                  .flatMap(jobs::find)
                  .map(job -> Json.MAPPER.<ObjectNode>valueToTree(JobJson.of(job, jobs)))
                  .orElseGet(Json.MAPPER::createObjectNode);
          case "queue" -> Json.MAPPER.<ObjectNode>valueToTree(QueueRoutes.json(jobs));
          default -> (ObjectNode) Json.MAPPER.readTree(event.json());
        };
    event.job().ifPresent(job -> data.put("job", job.text()));
    return data;
  }
}
