package io.zoetrope.server.api;

import io.javalin.http.Context;
import io.zoetrope.diffusion.PromptCues;
import io.zoetrope.diffusion.TimestepPlan;
import io.zoetrope.pipeline.order.PlanTask;
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

/**
 * {@code /api/v1/plans}: the plan of a task, with what somebody drew over it (frames that are given
 * and held, where frames start, which prompt they follow), and what is wrong with a plan.
 */
final class PlanRoutes implements RouteGroup {
  private static final int MOST_FRAMES = 256;
  private static final int MOST_STEPS = 200;
  private static final int USUAL_OVERLAP = 4;

  @Override
  public void add(Routes routes) {
    routes.post(
        "/api/v1/plans/draw", Role.READ, ctx -> draw(ctx, Bodies.json(ctx, routes.config())));
    routes.post(
        "/api/v1/plans/check", Role.READ, ctx -> check(ctx, Bodies.json(ctx, routes.config())));
  }

  private static void draw(Context ctx, JsonNode body) {
    Fields fields = Fields.of(body, "the request");
    String name = fields.text("task", 40).orElse("generate");
    int frames = fields.whole("frames", 1, MOST_FRAMES).orElse(16);
    int steps = fields.whole("steps", 1, MOST_STEPS).orElse(25);
    int overlap = fields.whole("overlap", 1, MOST_FRAMES).orElse(Math.min(USUAL_OVERLAP, frames));
    PlanTask.Shape shape =
        new PlanTask.Shape(frames, overlap, fields.real("strength", 0.01, 1), 1, frames, 1);
    TimestepPlan plan = task(name).plan(shape, PlanTask.flow(steps));
    plan = drawnOver(plan, fields);
    // Said by the page along with the rest; the rows of a plan are shares of full noise for all.
    fields.text("model", 200);
    fields.requireAllRead();
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("plan", Json.MAPPER.readTree(plan.toJson()));
    json.put("levels", plan.levels());
    json.put("given", plan.givenFrames());
    json.put("weights", plan.prompts().weights());
    json.put("ascii", plan.toAscii());
    json.put("snap", PlanTask.flow(steps).levels());
    ctx.json(json);
  }

  private static PlanTask task(String name) {
    return PlanTask.tryParse(name)
        .orElseThrow(() ->
            HttpError.invalid(
                "task",
                "'%s' has no plan: there are %s"
                    .formatted(name, String.join(", ", PlanTask.NAMES))));
  }

  private static TimestepPlan drawnOver(TimestepPlan from, Fields fields) {
    TimestepPlan plan = from;
    try {
      Optional<List<Double>> start = fields.reals("start", 0, 1, MOST_FRAMES);
      if (start.isPresent()) {
        plan = plan.startAt(start.get().stream().mapToDouble(Double::doubleValue).toArray());
      }
      plan = plan.stagger(fields.whole("delay", 0, 50).orElse(0));
      for (Map.Entry<Integer, Double> held : held(fields, plan.frames()).entrySet()) {
        int frame = held.getKey();
        plan = plan.hold(f -> f == frame, held.getValue());
      }
      Optional<JsonNode> prompts = fields.optionalNode("prompts");
      if (prompts.isPresent()) {
        plan = plan.withPrompts(cues(prompts.get()).track(0, plan.frames()));
      }
      return plan;
    } catch (IllegalArgumentException e) {
      throw HttpError.badRequest("bad_plan", "plan", String.valueOf(e.getMessage()));
    }
  }

  /** Frames that are given, and at which level each is held. */
  private static Map<Integer, Double> held(Fields fields, int frames) {
    Map<Integer, Double> held = new TreeMap<>();
    fields
        .optionalNode("given")
        .ifPresent(node -> {
          Fields each = Fields.of(node, "given");
          for (String name : node.propertyNames()) {
            if (!name.matches("\\d{1,3}") || Integer.parseInt(name) >= frames) {
              throw HttpError.invalid(
                  "given", "'%s' is no frame from 0 to %s".formatted(name, frames - 1));
            }
            held.put(Integer.valueOf(name), each.real(name, 0, 1).orElse(0.0));
          }
        });
    return held;
  }

  private static PromptCues cues(JsonNode node) {
    Fields fields = Fields.of(node, "prompts");
    List<Long> starts = new ArrayList<>();
    fields
        .reals("starts", 0, MOST_FRAMES, 64)
        .orElse(List.of(0.0))
        .forEach(start -> starts.add(start.longValue()));
    PromptCues cues = new PromptCues(starts, fields.whole("blend", 0, MOST_FRAMES).orElse(0));
    fields.requireAllRead();
    return cues;
  }

  private static void check(Context ctx, JsonNode body) {
    Fields fields = Fields.of(body, "the request");
    List<PlanFaults.Fault> faults = PlanFaults.of(fields.node("plan"));
    fields.text("task", 40);
    fields.text("model", 200);
    fields.requireAllRead();
    List<Map<String, @Nullable Object>> told = new ArrayList<>();
    for (PlanFaults.Fault fault : faults) {
      Map<String, @Nullable Object> one = new LinkedHashMap<>();
      one.put("row", fault.row() < 0 ? null : fault.row());
      one.put("frame", fault.frame() < 0 ? null : fault.frame());
      one.put("message", fault.message());
      told.add(one);
    }
    ctx.json(Map.of("faults", told));
  }
}
