package io.zoetrope.server.api;

import io.javalin.http.Context;
import io.zoetrope.jobs.Input;
import io.zoetrope.jobs.Jobs;
import io.zoetrope.jobs.worker.MediaProcess;
import io.zoetrope.server.http.Bodies;
import io.zoetrope.server.http.Form;
import io.zoetrope.server.http.HttpError;
import io.zoetrope.server.http.Role;
import io.zoetrope.server.http.RouteGroup;
import io.zoetrope.server.http.Routes;
import io.zoetrope.server.http.ServerConfig;
import io.zoetrope.server.http.Uploads;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * {@code /api/v1/inputs}: bytes that orders are made from, kept once; and {@code /api/v1/recall},
 * the order that a file remembers.
 */
final class InputRoutes implements RouteGroup {
  private static final String INPUTS = "/api/v1/inputs";
  private static final Pattern HASH = Pattern.compile("[0-9a-f]{64}");

  /** What bytes are served as, whatever they say of themselves. */
  private static final Map<String, String> TYPES =
      Map.of(
          "png", "image/png",
          "jpeg", "image/jpeg",
          "webp", "image/webp",
          "gif", "image/gif",
          "mp4", "video/mp4",
          "webm", "video/webm",
          "plan", "application/json");

  private final Jobs jobs;
  private final MediaProcess media;
  private final Recall recall;

  InputRoutes(Jobs jobs, MediaProcess media, Recall recall) {
    this.jobs = jobs;
    this.media = media;
    this.recall = recall;
  }

  @Override
  public void add(Routes routes) {
    ServerConfig config = routes.config();
    routes.post(INPUTS, Role.MAKE, ctx -> ctx.json(json(upload(ctx, config))));
    routes.get(INPUTS + "/{sha256}", Role.READ, this::bytes);
    routes.get(INPUTS + "/{sha256}/thumbnail", Role.READ, this::thumbnail);
    routes.post("/api/v1/recall", Role.READ, ctx -> recall(ctx, config));
  }

  private Input upload(Context ctx, ServerConfig config) throws IOException {
    Uploads uploads = new Uploads(jobs, media, config.limits());
    if (!Bodies.type(ctx).equals("multipart/form-data")) {
      return uploads.take(Bodies.stream(ctx, config, config.limits().file()), "file");
    }
    try (Form form = Form.read(ctx, config)) {
      Form.Part part =
          form.parts().stream()
              .filter(one -> one.name().equals("file"))
              .findFirst()
              .orElseThrow(() -> HttpError.invalid("file", "the form has no part named 'file'"));
      return uploads.take(part.open(), "file");
    }
  }

  /** As answers tell of it. */
  private static Map<String, @Nullable Object> json(Input input) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("sha256", input.sha256());
    json.put("ref", input.ref().text());
    json.put("kind", input.kind());
    json.put("bytes", input.bytes());
    json.put("width", input.width() > 0 ? input.width() : null);
    json.put("height", input.height() > 0 ? input.height() : null);
    json.put("frames", input.frames().orElse(null));
    json.put("fps", input.fps().orElse(null));
    return json;
  }

  private Input input(Context ctx) {
    String sha256 = ctx.pathParam("sha256");
    if (!HASH.matcher(sha256).matches()) {
      throw missing();
    }
    return jobs.input(sha256).orElseThrow(InputRoutes::missing);
  }

  private static HttpError missing() {
    return HttpError.notFound("input_not_found", "there is no such input: upload it");
  }

  private void bytes(Context ctx) throws IOException {
    Input input = input(ctx);
    ctx.header("Cache-Control", "private, max-age=31536000, immutable");
    ctx.header("Content-Disposition", "attachment; filename=\"%s\"".formatted(input.kind()));
    ctx.res().setContentType(TYPES.getOrDefault(input.kind(), "application/octet-stream"));
    ctx.result(Files.newInputStream(jobs.store().input(input.sha256())));
  }

  private void thumbnail(Context ctx) {
    Input input = input(ctx);
    ctx.header("Cache-Control", "private, max-age=31536000, immutable");
    ctx.res().setContentType("image/webp");
    ctx.result(media.thumbnail(jobs.store().input(input.sha256())));
  }

  /** What is dropped here is looked at and forgotten. */
  private void recall(Context ctx, ServerConfig config) throws IOException {
    Path file = Files.createTempFile(config.temporary(), "recall", null);
    try (InputStream body = Bodies.stream(ctx, config, config.limits().file())) {
      Files.copy(body, file, StandardCopyOption.REPLACE_EXISTING);
      ctx.json(recall.of(media.recall(file)));
    } finally {
      Files.deleteIfExists(file);
    }
  }
}
