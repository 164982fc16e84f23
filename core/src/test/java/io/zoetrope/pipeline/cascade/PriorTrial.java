package io.zoetrope.pipeline.cascade;

import io.zoetrope.data.toybox.Split;
import io.zoetrope.data.toybox.ToyboxDataset;
import io.zoetrope.data.toybox.ToyboxPrompts.Prompt;
import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.eval.Spread;
import io.zoetrope.eval.features.ClassifierFeatures;
import io.zoetrope.media.FrameTensors;
import io.zoetrope.media.Video;
import io.zoetrope.pipeline.Engine;
import io.zoetrope.pipeline.family.ModelChoice;
import io.zoetrope.pipeline.model.PriorModel;
import io.zoetrope.pipeline.model.TextPrior;
import io.zoetrope.pipeline.model.VideoModel;
import io.zoetrope.pipeline.model.VideoRequest;
import io.zoetrope.pixels.FlowSpeed;
import io.zoetrope.progress.Progress;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.Scopes;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import org.bytedeco.pytorch.Tensor;

/**
 * Figures of docs/methods/make-a-video.md: whether the prior is needed. A decoder is told the
 * embedding of a rendered frame, what the prior makes of the text, or the text itself; prompts are
 * of combinations that training never shows. A main, for it takes minutes; run where {@code models}
 * lies. Arguments: folder of the decoder, folder of the prior, how many prompts.
 *
 * <p>The text itself is a control that is meant to fail: the mean of its tokens as the decoder's
 * own text encoder (that of its prior) reads them. It has as many numbers as an embedding; each is
 * brought to the mean and deviation that it has in embeddings of pictures, over all prompts.
 *
 * <p>A decoder of single frames makes one, which stays.
 */
public final class PriorTrial {
  private static final int SIDE = 128;
  private static final int FRAMES = 8;
  private static final double FPS = 4;
  private static final int STEPS = 16;
  private static final long SEED = 9;

  /** Frames that a picture stays before the classifier, as in training. */
  private static final int STILL = 4;

  /** Least deviation of a number of texts. */
  private static final double LEAST = 1e-3;

  private PriorTrial() {}

  /** Runs it; a line for rendered clips, then for each way. */
  public static void main(String[] args) {
    int count = Integer.parseInt(args[2]);
    List<ToyClip> clips =
        ToyClip.of(new ToyboxDataset(SEED, Split.HELD_OUT, SIDE, SIDE, FRAMES, FPS), count);
    try (VideoModel decoder = load(args[0]);
        PriorModel prior = PriorModel.load(ModelChoice.of(Path.of(args[1]), "f32"), Progress.NONE);
        ClassifierFeatures eye = ClassifierFeatures.load(Path.of("models", "toybox-classifier"))) {
      Optional<Spread> truth =
          Optional.of(tell("rendered", clips, eye, i -> clips.get(i).video(), Optional.empty()));
      Scopes.run(() -> {
        Tensor texts_NE = texts(decoder, clips.stream().map(ToyClip::prompt).toList());
        IntFunction<Tensor> seen = i -> embedding(clips.get(i).video(), i % FRAMES, eye);
        IntFunction<Tensor> made =
            i -> prior.embedding(text(clips, i), SEED + i, TextPrior.USUAL, Progress.NONE);
        IntFunction<Tensor> read = i -> texts_NE.narrow(0, i, 1);
        tell("embedding of a rendered frame", clips, eye, video(decoder, clips, seen), truth);
        tell("text by the prior", clips, eye, video(decoder, clips, made), truth);
        tell("text itself", clips, eye, video(decoder, clips, read), truth);
      });
    }
  }

  private static VideoModel load(String folder) {
    return VideoModel.load(ModelChoice.of(Path.of(folder), "f32"));
  }

  private static String text(List<ToyClip> clips, int i) {
    return clips.get(i).prompt().text();
  }

  /** What the classifier makes of a frame, [1, E]. */
  private static Tensor embedding(Video video, int frame, ClassifierFeatures eye) {
    Video still = new Video(Collections.nCopies(STILL, video.frames().get(frame)), video.fps());
    return eye.features(FrameTensors.toTensor(still).unsqueeze(0));
  }

  /** Texts in the place of embeddings, [N, E]. */
  private static Tensor texts(VideoModel decoder, List<Prompt> prompts) {
    return Scopes.noGrad(() -> {
      TextPrior prior = decoder.embeddings().orElseThrow().prior().orElseThrow();
      Tensor whole_NE =
          prior
              .words()
              .condition(prompts.stream().map(Prompt::text).toList())
              .get(Conditioning.POOLED)
              .orElseThrow()
              .squeeze(1);
      Tensor centred = whole_NE.sub(Ops.mean(whole_NE, 0));
      return prior.prior().network().restored(centred.div(Ops.add(Ops.std(whole_NE, 0), LEAST)));
    });
  }

  /** What the decoder makes of embeddings, as a stage of a cascade. */
  private static IntFunction<Video> video(
      VideoModel decoder, List<ToyClip> clips, IntFunction<Tensor> embeddings) {
    boolean moves = decoder.network().config().temporal();
    Engine engine = new Engine(decoder);
    Stage stage = Stage.of(Optional.empty(), new Bridge.Embedding());
    return i ->
        Scopes.value(() -> {
          VideoRequest request =
              VideoRequest.of(text(clips, i), SEED + i, decoder.defaults())
                  .withSize(SIDE, SIDE)
                  .withFrames(moves ? FRAMES : 1)
                  .withFps(FPS)
                  .withSteps(STEPS);
          Handed told = new Handed.Embedding(embeddings.apply(i));
          Crossing.Made made =
              new Crossing(engine, stage)
                  .over(stage.bridge(), request, Optional.of(told), Progress.NONE);
          Video video = engine.decode(made.z_1CFHW(), FPS);
          return moves
              ? video
              : new Video(Collections.nCopies(FRAMES, video.frames().getFirst()), FPS);
        });
  }

  /**
   * Says how good the videos of a way are.
   *
   * @param truth flow of rendered clips
   * @return their flow
   */
  private static Spread tell(
      String name,
      List<ToyClip> clips,
      ClassifierFeatures features,
      IntFunction<Video> videos,
      Optional<Spread> truth) {
    TrialScores scores = new TrialScores(features, SEED);
    List<Double> flows = new ArrayList<>();
    for (int i = 0; i < clips.size(); i++) {
      Video video = videos.apply(i);
      scores.add(clips.get(i).prompt(), video);
      flows.add(
          Scopes.value(() -> FlowSpeed.of(FrameTensors.toTensor(video), video.fps()).pixels()));
    }
    Spread flow = Spread.of(flows);
    System.out.printf(
        "%s: %s; Frechet %.2f; flow %s pixels a frame, %.2f times that of rendered%n",
        name,
        TrialScores.line(scores.rates()),
        scores.frechet(),
        TrialScores.brief(flows),
        flow.mean() / truth.orElse(flow).mean());
    return flow;
  }
}
