package io.zoetrope.server.videos;

import io.zoetrope.error.UserError;
import io.zoetrope.jobs.Job;
import io.zoetrope.jobs.JobError;
import io.zoetrope.pipeline.model.Size;
import io.zoetrope.pipeline.order.RefineSpec;
import io.zoetrope.pipeline.order.VideoOrder;
import io.zoetrope.pipeline.order.Wish;
import io.zoetrope.record.Json;
import io.zoetrope.record.RecordWriter;
import io.zoetrope.server.http.HttpError;
import io.zoetrope.server.http.Limits;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Makes orders of what requests ask for. */
final class Orders {
  private static final Pattern SIZE = Pattern.compile("(\\d{1,5})x(\\d{1,5})");

  /** "zoetrope line 1: wish.steps must be ...". */
  private static final Pattern PLACE =
      Pattern.compile(
          "\\w+(?: line \\d+)?: (([a-z]\\w*(?:[.\\[][\\w\\]]+)*):? .*|.*)", Pattern.DOTALL);

  /** What requests call the keys of an order. */
  private static final Map<String, String> NAMES =
      Map.of(
          "wish.prompts", "prompt",
          "wish.negative", "negative_prompt",
          "wish.seed", "seed",
          "wish.size", "size",
          "wish.frames", "num_frames",
          "wish.fps", "fps",
          "wish.steps", "num_inference_steps",
          "wish.guidance", "guidance_scale",
          "model.name", "model");

  private final ServedModels models;
  private final Limits limits;

  Orders(ServedModels models, Limits limits) {
    this.models = models;
    this.limits = limits;
  }

  /**
   * What an order is made of besides what was asked for.
   *
   * @param task its kind, if nobody says another
   * @param source the picture or video that it begins with
   * @param like a job whose values it has where nothing is said
   */
  record Start(String task, Optional<Source> source, Optional<Job> like) {}

  /**
   * An order, and what comes with it.
   *
   * @param draftRows after which it waits
   * @param ignored what was said and changes nothing
   */
  record Ordered(VideoOrder order, Optional<Integer> draftRows, List<String> ignored) {}

  /**
   * Makes one.
   *
   * @throws HttpError if it makes no sense, or is beyond the limits
   */
  Ordered make(Asked asked, Start start) {
    ObjectNode tree = asked.zoetrope().deepCopy();
    List<String> ignored = new ArrayList<>(asked.ignored());
    Optional<Integer> draft = draft(tree.remove("draft_rows"));
    ServedModels.Model model = model(asked, tree, start);
    task(tree, start);
    wish(tree, asked, start, model, ignored);
    VideoOrder order = parse(tree, asked);
    check(order, asked);
    models
        .objection(order)
        .ifPresent(error -> {
          throw refused(error);
        });
    return new Ordered(order, draft, List.copyOf(ignored));
  }

  private static Optional<Integer> draft(JsonNode rows) {
    if (rows == null || rows.isNull()) {
      return Optional.empty();
    }
    String text = rows.asString("");
    if (!text.matches("[1-9]\\d{0,3}")) {
      throw HttpError.invalid("zoetrope.draft_rows", "draft_rows must be a number of 1 or more");
    }
    return Optional.of(Integer.valueOf(text));
  }

  private ServedModels.Model model(Asked asked, ObjectNode tree, Start start) {
    ObjectNode node =
        start.like().isPresent() && !tree.has("model")
            ? RecordWriter.tree(start.like().get().order().model())
            : child(tree, "model");
    asked.plain().model().ifPresent(name -> node.put("name", name));
    String name = node.path("name").asString("");
    ServedModels.Model model =
        name.isEmpty()
            ? models
                .usual()
                .orElseThrow(() -> HttpError.notFound("model_not_found", "there is no model here"))
            : listed(name);
    node.put("name", model.name());
    tree.set("model", node);
    return model;
  }

  private ServedModels.Model listed(String name) {
    return models
        .find(name)
        .orElseThrow(() ->
            HttpError.notFound(
                    "model_not_found",
                    "there is no model '%s': there are %s"
                        .formatted(
                            name.length() > 100 ? name.substring(0, 100) + "..." : name,
                            String.join(
                                ", ",
                                models.list().stream().map(ServedModels.Model::name).toList())))
                .about("model"));
  }

