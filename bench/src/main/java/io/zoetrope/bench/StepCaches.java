package io.zoetrope.bench;

import io.zoetrope.media.Frame;
import io.zoetrope.media.Video;
import io.zoetrope.pipeline.Engine;
import io.zoetrope.pipeline.TextToVideo;
import io.zoetrope.pipeline.family.ModelChoice;
import io.zoetrope.pipeline.model.VideoModel;
import io.zoetrope.pipeline.model.VideoRequest;
import io.zoetrope.progress.Progress;
import io.zoetrope.progress.Report;
import io.zoetrope.torch.Scopes;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;

/** What a cache of steps saves, and how far what it makes is from the video of all steps. */
final class StepCaches {
  private static final double[] EASY = {0.02, 0.05, 0.1, 0.2};
  private static final double[] TEA = {0.03, 0.05, 0.1, 0.2};
  private static final List<String> PROMPTS =
      List.of(
          "a red ball moves right",
          "a blue square moves down",
          "a green triangle spins",
          "a yellow ring grows");

  private StepCaches() {}

  private record Made(Video video, double seconds, Optional<String> said) {}

  static Table easy(Path directory, String what) {
    return run(directory, "EasyCache, " + what, EASY, Engine::withCache);
  }

  static Table tea(Path directory, String what) {
    return run(directory, "TeaCache, " + what, TEA, Engine::withTeaCache);
  }

  /** Makes an engine that leaves steps out, up to a threshold. */
  private interface Rule {
    Engine over(Engine engine, double threshold);
  }

  private static Table run(Path directory, String what, double[] thresholds, Rule rule) {
    try (VideoModel model = VideoModel.load(ModelChoice.of(directory))) {
      VideoRequest request = VideoRequest.of("", 1, model.defaults());
      Table table =
          new Table(
              "cache",
              "%s: %s videos of %s frames of %sx%s, %s steps of %s"
                  .formatted(
                      what,
                      PROMPTS.size(),
                      request.frames(),
                      request.width(),
                      request.height(),
                      request.steps(),
                      request.sampler()),
              "threshold",
              "the first video",
              "time by that of all steps",
              "PSNR dB of all",
              "of the worst");
      Engine engine = new Engine(model);
      make(engine, 0, 1);
      List<Made> all = videos(engine);
      for (double threshold : thresholds) {
        List<Made> cached = videos(rule.over(engine, threshold));
        double[] off = new double[PROMPTS.size()];
        for (int i = 0; i < off.length; i++) {
          off[i] = off(all.get(i).video, cached.get(i).video);
        }
        table.row(
            threshold,
            cached.getFirst().said.orElse("-"),
            seconds(cached) / seconds(all),
            psnr(Arrays.stream(off).average().orElseThrow()),
            psnr(Arrays.stream(off).max().orElseThrow()));
      }
      return table;
    }
  }

  private static List<Made> videos(Engine engine) {
    List<Made> made = new ArrayList<>();
    for (int i = 0; i < PROMPTS.size(); i++) {
      made.add(make(engine, i, i + 1));
    }
    return made;
  }

  private static double seconds(List<Made> made) {
    return made.stream().mapToDouble(Made::seconds).sum();
  }

  private static Made make(Engine engine, int prompt, long seed) {
    List<String> said = new ArrayList<>();
    Progress noting =
        new Progress() {
          @Override
          public void update(Report report) {}

          @Override
          public void note(String line) {
            said.add(line);
          }
        };
    TextToVideo pipeline = new TextToVideo(engine);
    VideoRequest request = VideoRequest.of(PROMPTS.get(prompt), seed, engine.model().defaults());
    return Scopes.value(() -> {
      double start = Clock.seconds();
      Tensor latents = pipeline.latents(List.of(request), noting);
      double seconds = Clock.seconds() - start;
      return new Made(
          pipeline.decode(latents, request.fps()), seconds, said.stream().reduce((a, b) -> b));
    });
  }

  /** The mean square of what pixels are off by. */
  private static double off(Video one, Video other) {
    double sum = 0;
    long count = 0;
    for (int f = 0; f < one.frames().size(); f++) {
      Frame a = one.frames().get(f);
      Frame b = other.frames().get(f);
      for (int i = 0; i < a.rgb().length; i++) {
        double apart = (a.rgb()[i] & 0xff) - (b.rgb()[i] & 0xff);
        sum += apart * apart;
      }
      count += a.rgb().length;
    }
    return sum / count;
  }

  private static double psnr(double off) {
    return 10 * Math.log10(255.0 * 255.0 / off);
  }
}
