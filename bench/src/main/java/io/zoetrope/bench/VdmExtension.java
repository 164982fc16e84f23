package io.zoetrope.bench;

import io.zoetrope.checkpoint.safetensors.Safetensors;
import io.zoetrope.checkpoint.safetensors.SafetensorsFile;
import io.zoetrope.diffusion.guidance.ReconstructionGuidance.Activations;
import io.zoetrope.diffusion.guidance.ReconstructionWeight;
import io.zoetrope.eval.Seams;
import io.zoetrope.media.FrameTensors;
import io.zoetrope.media.Video;
import io.zoetrope.media.VideoWriter;
import io.zoetrope.media.WriteOptions;
import io.zoetrope.pipeline.Engine;
import io.zoetrope.pipeline.Guide;
import io.zoetrope.pipeline.HeldByGuidance;
import io.zoetrope.pipeline.TextToVideo;
import io.zoetrope.pipeline.family.ModelChoice;
import io.zoetrope.pipeline.family.ModelIndex;
import io.zoetrope.pipeline.model.VideoModel;
import io.zoetrope.pipeline.model.VideoRequest;
import io.zoetrope.pipeline.task.Extend;
import io.zoetrope.progress.Progress;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;

/**
 * VDM's table of extension in miniature (Ho et al. 2022, section 4.3.2): clips made longer one
 * after another, each conditioned on the last frames of what there is, by frames held at level 0,
 * by replacement, or by reconstruction guidance of several weights. All begin with the same frames.
 *
 * <p>With {@code --out} the latents of each method are kept there and used again by a run with the
 * same settings.
 */
final class VdmExtension {
  static final List<String> OPTIONS =
      List.of(
          "--steps",
          "--frames",
          "--overlap",
          "--methods",
          "--begin",
          "--sampler",
          "--videos",
          "--out");

  private static final String METHODS =
      "held,replacement,reconstruction-1,reconstruction-2,reconstruction-5,reconstruction-10";

  private final Arguments a;
  private final Engine engine;
  private final ModelIndex.Defaults d;
  private final Reference prompts;
  private final int frames;
  private final int overlap;

  private VdmExtension(Arguments a, VideoModel model) {
    this.a = a;
    engine = new Engine(model);
    d = model.defaults();
    frames = a.whole("--frames", d.frames() + 1, 4 * d.frames());
    overlap = a.whole("--overlap", 1, d.frames() / 2);
    prompts = Reference.endless(d, frames, a.whole("-n", 1, 16), a.whole("--seed", 0, 0));
  }

  static Table run(Arguments a) {
    try (VideoModel model = VideoModel.load(ModelChoice.of(a.required("--model")))) {
      return new VdmExtension(a, model).table();
    }
  }

  private Table table() {
    Map<String, Guide> methods = new LinkedHashMap<>();
    a.list("--methods", METHODS).forEach(method -> methods.put(method, guide(method)));
    List<Integer> seams = Seams.of(d.frames(), frames, d.frames(), overlap);
    try (ExtensionScore.Judge judge =
        new ExtensionScore.Judge(
            Reference.endless(d, frames, prompts.size(), 1_000_003L + prompts.data().seed()),
            Reference.extractor(a.path("--features")),
            seams,
            d.frames())) {
      Table table =
          new Table(
              "vdm-extension",
              "%s clips, %s -> %s frames, overlap %s, %s steps of %s, guidance %s"
                  .formatted(
                      prompts.size(), d.frames(), frames, overlap, steps(), sampler(), guidance()),
              ExtensionScore.COLUMNS);
      Tensor begun = Scopes.keep(Scopes.tensor(this::begun));
      methods.forEach((method, guide) -> {
        Scopes.run(() -> {
          Made made = made(method, guide, begun);
          ExtensionScore score = new ExtensionScore(judge);
          for (int clip = 0; clip < prompts.size(); clip++) {
            int number = clip;
            Scopes.run(() -> {
              Tensor x = engine.pixels(made.z_BCFHW.narrow(0, number, 1));
              score.add(x);
              write(method, number, x);
            });
          }
          table.row(score.row(method, made.seconds / prompts.size()));
        });
        System.err.println(method + ": done");
      });
      ExtensionScore truth = new ExtensionScore(judge);
      for (int clip = 0; clip < prompts.size(); clip++) {
        int number = clip;
        Scopes.run(() -> truth.add(Reference.pixels(prompts.video(number))));
      }
      table.row(truth.row("rendered", 0));
      Scopes.free(begun);
      return table;
    }
  }

