package io.zoetrope.app.command;

import io.zoetrope.app.cli.option.SamplingOptions;
import io.zoetrope.app.cli.terminal.StepProgress;
import io.zoetrope.media.Video;
import io.zoetrope.pipeline.Engine;
import io.zoetrope.pipeline.TextToVideo;
import io.zoetrope.pipeline.family.ModelIndex;
import io.zoetrope.pipeline.model.Size;
import io.zoetrope.pipeline.model.VideoModel;
import io.zoetrope.pipeline.model.VideoRequest;
import io.zoetrope.progress.Progress;
import io.zoetrope.torch.Scopes;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * A video for each of many prompts, several sampled at once. The seed of a video is that of the
 * first plus its number, whatever the batch. Closing it closes the model.
 */
final class BatchSampling implements PromptVideos {
  private final VideoModel model;
  private final SamplingOptions options;
  private final Extent extent;
  private final List<String> prompts;
  private final long firstSeed;
  private final int batch;
  private final Progress progress;
  private List<Video> made = List.of();
  private int from;

  BatchSampling(
      VideoModel model,
      SamplingOptions options,
      Extent extent,
      List<String> prompts,
      long firstSeed,
      int batch,
      StepProgress progress) {
    this.model = model;
    this.options = options;
    this.extent = extent;
    this.prompts = prompts;
    this.firstSeed = firstSeed;
    this.batch = batch;
    // Sampler steps of one batch are not worth a report, but one may stop at them.
    this.progress = progress.silent();
  }

  @Override
  public Video video(int number) {
    if (number < from || number >= from + made.size()) {
      from = number;
      made = sample(prompts.subList(number, Math.min(prompts.size(), number + batch)));
    }
    return made.get(number - from);
  }

  @Override
  public void close() {
    model.close();
  }

  private List<Video> sample(List<String> some) {
    List<VideoRequest> requests = new ArrayList<>();
    for (int i = 0; i < some.size(); i++) {
      requests.add(request(some.get(i), firstSeed + from + i));
    }
    Engine engine = new Engine(model);
    TextToVideo pipeline = new TextToVideo(engine);
    return Scopes.value(() -> {
      Tensor z_BCFHW = pipeline.latents(requests, progress);
      List<Video> videos = new ArrayList<>();
      for (int i = 0; i < requests.size(); i++) {
        videos.add(engine.decode(z_BCFHW.narrow(0, i, 1), model.defaults().fps(), progress));
      }
      return videos;
    });
  }

  private VideoRequest request(String prompt, long seed) {
    ModelIndex.Defaults d = model.defaults();
    Size size = extent.size().orElse(new Size(d.width(), d.height()));
    return VideoRequest.of(prompt, seed, d)
        .withSize(size.width(), size.height())
        .withFrames(extent.frames().orElse(d.frames()))
        .withNegative(options.negative().strip())
        .withSteps(options.steps().orElse(d.steps()))
        .withGuidance(options.guidance().orElse(d.guidance()))
        .withSampler(options.sampler().orElse(d.sampler()));
  }
}
