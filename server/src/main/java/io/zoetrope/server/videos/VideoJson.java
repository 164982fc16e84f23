package io.zoetrope.server.videos;

import io.zoetrope.jobs.Job;
import io.zoetrope.jobs.JobError;
import io.zoetrope.jobs.JobProgress;
import io.zoetrope.jobs.JobState;
import io.zoetrope.jobs.Jobs;
import io.zoetrope.pipeline.order.Wish;
import io.zoetrope.record.Json;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Jobs as the protocol has them. */
final class VideoJson {
  private final Jobs jobs;
  private final ServedModels models;
  private final Ignored ignored;

  VideoJson(Jobs jobs, ServedModels models, Ignored ignored) {
    this.jobs = jobs;
    this.models = models;
    this.ignored = ignored;
  }

  /** A video: all keys are there in every state. */
  ObjectNode of(Job job) {
    Job.Shape shape = shape(job);
    ObjectNode video = Json.MAPPER.createObjectNode();
    video.put("id", job.id().text());
    video.put("object", "video");
    video.put("model", job.order().model().name());
    video.put("status", status(job.state()));
    video.put("progress", progress(job));
    video.put("created_at", job.created().getEpochSecond());
    video.put("completed_at", seconds(shown(job) ? job.completed() : Optional.empty()));
    video.put("expires_at", seconds(job.expires()));
    video.put(
        "prompt", job.order().wish().prompts().isEmpty() ? null : job.order().wish().prompt());
    video.put("size", shape.width() + "x" + shape.height());
    video.put("seconds", seconds(shape));
    video.put("remixed_from_video_id", job.remixedFrom().map(Object::toString).orElse(null));
    video.set("error", job.error().filter(e -> !shown(job)).map(VideoJson::error).orElse(null));
    video.set("zoetrope", own(job, shape));
    return video;
  }

  private ObjectNode own(Job job, Job.Shape shape) {
    JobProgress progress = job.progress();
    ObjectNode own = Json.MAPPER.createObjectNode();
    own.put("task", job.task());
    own.put("seed", job.order().wish().seed().orElse(null));
    own.put("frames", shape.frames());
    own.put("fps", plain(shape.fps()));
    own.put("steps", shape.steps());
    own.put("phase", progress.phase().orElse(null));
    own.put("step", progress.step());
    own.put("eta_seconds", progress.etaSeconds().map(Math::round).orElse(null));
    own.put(
        "queue_position",
        job.state() == JobState.QUEUED ? jobs.position(job.id()).orElse(null) : null);
    own.put("attempt", job.attempt());
    ArrayNode passed = own.putArray("ignored");
    ignored.of(job.id()).forEach(passed::add);
    own.put(
        "preview",
        progress.preview() > 0
            ? "/api/v1/jobs/%s/preview?step=%s".formatted(job.id(), progress.preview())
            : null);
    ArrayNode notes = own.putArray("notes");
    job.notes().forEach(notes::add);
    return own;
  }

  private static ObjectNode error(JobError error) {
    ObjectNode node = Json.MAPPER.createObjectNode();
    node.put("code", error.code());
    node.put("message", error.message());
    return node;
  }

  private static boolean shown(Job job) {
    return job.state().shown();
  }

  /** The four that clients know. */
  static String status(JobState state) {
    return switch (state) {
      case QUEUED -> "queued";
      case RUNNING -> "in_progress";
      case DRAFT, COMPLETED -> "completed";
      case FAILED, CANCELLED -> "failed";
    };
  }

  private static int progress(Job job) {
    return shown(job) ? 100 : Math.clamp(job.progress().percent(), 0, 99);
  }

  /** As it is, else as it was asked for, else as the model likes it. */
  private Job.Shape shape(Job job) {
    Job.Shape known = job.shape();
    if (known.width() > 0 && known.frames() > 0 && known.fps() > 0) {
      return known;
    }
    Wish wish = job.order().wish();
    Optional<ServedModels.Model> model = models.find(job.order().model().name());
    int width = wish.size().map(s -> s.width()).or(() -> model.map(m -> m.width())).orElse(0);
    int height = wish.size().map(s -> s.height()).or(() -> model.map(m -> m.height())).orElse(0);
    int frames = wish.frames().or(() -> model.map(m -> m.frames())).orElse(0);
    double fps = wish.fps().or(() -> model.map(m -> m.fps())).orElse(0.0);
    return new Job.Shape(width, height, frames, fps, wish.steps().orElse(0));
  }

  /** {@code "2"}, {@code "2.25"}. */
  private static String seconds(Job.Shape shape) {
    return shape.fps() > 0 ? plain(shape.frames() / shape.fps()).toPlainString() : "0";
  }

  private static BigDecimal plain(double value) {
    BigDecimal rounded =
        BigDecimal.valueOf(value).setScale(3, RoundingMode.HALF_UP).stripTrailingZeros();
    return rounded.scale() < 0 ? rounded.setScale(0) : rounded;
  }

  private static @Nullable Long seconds(Optional<Instant> at) {
    return at.map(Instant::getEpochSecond).orElse(null);
  }
}
