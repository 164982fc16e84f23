package io.zoetrope.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.zoetrope.ChildJvm;
import io.zoetrope.diffusion.Plans;
import io.zoetrope.pipeline.family.ModelChoice;
import io.zoetrope.pipeline.model.VideoModel;
import io.zoetrope.pipeline.model.VideoRequest;
import io.zoetrope.progress.Progress;
import io.zoetrope.torch.Scopes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Native memory is flat over sampling steps: after 50 and after 500 of them a process is equally
 * large and holds equally many native objects. In a process of its own whose Java heap is all
 * touched from the start, so that nothing else moves the figure.
 */
class SamplingMemoryIT {
  /** Not a sampler: reconstruction guidance, which takes a gradient each step. */
  private static final String GUIDED = "reconstruction";

  /** One that remembers a step, one that asks twice a step, one that draws noise, the default. */
  static final List<String> SAMPLERS =
      List.of("dpm++2m", "heun", "ancestral", "ancestral-pc", "flow-euler", GUIDED);

  @TempDir Path folder;

  @Test
  void residentMemoryIsFlat() throws Exception {
    assumeTrue(Files.exists(Path.of("/proc/self/status")), "needs /proc");
    Path directory = TinyModel.write(folder.resolve("model"));
    Process process = ChildJvm.of(SamplingMemoryIT.class, directory).heap(64).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(output).isZero();
    System.out.print(output);
    List<String> lines = output.lines().filter(line -> line.contains(" RSS ")).toList();
    assertThat(lines).hasSize(SAMPLERS.size());
    for (String line : lines) {
      // sampler RSS kB kB handles n n
      String[] words = line.split(" ", -1);
      assertThat(Double.parseDouble(words[3])).as(line).isLessThan(1.03 * number(words[2]));
      assertThat(number(words[6])).as(line).isLessThanOrEqualTo(number(words[5]) + 20);
    }
  }

  private static long number(String word) {
    return Long.parseLong(word);
  }

  /** Argument: the model directory. Prints a line for each sampler. */
  public static void main(String[] arguments) {
    try (VideoModel model = VideoModel.load(ModelChoice.of(Path.of(arguments[0]), "f32"))) {
      for (String sampler : SAMPLERS) {
        sample(model, sampler, 50);
      }
      for (String sampler : SAMPLERS) {
        List<String> at = sample(model, sampler, 500);
        System.out.printf(
            Locale.ROOT,
            "%s RSS %s %s handles %s %s%n",
            sampler,
            at.get(0),
            at.get(2),
            at.get(1),
            at.get(3));
      }
    }
  }

  /** Memory and handles after 50 steps, and after 500. */
  private static List<String> sample(VideoModel model, String sampler, int steps) {
    List<String> at = new ArrayList<>();
    Progress progress =
        report -> {
          long done = report.done();
          if (done == 50 || done == 500) {
            System.gc();
            at.add(rss());
            at.add(Long.toString(TextToVideoTest.handles()));
          }
        };
    Scopes.run(() -> {
      if (sampler.equals(GUIDED)) {
        guided(new Engine(model).withGuide(Guide.reconstruction(2)), steps, progress);
      } else {
        VideoRequest request = TinyModel.request(1, 4, steps, sampler);
        new TextToVideo(new Engine(model)).latents(List.of(request), progress);
      }
    });
    return at;
  }

  private static void guided(Engine engine, int steps, Progress progress) {
    List<VideoRequest> requests = List.of(TinyModel.request(1, 4, steps, "flow-euler"));
    Job job = Job.of(Plans.animate(engine.levels(steps), 4), requests, engine.canvas(requests, 4));
    engine.run(job, progress);
  }

  /** Resident set in kB. */
  private static String rss() {
    try {
      return Files.readAllLines(Path.of("/proc/self/status")).stream()
          .filter(line -> line.startsWith("VmRSS:"))
          .map(line -> line.replaceAll("\\D", ""))
          .findFirst()
          .orElseThrow();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
