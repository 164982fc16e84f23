package io.zoetrope.jobs.worker;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.jobs.PartRef;
import io.zoetrope.models.InstalledModels;
import io.zoetrope.pipeline.family.Ability;
import io.zoetrope.pipeline.family.Knowledge;
import io.zoetrope.pipeline.family.ModelChoice;
import io.zoetrope.pipeline.family.ModelIndex;
import io.zoetrope.pipeline.model.MemoryNeed;
import io.zoetrope.pipeline.model.ModelSketch;
import io.zoetrope.pipeline.model.Size;
import io.zoetrope.pipeline.model.VideoRequest;
import io.zoetrope.pipeline.order.VideoOrder;
import io.zoetrope.pipeline.order.Wish;
import io.zoetrope.pipeline.schedule.Samplers;
import io.zoetrope.pixels.Annotators;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;

/** Answers what is asked of models. For one thread. */
final class Describer {
  /** Models on the class path are not listed by it: these are looked for. */
  private static final List<String> BUNDLED = List.of("toybox", "toybox-refiner", "toybox-turbo");

  private final InstalledModels installed = Shelves.here();
  private final Map<ModelChoice, ModelSketch> sketches = new HashMap<>();

  Described.Answer answer(Described.Asked asked) {
    return asked
        .order()
        .map(order ->
            new Described.Answer(List.of(), List.of(), List.of(), Optional.of(need(order))))
        .orElseGet(() ->
            new Described.Answer(
                models(), parts(), List.of(Annotators.names().split(", ")), Optional.empty()));
  }

  private List<Descriptions.Part> parts() {
    return Parts.of(installed).entrySet().stream()
        .map(part ->
            new Descriptions.Part(
                part.getKey().text(),
                part.getKey().kind().name().toLowerCase(Locale.ROOT),
                part.getKey().name(),
                Parts.bytes(part.getValue())))
        .toList();
  }

  /** Of an order of strangers; what they uploaded is not looked at. */
  private Path placed(Path path) {
    return PartRef.tryParse(path.toString()).map(ref -> Parts.require(installed, ref)).orElse(path);
  }

  private List<Descriptions.Model> models() {
    sketches.clear();
    Map<String, Path> found = new TreeMap<>();
    BUNDLED.forEach(name -> installed.find(name).ifPresent(path -> found.put(name, path)));
    installed
        .inRoots()
        .forEach(path -> found.putIfAbsent(String.valueOf(path.getFileName()), path));
    installed.hub().snapshots().stream()
        .filter(snapshot -> InstalledModels.isModel(snapshot.folder()))
        .forEach(snapshot -> found.putIfAbsent(snapshot.id().toString(), snapshot.folder()));
    return found.entrySet().stream()
        .map(model -> model(model.getKey(), model.getValue()))
        .sorted(Comparator.comparing(Descriptions.Model::name))
        .toList();
  }

  private Descriptions.Model model(String name, Path path) {
    try {
      ModelSketch sketch = sketch(ModelChoice.of(path));
      ModelIndex.Defaults usual = sketch.defaults();
      int frames = sketch.can(Ability.VIDEO) ? usual.frames() : 1;
      return new Descriptions.Model(
          name,
          sketch.kind(),
          sketch.bytes(),
          ModelTasks.of(sketch),
          Optional.of(
              new Descriptions.Usual(
                  usual.width(),
                  usual.height(),
                  frames,
                  usual.fps(),
                  usual.steps(),
                  usual.guidance(),
                  usual.sampler())),
          sizes(usual, sketch.sizeMultiple()),
          samplers(sketch),
          Knowledge.of(path).only(),
          Optional.empty());
    } catch (UserError e) {
      return new Descriptions.Model(
          name,
          "",
          0,
          List.of(),
          Optional.empty(),
          List.of(),
          List.of(),
          "",
          Optional.of(plain(String.valueOf(e.getMessage()), path, name)));
    }
  }

  private ModelSketch sketch(ModelChoice choice) {
    return sketches.computeIfAbsent(choice, ModelSketch::of);
  }

  private static String plain(String text, Path path, String name) {
    return text.replace(path.toAbsolutePath().toString(), name)
        .replace(path.toString(), name)
        .replaceAll("(?<![\\w.:/])/(?:[^/\\s']+/)+([^/\\s']*)", "$1");
  }

