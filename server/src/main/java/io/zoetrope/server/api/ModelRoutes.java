package io.zoetrope.server.api;

import io.javalin.http.Context;
import io.zoetrope.jobs.worker.Descriptions;
import io.zoetrope.pipeline.order.VideoOrder;
import io.zoetrope.server.http.Bodies;
import io.zoetrope.server.http.Role;
import io.zoetrope.server.http.RouteGroup;
import io.zoetrope.server.http.Routes;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** What there is to choose from, and what an order will take. */
final class ModelRoutes implements RouteGroup {
  private final Descriptions descriptions;
  private final OrderDesk desk;
  private final Experience experience;

  ModelRoutes(Descriptions descriptions, OrderDesk desk, Experience experience) {
    this.descriptions = descriptions;
    this.desk = desk;
    this.experience = experience;
  }

  @Override
  public void add(Routes routes) {
    routes.get("/api/v1/models", Role.READ, ctx -> ctx.json(models()));
    routes.post(
        "/api/v1/estimate", Role.READ, ctx -> estimate(ctx, Bodies.json(ctx, routes.config())));
  }

  private Map<String, @Nullable Object> models() {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("models", descriptions.models().stream().map(ModelRoutes::model).toList());
    json.put("default", descriptions.usualModel().orElse(null));
    json.put("parts", descriptions.parts().stream().map(ModelRoutes::part).toList());
    json.put("annotators", descriptions.annotators());
    return json;
  }

  private static Map<String, Object> part(Descriptions.Part part) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("ref", part.ref());
    json.put("kind", part.kind());
    json.put("name", part.name());
    json.put("bytes", part.bytes());
    return json;
  }

  private static Map<String, @Nullable Object> model(Descriptions.Model model) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("name", model.name());
    json.put("kind", model.kind());
    json.put("bytes", model.bytes());
    json.put("tasks", model.tasks());
    json.put("usual", model.usual().map(ModelRoutes::usual).orElse(null));
    json.put("sizes", model.sizes());
    json.put("samplers", model.samplers());
    json.put("only", model.only());
    json.put("fault", model.fault().orElse(null));
    return json;
  }

  private static Map<String, @Nullable Object> usual(Descriptions.Usual usual) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("width", usual.width());
    json.put("height", usual.height());
    json.put("frames", usual.frames());
    json.put("fps", usual.fps());
    json.put("steps", usual.steps());
    json.put("guidance", usual.guidance());
    json.put("sampler", usual.sampler());
    return json;
  }

  private void estimate(Context ctx, JsonNode body) {
    Fields fields = Fields.of(body, "the request");
    VideoOrder order = desk.order(fields.node("order"), "order");
    fields.requireAllRead();
    Descriptions.Estimate estimate = descriptions.estimate(order);
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("fits", estimate.fits());
    json.put("bytes", estimate.bytes() > 0 ? estimate.bytes() : null);
    json.put("available", estimate.available().orElse(null));
    json.put("line", estimate.line());
    OptionalDouble seconds = experience.seconds(order, estimate.shape());
    json.put("seconds", seconds.isPresent() ? Math.ceil(seconds.getAsDouble() * 10) / 10 : null);
    json.putAll(usual(estimate.shape()));
    json.put("error", estimate.error().map(JobJson::error).orElse(null));
    ctx.json(json);
  }
}
