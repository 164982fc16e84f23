package io.zoetrope.server.videos;

import io.javalin.http.Context;
import io.javalin.http.Handler;
import io.zoetrope.jobs.Job;
import io.zoetrope.jobs.JobFilter;
import io.zoetrope.jobs.JobId;
import io.zoetrope.jobs.JobState;
import io.zoetrope.jobs.Jobs;
import io.zoetrope.jobs.JobsException;
import io.zoetrope.record.Json;
import io.zoetrope.server.http.HttpError;
import io.zoetrope.server.http.Role;
import io.zoetrope.server.http.RouteGroup;
import io.zoetrope.server.http.Routes;
import io.zoetrope.server.http.Uploads;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code /v1/videos} and {@code /v1/models}. */
public final class VideoRoutes implements RouteGroup {
  private static final String ROOT = "/v1/videos";
  private static final int MOST_LISTED = 100;
  private static final int USUALLY_LISTED = 20;

  private final Jobs jobs;
  private final Jobs.Look look;
  private final ServedModels models;
  private final Instant since = Instant.now();

  /**
   * Over some jobs.
   *
   * @param look says what an uploaded file is
   * @param models that requests may name
   */
  public VideoRoutes(Jobs jobs, Jobs.Look look, ServedModels models) {
    this.jobs = jobs;
    this.look = look;
    this.models = models;
  }

  @Override
  public void add(Routes routes) {
    var config = routes.config();
    Ignored ignored = new Ignored(jobs);
    VideoJson json = new VideoJson(jobs, models, ignored);
    Content content = new Content(jobs);
    Uploads uploads = new Uploads(jobs, look, config.limits());
    References references =
        new References(
            jobs, uploads, new Fetcher(config.fetch(), config.limits()), config.limits());
    Making making =
        new Making(
            config, references, new Orders(models, config.limits()), new Submission(jobs, ignored));
    Waiting waiting = new Waiting(jobs, Duration.ofSeconds(config.limits().syncSeconds()));

    routes.post(ROOT, Role.MAKE, ctx -> ctx.json(json.of(making.create(ctx))));
    routes.post(ROOT + "/edits", Role.MAKE, ctx -> ctx.json(json.of(making.edit(ctx))));
    routes.post(ROOT + "/extensions", Role.MAKE, ctx -> ctx.json(json.of(making.extend(ctx))));
    routes.post(
        ROOT + "/{id}/remix",
        Role.MAKE,
        ctx -> ctx.json(json.of(making.remix(ctx, jobs.require(id(ctx))))));
    routes.post(ROOT + "/sync", Role.MAKE, ctx -> sync(ctx, making, waiting, content));
    routes.post(ROOT + "/characters", Role.MAKE, VideoRoutes::unsupported);
    routes.get(ROOT + "/characters", Role.READ, VideoRoutes::unsupported);
    routes.get(ROOT + "/characters/{id}", Role.READ, VideoRoutes::unsupported);
    routes.get(ROOT, Role.READ, ctx -> list(ctx, json));
    routes.get(ROOT + "/{id}", Role.READ, ctx -> one(ctx, json));
    Handler file =
        ctx ->
            content.send(
                ctx,
                jobs.require(id(ctx)),
                Optional.ofNullable(ctx.queryParam("variant")).orElse("video"));
    routes.get(ROOT + "/{id}/content", Role.READ, file);
    routes.head(ROOT + "/{id}/content", Role.READ, file);
    routes.delete(ROOT + "/{id}", Role.MAKE, ctx -> delete(ctx, ignored));
    routes.get("/v1/models", Role.READ, ctx -> ctx.json(models()));
    routes.get("/v1/models/{name}", Role.READ, this::model);
  }

  /**
   * What stands in the path.
   *
   * @throws JobsException if it cannot be a video
   */
  private static JobId id(Context ctx) {
    return JobId.tryParse(ctx.pathParam("id"))
        .orElseThrow(
            () -> new JobsException(JobsException.Kind.NOT_FOUND, "there is no such video"));
  }

  private static void unsupported(Context ctx) {
    throw HttpError.notFound("unsupported", "characters are not made here");
  }