  /** The usual size, lying and standing, and others of about as many pixels. */
  private static List<String> sizes(ModelIndex.Defaults usual, int multiple) {
    Set<String> sizes = new LinkedHashSet<>();
    sizes.add(new Size(usual.width(), usual.height()).toString());
    double pixels = (double) usual.width() * usual.height();
    int step = multiple * Math.max(1, Math.round(usual.width() / 16f / multiple));
    for (double ratio : List.of(1.0, 16 / 9.0, 9 / 16.0, 4 / 3.0, 3 / 4.0)) {
      sizes.add(size(Math.sqrt(pixels * ratio), Math.sqrt(pixels / ratio), step));
    }
    for (double scale : List.of(0.5, 1.5)) {
      sizes.add(size(scale * usual.width(), scale * usual.height(), step));
    }
    return List.copyOf(sizes);
  }

  private static String size(double width, double height, int step) {
    int w = Math.max(step, (int) Math.round(width / step) * step);
    int h = Math.max(step, (int) Math.round(height / step) * step);
    return new Size(w, h).toString();
  }

  private static List<String> samplers(ModelSketch sketch) {
    Set<String> names = new LinkedHashSet<>();
    names.add(sketch.defaults().sampler());
    for (String name : Samplers.NAMES) {
      try {
        var unused = sketch.scheduling().sampling(name, sketch.defaults().steps());
        names.add(name);
      } catch (UserError e) {
        // One that this model's noise cannot be walked by.
      }
    }
    return List.copyOf(names);
  }

  private Described.Need need(VideoOrder order) {
    String name = order.task().begins().orElse(order.model().name());
    try {
      Path folder = Shelves.require(installed, name);
      ModelChoice choice = order.model().choice(folder, this::placed);
      return need(order, sketch(order.task().choice(choice)));
    } catch (UserError e) {
      return new Described.Need(
          false,
          0,
          0,
          "",
          new Descriptions.Usual(0, 0, 0, 0, 0, 0, ""),
          Optional.of(Failures.of(e, text -> plain(text, Path.of("/nowhere"), name))));
    }
  }

  private Described.Need need(VideoOrder order, ModelSketch sketch) {
    VideoRequest request = request(order.wish(), sketch);
    OptionalLong available = MemoryNeed.available();
    MemoryNeed need = sketch.need(request, order.tuning().guidanceApart());
    Optional<Tell.End.Failed> error = Optional.empty();
    try {
      requireSize(request, sketch.sizeMultiple());
      ModelTasks.require(order.task(), sketch);
      var unused = sketch.scheduling().sampling(request.sampler(), request.steps());
      need.requireFit(available, request, sketch.precision());
    } catch (UserError e) {
      error = Optional.of(Failures.of(e, text -> text));
    }
    return new Described.Need(
        available.isEmpty() || need.total() <= available.getAsLong(),
        need.total(),
        available.orElse(0),
        need.line(),
        new Descriptions.Usual(
            request.width(),
            request.height(),
            order.wish().frames().orElse(request.frames()),
            request.fps(),
            request.steps(),
            request.guidance(),
            request.sampler()),
        error);
  }

  /** One clip of what is wished for. */
  private static VideoRequest request(Wish wish, ModelSketch sketch) {
    ModelIndex.Defaults own = sketch.defaults();
    ModelIndex.Defaults defaults = wish.sampler().map(own::by).orElse(own);
    VideoRequest usual = VideoRequest.of(wish.prompt(), 0, defaults);
    int clip = sketch.can(Ability.VIDEO) ? usual.frames() : 1;
    int wanted = wish.frames().orElse(clip);
    VideoRequest request =
        usual
            .withSteps(wish.steps().orElse(usual.steps()))
            .withGuidance(wish.guidance().orElse(usual.guidance()))
            .withFps(wish.fps().orElse(usual.fps()))
            .withFrames(sketch.grid().whole(Math.min(wanted, VideoRequest.MOST_FRAMES)));
    return wish.size().map(s -> request.withSize(s.width(), s.height())).orElse(request);
  }

  private static void requireSize(VideoRequest request, int multiple) {
    if (request.width() % multiple != 0 || request.height() % multiple != 0) {
      throw new UserError(
          Fault.INVALID,
          "this model makes sizes that are multiples of %s".formatted(multiple),
          "ask for " + size(request.width(), request.height(), multiple));
    }
  }
}
