package io.zoetrope.pipeline;

import io.zoetrope.diffusion.Prediction;
import io.zoetrope.diffusion.Sight;
import io.zoetrope.diffusion.X0Denoiser;
import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.diffusion.condition.Slot;
import io.zoetrope.diffusion.guidance.ClassifierFreeGuidance;
import io.zoetrope.diffusion.guidance.GuidanceScale;
import io.zoetrope.diffusion.guidance.Handover;
import io.zoetrope.diffusion.guidance.PromptBlend;
import io.zoetrope.diffusion.guidance.ToldGuidance;
import io.zoetrope.error.Fault;
import io.zoetrope.error.Mend;
import io.zoetrope.error.UserError;
import io.zoetrope.network.NetworkConfig;
import io.zoetrope.network.PictureSlots;
import io.zoetrope.nn.ParameterStore;
import io.zoetrope.pipeline.family.Role;
import io.zoetrope.pipeline.model.Embeddings;
import io.zoetrope.pipeline.model.VideoModel;
import io.zoetrope.pipeline.model.VideoRequest;
import io.zoetrope.pipeline.schedule.Sampling;
import io.zoetrope.torch.Tensors;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.bytedeco.pytorch.Tensor;

/**
 * A model that is told prompts: its denoiser under classifier-free guidance.
 *
 * @param extras beneath guidance
 * @param beside entries that every prompt is accompanied by
 * @param shown what the network sees beside the latents of these very clips, [B, C, F, h, w]
 */
record Prompted(VideoModel model, Extras extras, Conditioning beside, Optional<Tensor> shown) {
  /** What a model reads: P prompts and what it shall not show, each with a row for each clip. */
  private record Texts(List<Conditioning> prompts, Conditioning negative) {}

  private Texts texts(List<VideoRequest> requests, List<List<String>> prompts) {
    List<List<String>> groups = new ArrayList<>();
    groups.add(requests.stream().map(VideoRequest::negative).toList());
    for (int p = 0; p < prompts.getFirst().size(); p++) {
      int which = p;
      groups.add(prompts.stream().map(texts -> texts.get(which)).toList());
    }
    List<Conditioning> all = model.conditions(groups);
    List<Conditioning> said = new ArrayList<>(all.subList(1, all.size()));
    if (model.embeddings().isPresent() && beside.get(PictureSlots.EMBEDDING).isEmpty()) {
      Embeddings embeddings = model.embeddings().get();
      if (embeddings.prior().isEmpty()) {
        throw new UserError(
            Fault.INVALID,
            "this model is told a picture, and has no prior that makes one of a text",
            Mend.of("show it one as ").and(Mend.Knob.PICTURE));
      }
      List<Long> seeds = requests.stream().map(VideoRequest::seed).toList();
      for (int p = 0; p < said.size(); p++) {
        Conditioning told = embeddings.ofPrompts(groups.get(p + 1), seeds);
        said.set(p, said.get(p).and(told.on(model.device())));
      }
    }
    return new Texts(said, all.getFirst());
  }

  /**
   * The denoiser of clips.
   *
   * @param steps of sampling, whatever the requests say
   * @param prompts for each clip P texts
   * @param sight which of them each frame follows
   */
  X0Denoiser denoiser(
      List<VideoRequest> requests, int steps, List<List<String>> prompts, Sight sight) {
    Texts texts = texts(requests, prompts);
    return leading(texts.prompts, requests.getFirst(), steps, sight).apply(texts.negative);
  }

  /**
   * The same, which is told later what guidance leads away from.
   *
   * @param prompts for each clip P texts
   */
  Function<Conditioning, X0Denoiser> leading(
      List<VideoRequest> requests, List<List<String>> prompts, Sight sight) {
    VideoRequest first = requests.getFirst();
    return leading(texts(requests, prompts).prompts, first, first.steps(), sight);
  }

  /**
   * The network; or both, one of them in memory at a time.
   *
   * @param late from which level down the second is asked
   */
  private X0Denoiser networks(Sampling sampling, double late) {
    Prediction prediction = model.scheduling().toPrediction();
    X0Denoiser early = extras.around(model.network(), sampling.schedule(), prediction);
    return model
        .late()
        .<X0Denoiser>map(second ->
            new Handover(
                early,
                extras.around(second.network(), sampling.schedule(), prediction),
                late,
                new Handover.Resting() {
                  @Override
                  public void early() {
                    model.weights(Role.DENOISER).ifPresent(ParameterStore::release);
                  }

                  @Override
                  public void late() {
                    model.weights(Role.LATE).ifPresent(ParameterStore::release);
                  }
                }))
        .orElse(early);
  }

  /** Numbers of the clip that the network is told and nobody has said: its rate, its motion. */
  private Conditioning usual(VideoRequest request) {
    NetworkConfig config = model.network().config();
    Conditioning all = Conditioning.none();
    if (unsaid(config, Conditioning.RATE)) {
      all = all.with(Conditioning.RATE, model.device().place(Tensors.full(request.fps(), 1)));
    }
    if (unsaid(config, Conditioning.MOTION)) {
      double motion = config.told().clip().usualMotion();
      all = all.with(Conditioning.MOTION, model.device().place(Tensors.full(motion, 1)));
    }
    return all;
  }

  private boolean unsaid(NetworkConfig config, Slot<Tensor> slot) {
    return config.reads().contains(slot) && beside.get(slot).isEmpty();
  }

  private Function<Conditioning, X0Denoiser> leading(
      List<Conditioning> prompts, VideoRequest first, int steps, Sight sight) {
    Sampling sampling = model.scheduling().sampling(first.sampler(), steps);
    double late =
        model.late().map(l -> Handover.levelBelow(sampling.schedule(), l.below())).orElse(0.0);
    X0Denoiser bare = extras.contextual(networks(sampling, late));
    X0Denoiser network = shown.map(clip -> bare.showing(Conditioning.BESIDE, clip)).orElse(bare);
    // What the model is not shown, it is not to be led away from either.
    Conditioning away = extras.nothing().only(slot -> beside.get(slot).isPresent());
    List<Conditioning> all =
        prompts.stream().map(text -> text.and(beside).and(usual(first))).toList();
    GuidanceScale scale =
        extras.scale(
            model.defaults().firstGuidance(),
            first.guidance(),
            sampling.levels(),
            level -> level.u() <= late);
    if (model.guidesItself()) {
      return negative ->
          extras.bounded(new PromptBlend(new ToldGuidance(network, scale), all, sight));
    }
    return negative ->
        extras.bounded(
            new PromptBlend(
                new ClassifierFreeGuidance(
                    network,
                    negative.and(away),
                    scale,
                    GuidanceScale.constant(extras.temporal()),
                    0,
                    extras.zeroStar(sampling.levels()),
                    extras.skip().map(s -> s.down(sampling.levels())),
                    extras.apart(),
                    sight),
                all,
                sight));
  }
}