  private void one(Context ctx, VideoJson json) {
    Job job = jobs.require(id(ctx));
    if (!job.state().over()) {
      ctx.header("openai-poll-after-ms", Long.toString(pollAfter(job)));
    }
    ctx.header("Cache-Control", "no-store");
    ctx.json(json.of(job));
  }

  /** A quarter of what is left, as far as that is known. */
  private static long pollAfter(Job job) {
    if (job.state() == JobState.QUEUED) {
      return 2000;
    }
    double left = job.progress().etaSeconds().orElse(4.0);
    return Math.clamp(Math.round(left * 250), 500, 5000);
  }

  private void list(Context ctx, VideoJson json) {
    int limit = number(ctx, "limit", USUALLY_LISTED, MOST_LISTED);
    boolean ascending =
        switch (Optional.ofNullable(ctx.queryParam("order")).orElse("desc")) {
          case "asc" -> true;
          case "desc" -> false;
          default -> throw HttpError.invalid("order", "order must be asc or desc");
        };
    Optional<JobId> after =
        Optional.ofNullable(ctx.queryParam("after"))
            .filter(text -> !text.isEmpty())
            .map(text ->
                JobId.tryParse(text)
                    .orElseThrow(
                        () -> HttpError.invalid("after", "after must be the id of a video")));
    List<Job> found = jobs.list(filter(after, ascending, limit + 1));
    List<Job> page = found.size() > limit ? found.subList(0, limit) : found;
    ObjectNode answer = Json.MAPPER.createObjectNode();
    answer.put("object", "list");
    ArrayNode data = answer.putArray("data");
    page.forEach(job -> data.add(json.of(job)));
    answer.put("first_id", page.isEmpty() ? null : page.getFirst().id().text());
    answer.put("last_id", page.isEmpty() ? null : page.getLast().id().text());
    answer.put("has_more", found.size() > limit);
    ctx.json(answer);
  }

  private static JobFilter filter(Optional<JobId> after, boolean ascending, int limit) {
    JobFilter newest = JobFilter.newest(limit);
    return new JobFilter(
        newest.states(),
        newest.board(),
        newest.batch(),
        newest.starred(),
        newest.words(),
        newest.owner(),
        after,
        ascending,
        limit);
  }

  private static int number(Context ctx, String name, int otherwise, int most) {
    String text = ctx.queryParam(name);
    if (text == null || text.isEmpty()) {
      return otherwise;
    }
    if (!text.matches("\\d{1,6}") || Integer.parseInt(text) > most) {
      throw HttpError.invalid(name, "%s must be 0 to %s".formatted(name, most));
    }
    return Integer.parseInt(text);
  }

  private void delete(Context ctx, Ignored ignored) {
    JobId id = id(ctx);
    jobs.delete(id);
    ignored.remove(id);
    ObjectNode answer = Json.MAPPER.createObjectNode();
    answer.put("id", id.text());
    answer.put("object", "video.deleted");
    answer.put("deleted", true);
    ctx.json(answer);
  }

  private static void sync(Context ctx, Making making, Waiting waiting, Content content)
      throws InterruptedException {
    Job begun = making.create(ctx);
    Optional<Job> over = waiting.until(ctx, begun.id());
    if (over.isEmpty()) {
      return;
    }
    if (!over.get().state().shown()) {
      throw Waiting.failed(over.get());
    }
    ctx.header("X-Video-Id", begun.id().text());
    content.send(ctx, over.get(), "video");
  }

  private ObjectNode models() {
    ObjectNode answer = Json.MAPPER.createObjectNode();
    answer.put("object", "list");
    ArrayNode data = answer.putArray("data");
    models.list().forEach(model -> data.add(model(model)));
    return answer;
  }

  private void model(Context ctx) {
    String name = ctx.pathParam("name");
    ctx.json(
        models
            .find(name)
            .map(this::model)
            .orElseThrow(() -> HttpError.notFound("model_not_found", "there is no such model")));
  }

  private ObjectNode model(ServedModels.Model model) {
    ObjectNode node = Json.MAPPER.createObjectNode();
    node.put("id", model.name());
    node.put("object", "model");
    node.put("created", since.getEpochSecond());
    node.put("owned_by", "local");
    return node;
  }
}
