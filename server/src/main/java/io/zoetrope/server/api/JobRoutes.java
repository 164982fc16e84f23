package io.zoetrope.server.api;

import io.javalin.http.Context;
import io.zoetrope.jobs.Job;
import io.zoetrope.jobs.JobChange;
import io.zoetrope.jobs.JobFilter;
import io.zoetrope.jobs.JobId;
import io.zoetrope.jobs.JobRequest;
import io.zoetrope.jobs.JobState;
import io.zoetrope.jobs.Jobs;
import io.zoetrope.jobs.StepPicture;
import io.zoetrope.pipeline.order.VideoOrder;
import io.zoetrope.server.hooks.Hooks;
import io.zoetrope.server.http.Bodies;
import io.zoetrope.server.http.Caller;
import io.zoetrope.server.http.HttpError;
import io.zoetrope.server.http.Role;
import io.zoetrope.server.http.RouteGroup;
import io.zoetrope.server.http.Routes;
import io.zoetrope.server.http.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;

/** {@code /api/v1/jobs}: orders in, what became of them out. */
final class JobRoutes implements RouteGroup {
  private static final String JOBS = "/api/v1/jobs";
  private static final String JOB = JOBS + "/{id}";
  private static final int MOST_AT_ONCE = 256;
  private static final int PAGE = 50;

  private final Jobs jobs;
  private final OrderDesk desk;
  private final Hooks hooks;

  JobRoutes(Jobs jobs, OrderDesk desk, Hooks hooks) {
    this.jobs = jobs;
    this.desk = desk;
    this.hooks = hooks;
  }

  @Override
  public void add(Routes routes) {
    routes.post(JOBS, Role.MAKE, ctx -> submit(ctx, Bodies.json(ctx, routes.config())));
    routes.get(JOBS, Role.READ, this::list);
    routes.get(JOB, Role.READ, ctx -> answer(ctx, jobs.require(id(ctx))));
    routes.patch(JOB, Role.MAKE, ctx -> change(ctx, Bodies.json(ctx, routes.config())));
    routes.delete(
        JOB,
        Role.MAKE,
        ctx -> {
          jobs.delete(id(ctx));
          ctx.status(204);
        });
    deed(routes, "cancel", jobs::cancel);
    deed(routes, "retry", jobs::retry);
    deed(routes, "continue", jobs::finish);
    routes.get(JOB + "/preview", Role.READ, this::preview);
  }

  private void deed(Routes routes, String name, Function<JobId, Job> deed) {
    routes.post(JOB + "/" + name, Role.MAKE, ctx -> answer(ctx, deed.apply(id(ctx))));
  }

  private void answer(Context ctx, Job job) {
    ctx.json(JobJson.of(job, jobs));
  }

  private static JobId id(Context ctx) {
    String text = ctx.pathParam("id");
    return JobId.tryParse(text)
        .orElseThrow(() -> HttpError.notFound("video_not_found", "there is no such job"));
  }

  private void submit(Context ctx, JsonNode body) {
    Optional<String> key = Optional.ofNullable(ctx.header("Idempotency-Key"));
    if (!body.isArray()) {
      JobRequest request = request(ctx, body, key, "order");
      answer(ctx, told(request, jobs.submit(request)));
      return;
    }
    if (body.isEmpty() || body.size() > MOST_AT_ONCE) {
      throw HttpError.badBody(
          "a batch has 1 to %s orders, not %s".formatted(MOST_AT_ONCE, body.size()));
    }
    List<JobRequest> requests = new ArrayList<>();
    for (int i = 0; i < body.size(); i++) {
      int number = i;
      requests.add(
          request(ctx, body.get(i), key.map(text -> text + "#" + number), "order " + (number + 1)));
    }
    List<Job> taken = jobs.submit(requests);
    for (int i = 0; i < taken.size(); i++) {
      Job unused = told(requests.get(i), taken.get(i));
    }
    ctx.json(Map.of("jobs", taken.stream().map(job -> JobJson.of(job, jobs)).toList()));
  }

  /** The end of a job is told where its request says. */
  private Job told(JobRequest request, Job job) {
    request.webhook().ifPresent(url -> hooks.add(job.id(), url));
    return job;
  }