  private static void task(ObjectNode tree, Start start) {
    JsonNode said = tree.get("task");
    ObjectNode task;
    if (said != null && said.isString()) {
      task = Json.MAPPER.createObjectNode().put("kind", said.asString());
    } else {
      task = child(tree, "task");
    }
    if (!task.has("kind")) {
      task.put("kind", start.task());
    }
    Sources.Keys keys = Sources.of(task.path("kind").asString(""));
    for (String key : keys.all()) {
      if (task.path(key).isString()) {
        task.set(key, path(task.path(key).asString()));
      }
    }
    start
        .source()
        .ifPresent(source -> {
          String key =
              keys.shown().stream()
                  .filter(name -> !task.has(name))
                  .findFirst()
                  .orElseThrow(() ->
                      HttpError.invalid(
                          "input_reference",
                          "'%s' has no use for a picture or video besides those it has"
                              .formatted(task.path("kind").asString(""))));
          task.set(key, path(source.ref().text()));
        });
    tree.set("task", task);
  }

  private static ObjectNode path(String ref) {
    return Json.MAPPER.createObjectNode().put("path", ref);
  }

  private void wish(
      ObjectNode tree, Asked asked, Start start, ServedModels.Model model, List<String> ignored) {
    Asked.Plain plain = asked.plain();
    ObjectNode wish = start.like().map(Orders::like).orElseGet(Json.MAPPER::createObjectNode);
    start.source().ifPresent(source -> sized(wish, source));
    child(tree, "wish").forEachEntry(wish::set);
    boolean several = asked.zoetrope().path("wish").has("prompts");
    plain
        .prompt()
        .filter(text -> !several)
        .ifPresent(text -> wish.putArray("prompts").add(cut("prompt", text, ignored)));
    plain
        .negative_prompt()
        .ifPresent(text -> wish.put("negative", cut("negative_prompt", text, ignored)));
    plain.seed().ifPresent(value -> wish.put("seed", value));
    plain.fps().ifPresent(value -> wish.put("fps", value));
    plain.num_inference_steps().ifPresent(value -> wish.put("steps", value));
    plain.guidance_scale().ifPresent(value -> wish.put("guidance", value));
    size(plain).ifPresent(size -> wish.set("size", size));
    if (plain.num_frames().isPresent()) {
      wish.put("frames", plain.num_frames().get());
    } else if (plain.seconds().isPresent()) {
      seconds(wish, plain.seconds().get(), start, model);
    }
    tree.set("wish", wish);
  }

  /** What a video that is made again has of the first one, but for its words. */
  private static ObjectNode like(Job job) {
    Wish old = job.order().wish();
    ObjectNode wish = RecordWriter.tree(old);
    wish.remove("prompts");
    Job.Shape shape = job.shape();
    if (shape.width() > 0) {
      wish.putObject("size").put("width", shape.width()).put("height", shape.height());
    }
    if (shape.frames() > 0) {
      wish.put("frames", shape.frames());
    }
    if (shape.fps() > 0) {
      wish.put("fps", shape.fps());
    }
    return wish;
  }

  /** What a model of this house has made has a size that one can make. */
  private static void sized(ObjectNode wish, Source source) {
    if (source instanceof Source.Made made && made.job().shape().width() > 0) {
      wish.set("size", size(made.job().shape().width(), made.job().shape().height()));
    }
  }

  private static String cut(String name, String text, List<String> ignored) {
    if (text.isBlank()) {
      throw HttpError.invalid(name, "%s is empty: say what the video shall show".formatted(name));
    }
    if (text.length() <= Wish.LONGEST_PROMPT) {
      return text;
    }
    ignored.add("%s after %s characters".formatted(name, Wish.LONGEST_PROMPT));
    int end = Wish.LONGEST_PROMPT;
    return text.substring(0, Character.isHighSurrogate(text.charAt(end - 1)) ? end - 1 : end);
  }

  private static Optional<ObjectNode> size(Asked.Plain plain) {
    if (plain.size().isPresent()) {
      Matcher size = SIZE.matcher(plain.size().get());
      if (!size.matches()) {
        throw HttpError.invalid("size", "size must be as 128x128: width and height in pixels");
      }
      return Optional.of(size(Integer.parseInt(size.group(1)), Integer.parseInt(size.group(2))));
    }
    if (plain.width().isPresent() != plain.height().isPresent()) {
      throw HttpError.invalid(
          plain.width().isPresent() ? "width" : "height", "give both width and height");
    }
    return plain.width().map(width -> size(width, plain.height().orElseThrow()));
  }

