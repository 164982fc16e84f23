package io.zoetrope.server.api;

import io.zoetrope.jobs.Job;
import io.zoetrope.jobs.JobError;
import io.zoetrope.jobs.Jobs;
import io.zoetrope.jobs.StepPicture;
import io.zoetrope.jobs.Store;
import io.zoetrope.pipeline.order.Wish;
import io.zoetrope.record.RecordWriter;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A job as {@code /api/v1} tells of it: every key is always there, what is not known is null. */
final class JobJson {
  private JobJson() {}

  /** A job of these, as it is now. */
  static Map<String, @Nullable Object> of(Job job, Jobs jobs) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("id", job.id().text());
    json.put("state", job.state().text());
    json.put("phase", job.progress().phase().orElse(null));
    order(json, job);
    shape(json, job);
    json.put("step", job.progress().step());
    json.put("progress", job.progress().percent());
    json.put("eta_seconds", job.progress().etaSeconds().orElse(null));
    json.put("queue_position", job.state().over() ? null : jobs.position(job.id()).orElse(null));
    json.put("attempt", job.attempt());
    json.put("created_at", seconds(job.created()));
    json.put("started_at", seconds(job.started()));
    json.put("completed_at", seconds(job.completed()));
    json.put("expires_at", seconds(job.expires()));
    json.put("error", job.error().map(JobJson::error).orElse(null));
    json.put("board", job.board().orElse(null));
    json.put("star", job.star());
    json.put("note", job.note());
    json.put("batch", job.batch().orElse(null));
    json.put("remixed_from", job.remixedFrom().map(Object::toString).orElse(null));
    json.put("draft_rows", job.draftRows().orElse(null));
    json.put("notes", job.notes());
    files(json, job, jobs);
    return json;
  }

  private static void order(Map<String, @Nullable Object> json, Job job) {
    Wish wish = job.order().wish();
    json.put("task", job.task());
    json.put("prompt", wish.prompt());
    json.put("prompts", wish.prompts());
    json.put("negative", wish.negative().orElse(null));
    json.put("model", job.order().model().name());
    json.put("order", RecordWriter.tree(job.order()));
    json.put("seed", wish.seed().orElse(null));
  }

  /** What is made where that is known, else what was asked for. */
  private static void shape(Map<String, @Nullable Object> json, Job job) {
    Wish wish = job.order().wish();
    Job.Shape shape = job.shape();
    json.put("width", known(shape.width(), wish.size().map(size -> size.width())));
    json.put("height", known(shape.height(), wish.size().map(size -> size.height())));
    json.put("frames", known(shape.frames(), wish.frames()));
    json.put("fps", shape.fps() > 0 ? (Object) shape.fps() : wish.fps().orElse(null));
    json.put("steps", known(shape.steps(), wish.steps()));
  }

  private static @Nullable Object known(long value, Optional<Integer> wished) {
    return value > 0 ? (Object) value : wished.orElse(null);
  }

  private static void files(Map<String, @Nullable Object> json, Job job, Jobs jobs) {
    boolean shown = job.result().isPresent();
    String content = "/v1/videos/%s/content".formatted(job.id());
    int preview = job.progress().preview();
    json.put("preview_step", preview > 0 ? preview : null);
    json.put("pictures", preview > 0 ? pictures(job, jobs.store()) : List.of());
    json.put("previews", "/api/v1/jobs/%s/preview?step=".formatted(job.id()));
    json.put("video", shown ? content : null);
    json.put("thumbnail", shown ? content + "?variant=thumbnail" : null);
    json.put("sheet", shown ? content + "?variant=spritesheet" : null);
    json.put("bytes", job.result().map(Job.Result::bytes).orElse(null));
    json.put("sha256", job.result().map(Job.Result::sha256).orElse(null));
  }

  /** Steps of which there is a picture, rising, of the newest attempt that has any. */
  private static List<Map<String, Long>> pictures(Job job, Store store) {
    for (int attempt = job.attempt(); attempt >= 1; attempt--) {
      List<StepPicture> found = StepPicture.all(store.attempt(job.id(), attempt));
      if (!found.isEmpty()) {
        return found.stream().map(JobJson::picture).toList();
      }
    }
    return List.of();
  }

  private static Map<String, Long> picture(StepPicture picture) {
    Map<String, Long> json = new LinkedHashMap<>();
    json.put("step", (long) picture.step());
    json.put("row", (long) picture.row());
    json.put("frame", picture.frame());
    return json;
  }

  /** Why one failed, with what would mend it. */
  static Map<String, @Nullable Object> error(JobError error) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("code", error.code());
    json.put("message", error.message());
    json.put("param", error.param().orElse(null));
    List<Map<String, Object>> mends =
        error.mends().stream().map(fix -> Map.of("label", fix.label(), "set", fix.set())).toList();
    json.put("mends", mends);
    return json;
  }

  private static @Nullable Double seconds(Optional<Instant> time) {
    return time.map(JobJson::seconds).orElse(null);
  }

  private static double seconds(Instant time) {
    return time.toEpochMilli() / 1e3;
  }
}