  private JobRequest request(Context ctx, JsonNode body, Optional<String> key, String what) {
    Fields fields = Fields.of(body, what);
    VideoOrder order = desk.order(fields.node("order"), what);
    JobRequest request =
        new JobRequest(
            order,
            Caller.of(ctx).token(),
            fields.whole("draft_rows", 1, 1000),
            fields.text("batch", 200),
            fields.text("board", 200),
            fields.text("remixed_from", 64).map(JobRoutes::job),
            fields.whole("priority", -100, 100).orElse(0),
            key.map(JobRoutes::named),
            key.map(text -> Sha256.of(body.toString())),
            fields.text("webhook", 2000));
    fields.requireAllRead();
    request.webhook().ifPresent(hooks::require);
    return request;
  }

  private static String named(String key) {
    if (key.isBlank() || key.length() > 200) {
      throw HttpError.of(400, "invalid_idempotency_key", "an Idempotency-Key has 1 to 200 letters");
    }
    return key;
  }

  private static JobId job(String text) {
    return JobId.tryParse(text)
        .orElseThrow(() -> HttpError.invalid("remixed_from", "'%s' is no job".formatted(text)));
  }

  private void list(Context ctx) {
    int limit = Queries.whole(ctx, "limit", 1, 500).orElse(PAGE);
    JobFilter filter =
        new JobFilter(
            states(ctx),
            Queries.text(ctx, "board"),
            Queries.text(ctx, "batch"),
            "true".equals(ctx.queryParam("star")),
            Queries.text(ctx, "q"),
            Optional.empty(),
            Queries.text(ctx, "before").map(text -> before(text)),
            /* ascending= */ false,
            limit + 1);
    List<Job> found = jobs.list(filter);
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("jobs", found.stream().limit(limit).map(job -> JobJson.of(job, jobs)).toList());
    answer.put("has_more", found.size() > limit);
    ctx.json(answer);
  }

  private static JobId before(String text) {
    return JobId.tryParse(text)
        .orElseThrow(() -> HttpError.invalid("before", "'%s' is no job".formatted(text)));
  }

  private static Set<JobState> states(Context ctx) {
    Set<JobState> states = EnumSet.noneOf(JobState.class);
    for (String text :
        Queries.text(ctx, "state").map(all -> all.split(",")).orElse(new String[0])) {
      try {
        states.add(JobState.of(text.strip()));
      } catch (IllegalArgumentException e) {
        throw HttpError.invalid(
            "state",
            "state is one or more of queued, running, draft, completed, failed, cancelled, not '%s'"
                .formatted(text.strip()));
      }
    }
    return states;
  }

  private void change(Context ctx, JsonNode body) {
    Fields fields = Fields.of(body, "the change");
    JobChange change =
        new JobChange(
            fields.optionalNode("order").map(node -> desk.order(node, "order")),
            fields.whole("position", 1, 100_000),
            fields.text("board", 200),
            fields.flag("star"),
            fields.text("note", 10_000));
    fields.requireAllRead();
    answer(ctx, jobs.change(id(ctx), change));
  }

  /** A strip of all frames of a clip as they were at a step. It never changes. */
  private void preview(Context ctx) throws IOException {
    Job job = jobs.require(id(ctx));
    int step =
        Queries.whole(ctx, "step", 1, 999_999_999)
            .orElseThrow(() -> HttpError.invalid("step", "say which step, as in ?step=9"));
    Path file =
        strip(job, step)
            .orElseThrow(() ->
                HttpError.notFound("not_found", "there is no preview of step %s".formatted(step)));
    ctx.header("Cache-Control", "private, max-age=31536000, immutable");
    ctx.res().setContentType("image/webp");
    ctx.result(Files.newInputStream(file));
  }

  private Optional<Path> strip(Job job, int step) {
    for (int attempt = job.attempt(); attempt >= 1; attempt--) {
      Path folder = jobs.store().attempt(job.id(), attempt);
      Optional<Path> file =
          StepPicture.all(folder).stream()
              .filter(picture -> picture.step() == step)
              .map(picture -> picture.at(folder))
              .findFirst();
      if (file.isPresent()) {
        return file;
      }
    }
    return Optional.empty();
  }
}
