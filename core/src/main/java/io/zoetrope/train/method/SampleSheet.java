package io.zoetrope.train.method;

import io.zoetrope.diffusion.TimestepPlan;
import io.zoetrope.diffusion.X0Denoiser;
import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.diffusion.guidance.ClassifierFreeGuidance;
import io.zoetrope.diffusion.guidance.PromptBlend;
import io.zoetrope.diffusion.sampler.FlowEuler;
import io.zoetrope.diffusion.sampler.Noise;
import io.zoetrope.diffusion.sampler.Sampler;
import io.zoetrope.diffusion.sampler.SamplerLoop;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.media.ContactSheet;
import io.zoetrope.media.FrameTensors;
import io.zoetrope.media.Png;
import io.zoetrope.media.Video;
import io.zoetrope.network.text.PromptEncoder;
import io.zoetrope.network.vae.Autoencoder;
import io.zoetrope.progress.Progress;
import io.zoetrope.torch.RandomStreams;
import io.zoetrope.torch.Tensors;
import io.zoetrope.train.TrainingListener;
import io.zoetrope.train.footage.ClipCut;
import io.zoetrope.train.footage.Footage;
import io.zoetrope.train.footage.LatentClips;
import io.zoetrope.train.footage.Showing;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;

/**
 * Samples of a network in training, on one picture: the first captions of its data, always with the
 * same noise.
 *
 * @param frames of each sample; 1 for still images
 * @param manner how they are made
 * @param listener told how the samples move, and that there is no sheet, which is no reason to end
 *     a run
 */
record SampleSheet(
    X0Denoiser denoiser,
    PromptEncoder encoder,
    Autoencoder autoencoder,
    Footage footage,
    int frames,
    Manner manner,
    TrainingListener listener) {
  /**
   * How samples are made.
   *
   * @param guidance scale; 1 is off
   */
  record Manner(int steps, double guidance, Sampler sampler) {
    static final Manner USUAL = new Manner(20, 3, new FlowEuler());
  }

  private static final int SAMPLES = 8;
  private static final int COLUMNS = 8;

  void write(long step, Path folder) {
    try {
      draw(step, folder);
    } catch (UserError e) {
      if (e.fault() != Fault.NOT_FINITE) {
        throw e;
      }
      listener.warning("no samples of step %s: %s".formatted(step, e.getMessage()));
    }
  }

  private void draw(long step, Path folder) {
    LatentClips clips = footage.clips();
    int n = Math.min(SAMPLES, clips.size());
    List<String> prompts =
        clips.captions().subList(0, n).stream()
            .map(caption -> footage.captions().all(List.of(caption)).getFirst())
            .toList();
    List<Integer> each = IntStream.range(0, frames).boxed().toList();
    List<ClipCut> cuts = IntStream.range(0, n).mapToObj(i -> new ClipCut(i, each)).toList();
    Conditioning positive = shown(encoder.condition(prompts), cuts, false);
    Conditioning negative = shown(encoder.condition(Collections.nCopies(n, "")), cuts, true);
    Tensor empty = Tensors.zeros(n, clips.channels(), frames, clips.height(), clips.width());
    TimestepPlan plan = TimestepPlan.uniform(denoiser.schedule().spacing(manner.steps), frames);
    Noise noise = Noise.of(new RandomStreams(0), n);
    Tensor z =
        new SamplerLoop(
                manner.sampler,
                PromptBlend.of(
                    new ClassifierFreeGuidance(denoiser, negative, manner.guidance), positive))
            .run(
                plan,
                SamplerLoop.start(plan, denoiser.schedule(), empty, noise),
                noise,
                Progress.NONE);
    List<ContactSheet.Row> rows = new ArrayList<>();
    MotionFigures figures = new MotionFigures();
    for (int i = 0; i < n; i++) {
      Tensor x = autoencoder.decode(z.narrow(0, i, 1)).select(0, 0);
      Video video = FrameTensors.toVideo(x, 8);
      figures.add(x, video, prompts.get(i));
      rows.add(new ContactSheet.Row(video, prompts.get(i)));
    }
    figures.line().ifPresent(line -> listener.note("samples of step " + step + ": " + line));
    Png.write(folder.resolve("samples.png"), ContactSheet.of(rows, COLUMNS));
  }

  private Conditioning shown(Conditioning text, List<ClipCut> cuts, boolean nothing) {
    Conditioning all = text;
    for (Showing showing : footage.shown()) {
      all = all.and(showing.of(cuts, nothing));
    }
    return all;
  }
}