  /** By name: held, replacement, reconstruction-W, matched-W. */
  static Guide guide(String method) {
    int dash = method.indexOf('-');
    String kind = dash < 0 ? method : method.substring(0, dash);
    if (dash < 0 && kind.equals("held")) {
      return Guide.NONE;
    }
    if (dash < 0 && kind.equals("replacement")) {
      return Guide.replacement();
    }
    if (dash > 0) {
      double weight = Arguments.number("--methods " + kind, method.substring(dash + 1));
      if (kind.equals("reconstruction")) {
        return Guide.reconstruction(weight);
      }
      if (kind.equals("matched")) {
        return new HeldByGuidance(
            frame -> true, Optional.of(ReconstructionWeight.matched(weight, 25)), Activations.KEPT);
      }
    }
    throw new IllegalArgumentException("unknown method '" + method + "'");
  }

  private int steps() {
    return a.whole("--steps", 1, d.steps());
  }

  private String sampler() {
    return a.word("--sampler").orElse("ancestral");
  }

  private double guidance() {
    return a.number("--guidance", d.guidance());
  }

  private List<VideoRequest> requests(int from) {
    List<VideoRequest> requests = new ArrayList<>();
    int batch = a.whole("--batch", 1, 4);
    for (int clip = from; clip < Math.min(prompts.size(), from + batch); clip++) {
      requests.add(
          VideoRequest.of(prompts.caption(clip), 10_000L * prompts.data().seed() + clip, d)
              .withSteps(steps())
              .withGuidance(guidance())
              .withSampler(sampler()));
    }
    return requests;
  }

  /** The first frames of all clips: the model's own, or rendered ones through the autoencoder. */
  private Tensor begun() {
    String begin = a.word("--begin").orElse("model");
    List<Tensor> parts = new ArrayList<>();
    for (int from = 0; from < prompts.size(); ) {
      List<VideoRequest> requests = requests(from);
      if (begin.equals("model")) {
        parts.add(new TextToVideo(new Engine(engine.model())).latents(requests, Progress.NONE));
      } else if (begin.equals("real")) {
        for (int clip = from; clip < from + requests.size(); clip++) {
          int number = clip;
          parts.add(
              Scopes.tensor(() ->
                  engine.encode(Reference.pixels(prompts.video(number)).narrow(2, 0, d.frames()))));
        }
      } else {
        throw new IllegalArgumentException("--begin is model or real, not '" + begin + "'");
      }
      from += requests.size();
    }
    return Tensors.cat(parts, 0);
  }

  private record Made(Tensor z_BCFHW, double seconds) {}

  /** Samples, or reads what a run with the same settings left. */
  private Made made(String method, Guide guide, Tensor begun) {
    String settings =
        "%s n %s frames %s overlap %s steps %s sampler %s guidance %s seed %s begin %s model %s"
            .formatted(
                method,
                prompts.size(),
                frames,
                overlap,
                steps(),
                sampler(),
                guidance(),
                prompts.data().seed(),
                a.word("--begin").orElse("model"),
                a.required("--model").toAbsolutePath().normalize());
    Optional<Path> file = a.path("--out").map(out -> out.resolve(method + ".safetensors"));
    if (file.isPresent() && Files.isRegularFile(file.get())) {
      try (SafetensorsFile kept = Safetensors.open(file.get())) {
        if (settings.equals(kept.metadata().getOrDefault("settings", ""))) {
          Tensor z = kept.tensor("latents").clone();
          return new Made(z, Double.parseDouble(kept.metadata().getOrDefault("seconds", "0")));
        }
      }
    }
    double start = Clock.seconds();
    List<Tensor> parts = new ArrayList<>();
    for (int from = 0; from < prompts.size(); ) {
      List<VideoRequest> requests = requests(from);
      Extend task =
          new Extend(Optional.of(begun.narrow(0, from, requests.size())), frames, overlap);
      parts.add(task.latents(engine.withGuide(guide), requests, Progress.NONE));
      from += requests.size();
      System.err.printf("%s: %d of %d%n", method, from, prompts.size());
    }
    Made made = new Made(Tensors.cat(parts, 0), Clock.seconds() - start);
    file.ifPresent(path -> {
      mkdirs(a.required("--out"));
      Safetensors.write(
          path,
          Map.of("latents", made.z_BCFHW),
          Map.of("settings", settings, "seconds", Double.toString(made.seconds)));
    });
    return made;
  }

  private void write(String method, int clip, Tensor x_13FHW) {
    Optional<Path> out = a.path("--out");
    if (out.isPresent() && clip < a.whole("--videos", 0, 4)) {
      Path folder = out.get().resolve(method);
      mkdirs(folder);
      Video video = FrameTensors.toVideo(x_13FHW.select(0, 0), d.fps());
      VideoWriter.write(folder.resolve(clip + ".mp4"), video, WriteOptions.at(d.fps()));
    }
  }

  private static void mkdirs(Path folder) {
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