  private static ObjectNode size(int width, int height) {
    return Json.MAPPER.createObjectNode().put("width", width).put("height", height);
  }

  private void seconds(ObjectNode wish, double seconds, Start start, ServedModels.Model model) {
    boolean goesOn = start.task().equals("extend");
    Optional<Double> own = start.source().flatMap(Source::fps).filter(fps -> goesOn);
    double fps = wish.path("fps").asDouble(own.orElse(model.fps()));
    if (!(seconds > 0)) {
      throw HttpError.invalid("seconds", "seconds must be more than 0");
    }
    double frames = Math.max(1, Math.rint(seconds * fps));
    if (frames > limits.frames()) {
      throw HttpError.invalid(
          "seconds",
          "%s seconds at %s frames a second are %s frames, and %s are made at most"
              .formatted(seconds, fps, Math.round(frames), limits.frames()));
    }
    long has = goesOn ? start.source().flatMap(Source::frames).orElse(0L) : 0;
    if (frames <= has) {
      throw HttpError.invalid(
          "seconds",
          "seconds is the whole length, and the video has %s frames already: ask for more"
              .formatted(has));
    }
    if (goesOn) {
      wish.put("fps", fps);
    }
    wish.put("frames", (int) frames);
  }

  private static VideoOrder parse(ObjectNode tree, Asked asked) {
    try {
      return VideoOrder.parse("zoetrope", Asked.text(tree));
    } catch (UserError e) {
      Matcher place = PLACE.matcher(e.reason());
      String reason = place.matches() ? place.group(1) : e.reason();
      String mend = e.mend().text();
      String key = place.matches() && place.group(2) != null ? place.group(2) : "";
      String plain = key.startsWith("wish.size") ? "wish.size" : key;
      boolean ours = key.indexOf('.') < 0 && !tree.has(key) && !reason.contains("is not a key");
      String name =
          ours
              ? ""
              : asked.zoetrope().path("wish").has(plain.replace("wish.", ""))
                  ? "zoetrope." + key
                  : NAMES.getOrDefault(plain, "zoetrope." + key);
      String said = ours ? reason : name + reason.substring(key.length());
      String message = mend.isEmpty() ? said : said + ": " + mend;
      throw reason.contains("is not a key here")
          ? HttpError.badRequest("unknown_parameter", name, message)
          : ours ? HttpError.of(400, "invalid_order", message) : HttpError.invalid(name, message);
    }
  }

  private void check(VideoOrder order, Asked asked) {
    Wish wish = order.wish();
    Optional<Size> size = wish.size();
    if (size.isPresent() && Math.max(size.get().width(), size.get().height()) > limits.side()) {
      throw HttpError.invalid(
          asked.plain().width().isPresent() ? "width" : "size",
          "size must be at most %s pixels a side, is %s".formatted(limits.side(), size.get()));
    }
    most("num_frames", wish.frames(), limits.frames());
    most("num_inference_steps", wish.steps(), limits.steps());
    order.task().begins().ifPresent(this::listed);
    order.task().later().forEach(this::listed);
    if (order.task() instanceof RefineSpec refine) {
      refine.refiner().ifPresent(this::listed);
    }
  }

  private static void most(String name, Optional<Integer> value, int most) {
    if (value.orElse(0) > most) {
      throw HttpError.invalid(
          name, "%s must be at most %s, is %s".formatted(name, most, value.orElse(0)));
    }
  }

  private static HttpError refused(JobError error) {
    return HttpError.badRequest(
        error.code(),
        error.param().map(key -> NAMES.getOrDefault(key, key)).orElse("prompt"),
        error.message());
  }

  private static ObjectNode child(ObjectNode tree, String name) {
    JsonNode node = tree.get(name);
    if (node == null || node.isNull()) {
      return Json.MAPPER.createObjectNode();
    }
    if (node instanceof ObjectNode object) {
      return object;
    }
    throw HttpError.invalid("zoetrope." + name, "zoetrope.%s must be an object".formatted(name));
  }
}
