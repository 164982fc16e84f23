package io.zoetrope.pipeline;

import io.zoetrope.diffusion.FreeInit;
import io.zoetrope.diffusion.Prediction;
import io.zoetrope.diffusion.Sight;
import io.zoetrope.diffusion.TimestepPlan;
import io.zoetrope.diffusion.X0Denoiser;
import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.diffusion.condition.Signature;
import io.zoetrope.diffusion.guidance.ContextWindows;
import io.zoetrope.diffusion.guidance.DynamicThresholding;
import io.zoetrope.diffusion.guidance.Handover;
import io.zoetrope.diffusion.guidance.SkipLayers;
import io.zoetrope.diffusion.sampler.Halts;
import io.zoetrope.diffusion.sampler.Noise;
import io.zoetrope.diffusion.sampler.X0Edit;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.media.Frame;
import io.zoetrope.media.FrameTensors;
import io.zoetrope.media.Video;
import io.zoetrope.network.FrameWindows;
import io.zoetrope.network.PictureSlots;
import io.zoetrope.network.vae.Autoencoder;
import io.zoetrope.network.vae.LatentGrid;
import io.zoetrope.network.vae.Stretches;
import io.zoetrope.pipeline.family.Beside;
import io.zoetrope.pipeline.family.Role;
import io.zoetrope.pipeline.model.Diagnosis;
import io.zoetrope.pipeline.model.MemoryNeed;
import io.zoetrope.pipeline.model.VideoModel;
import io.zoetrope.pipeline.model.VideoRequest;
import io.zoetrope.pipeline.schedule.Descent;
import io.zoetrope.pipeline.schedule.Sampling;
import io.zoetrope.progress.Progress;
import io.zoetrope.torch.ComputeDevice;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Runs any {@link Job} on a model: every task goes through here. Also between pixels and latents.
 * Immutable; as many runs as one likes, one at a time. Latents are made on the device of the
 * model's network, to which what is given elsewhere is taken; pixels come back to the processor.
 */
public final class Engine {
  private static final String DECODED = "the decoded pixels";

  /** A second model for the late steps. */
  private record Late(VideoModel model, double level) {}

  private final VideoModel model;
  private final Guide guide;
  private final Optional<Late> late;
  private final Extras extras;
  private final OptionalInt decoding;

  private Engine(
      VideoModel model, Guide guide, Optional<Late> late, Extras extras, OptionalInt decoding) {
    this.model = model;
    this.guide = guide;
    this.late = late;
    this.extras = extras;
    this.decoding = decoding;
  }

  public Engine(VideoModel model) {
    this(model, Guide.NONE, Optional.empty(), Extras.NONE, OptionalInt.empty());
  }

  /** This with one more guidance around every clip. */
  public Engine withGuide(Guide other) {
    return new Engine(model, other, late, extras, decoding);
  }

  /** This with the noise of every clip changed: read from a file, repeated over a long clip. */
  public Engine withNoise(UnaryOperator<Noise> change) {
    return with(extras.withNoise(change));
  }

  /** This making every clip several times, each from what became of the noise before. */
  public Engine withFreeInit(FreeInit freeInit) {
    return with(extras.withFreeInit(freeInit));
  }

  /** This with motion modules that attend over long clips window by window. */
  public Engine withWindows(FrameWindows windows) {
    return with(extras.withWindows(windows));
  }

  /** This with long clips denoised in windows that overlap, each as a clip of its own. */
  public Engine withContext(ContextWindows.Shape shape) {
    return with(extras.withContext(shape));
  }

  /**
   * This with something to be shown to the controls of its first model: frame f of a video is shown
   * hint f, also where the video is made clip by clip.
   */
  public Engine withHints(Hints hints) {
    return with(extras.withHints(hints.on(model.device())));
  }

  /**
   * This with entries that accompany every prompt of its first model, as a clip beside the noisy
   * one; frame f of a video sees frame f of each.
   */
  public Engine withBeside(Conditioning entries) {
    return with(extras.withBeside(entries.on(model.device())));
  }

  /** This with pictures beside every prompt, and what guidance leads away from in their place. */
  public Engine withPictures(Conditioning pictures, Conditioning nothing) {
    return with(extras.withPictures(pictures.on(model.device()), nothing.on(model.device())));
  }

  /**
   * This showing its network a video of which some is given, for those that are shown that ({@link
   * io.zoetrope.pipeline.family.Beside.GivenPixels}).
   *
   * @throws UserError if the model's is not
   */
  public Engine withGiven(GivenVideo given, Progress progress) {
    Beside.GivenPixels what = requirements().requireGivenPixels();
    return withBeside(
        Conditioning.none().with(Conditioning.BESIDE, given.seen(this, what, progress)));
  }

  /**
   * This with tokens of pictures [1, N, D] beside every prompt, from which guidance leads nowhere.
   */
  public Engine withLooks(Tensor tokens_1ND) {
    Conditioning looks = Conditioning.none().with(PictureSlots.TOKENS, tokens_1ND.unsqueeze(1));
    return withPictures(looks, looks);
  }

  /**
   * This making a part of a video anew; frame f of a video is frame f of the region, also where the
   * video is made clip by clip. A network that is shown masks is shown it; for any other what is
   * outside is put into every estimate.
   */
  public Engine withRegion(Region region) {
    return with(extras.withRegion(region.on(model.device())));
  }

  /**
   * This with temporal guidance ({@link
   * io.zoetrope.diffusion.guidance.ClassifierFreeGuidance#temporal}).
   *
   * @param scale 1 is off
   */
  public Engine withTemporal(double scale) {
    return with(extras.withTemporal(scale));
  }

  /**
   * This with guidance on the frames that its network is shown ({@link
   * io.zoetrope.diffusion.guidance.ContextGuidance}).
   *
   * @param scale 0 or more; 1 is off
   * @throws UserError if it is shown none
   */
  public Engine withContextGuidance(double scale) {
    if (model.beside().filter(Beside::zeroIsNothing).isEmpty()) {
      throw new UserError(
          Fault.UNSUPPORTED,
          "context guidance is for models that are shown which frames are known",
          "leave it out");
    }
    return with(extras.withContextGuidance(scale));
  }

  /**
   * This with guidance that is off at every other step after the first so many ({@link
   * io.zoetrope.diffusion.guidance.GuidanceScale#oscillating}).
   *
   * @param first 0 or more
   */
  public Engine withOscillation(int first) {
    return with(extras.withOscillation(first));
  }

  /**
   * This with guidance that runs evenly over the frames of a clip ({@link
   * io.zoetrope.diffusion.guidance.GuidanceScale#overFrames}), rising or falling.
   *
   * @param scale at the first frame; at the last it is that of the request
   */
  public Engine withFirstGuidance(double scale) {
    return with(extras.withFirstGuidance(scale));
  }

  /**
   * This with CFG-Zero* ({@link io.zoetrope.diffusion.guidance.ZeroStar}).
   *
   * @param steps that stand still at first, 0 or more
   * @throws UserError if the model is none of flows, or guides itself
   */
  public Engine withZeroStar(int steps) {
    if (!model.scheduling().toPrediction().equals(Prediction.FLOW) || model.guidesItself()) {
      throw new UserError(
          Fault.UNSUPPORTED,
          "CFG-Zero* is guidance of models of flows, such as Wan, that are guided from outside",
          "leave it out");
    }
    return with(extras.withZeroStar(steps));
  }

  /**
   * This with guidance for which the network leaves blocks out.
   *
   * @throws UserError if its network has not these blocks, or guides itself
   */
  public Engine withSkipLayers(SkipLayers skip) {
    requirements().requireBlocks(skip);
    return with(extras.withSkip(skip));
  }

  /**
   * This asking for the two branches of guidance one after the other: a step takes half as much
   * memory, and comes to the same within rounding.
   *
   * @throws UserError if the model guides itself
   */
  public Engine withBranchesApart() {
    if (model.guidesItself()) {
      throw new UserError(
          Fault.UNSUPPORTED,
          "guidance is in this model's network, which has no two branches",
          "leave out that they are asked apart");
    }
    return with(extras.withBranchesApart());
  }

  /**
   * This with another scale of guidance where the model's second network denoises.
   *
   * @param scale as guidance is said; 1 is off
   * @throws UserError if the model has one network
   */
  public Engine withLateGuidance(double scale) {
    if (model.late().isEmpty()) {
      throw new UserError(
          Fault.UNSUPPORTED,
          "this model has one network, which guidance is of all the way",
          "leave the late guidance out");
    }
    return with(extras.withLateGuidance(scale));
  }

  /**
   * This with pixels that are kept within a bound.
   *
   * @throws UserError if the model works on latents, which have none
   */
  public Engine withBound(DynamicThresholding.Bound bound) {
    if (model.autoencoder().encodes()) {
      throw new UserError(
          Fault.UNSUPPORTED,
          "dynamic thresholding is for models of pixels, and this one works on latents",
          "leave it out");
    }
    return with(extras.withBound(bound));
  }

  /**
   * This making every clip from its key frames ({@link io.zoetrope.diffusion.guidance.KeyFrames}),
   * for networks whose frames look at each other.
   */
  public Engine withKeyFrames() {
    return with(extras.withKeyFrames());
  }

  /**
   * This with settings that the network is told at every step beside the prompt, such as {@link
   * io.zoetrope.network.MotionStrength} or numbers of the clip ({@link
   * io.zoetrope.network.ClipInput}); they replace what was said of the same.
   */
  public Engine withTold(Conditioning entries) {
    return with(extras.withTold(entries.on(model.device())));
  }

  /**
   * This decoding at most so many frames at once, where the decoder sees several together.
   *
   * @param frames at least 1
   */
  public Engine withDecoding(int frames) {
    return new Engine(model, guide, late, extras, OptionalInt.of(frames));
  }

  /** Whether the decoder sees frames of a clip together, and how many makes a difference. */
  public boolean decodesTogether() {
    var size = model.defaults();
    return model.autoencoder().stretch(size.height(), size.width()).overlap() > 0;
  }

  /**
   * This going by what the network said before where it is about to say it again ({@link
   * io.zoetrope.diffusion.guidance.EasyCache}). How often that was is a note of progress.
   *
   * @param threshold 0 to 3
   */
  public Engine withCache(double threshold) {
    return with(extras.withCache(new StepCaching(StepCaching.Rule.EASY, threshold)));
  }

  /**
   * This going by what the network said before where the input of its first block has hardly
   * changed ({@link io.zoetrope.diffusion.guidance.TeaCache}). How often that was is a note of
   * progress.
   *
   * @param threshold 0 to 3
   * @throws UserError if its network has no such block
   */
  public Engine withTeaCache(double threshold) {
    requirements().requireModulated();
    return with(extras.withCache(new StepCaching(StepCaching.Rule.TEA, threshold)));
  }

  /** This walking down plans from and to other rows than the first and the last. */
  public Engine withHalts(Halts halts) {
    return with(extras.withHalts(halts));
  }

  /** This with an edit of the clean video within the steps of straight samplers. */
  public Engine withEdit(X0Edit edit) {
    return with(extras.withEdit(edit));
  }

  private Engine with(Extras others) {
    return new Engine(model, guide, late, others, decoding);
  }

  /** The noise of a job's clips. */
  public Noise noise(Job job) {
    return extras.noise().apply(job.noise());
  }

  /**
   * This with a second model for frames at or below a noise level (base and refiner). Both must
   * work on the same latents; their noise schedules may differ.
   *
   * @param level in [0, 1], under the first model's schedule
   * @throws UserError if latents of the two do not agree, they lie on different devices, or the
   *     other has not the blocks that guidance leaves out
   */
  public Engine withLate(VideoModel other, double level) {
    requirements().requireTogether(other, level);
    extras.skip().ifPresent(new Requirements(other)::requireBlocks);
    return new Engine(model, guide, Optional.of(new Late(other, level)), extras, decoding);
  }

  public VideoModel model() {
    return model;
  }

  /** The levels down which frames fall with the model's own sampler in so many steps. */
  public double[] levels(int steps) {
    return model.scheduling().sampling(model.defaults().sampler(), steps).levels();
  }

  /** The levels down which the frames of a request fall. */
  public double[] levels(VideoRequest request) {
    return sampling(request, request.steps()).levels();
  }

  /** How the frames of a request fall. */
  public Descent descent(VideoRequest request) {
    return new Descent(request.steps(), steps -> sampling(request, steps));
  }

  /** How a request is sampled in so many steps. */
  public Sampling sampling(VideoRequest request, int steps) {
    return model.scheduling().sampling(request.sampler(), steps);
  }

  /**
   * Samples the clips of a job.
   *
   * @return latents at the plan's last row, [B, C, F, h, w]; frames that the plan holds are those
   *     given, to the last bit
   * @throws UserError after the first step whose latents are not finite numbers
   * @throws java.util.concurrent.CancellationException when progress says so
   */
  public Tensor run(Job job, Progress progress) {
    return sampling(
        () -> Scopes.noGrad(() -> Scopes.tensor(() -> sample(job.on(model.device()), progress))));
  }

  /**
   * Samples by a loop of one's own.
   *
   * @throws UserError of the body's; where latents are not finite numbers it says why, or what to
   *     try
   */
  public <T> T sampling(Supplier<T> body) {
    return diagnosis().during(Role.DENOISER, body);
  }

  private Diagnosis diagnosis() {
    return new Diagnosis(
        Stream.concat(Stream.of(model), late.stream().map(Late::model)).distinct().toList());
  }

  private Tensor sample(Job job, Progress progress) {
    Noise noise = noise(job);
    return extras
        .freeInit()
        .map(f -> new FreeInitLoop(f, this).run(job, noise, this::once, progress))
        .orElseGet(() -> once(job, noise, progress));
  }

  private Tensor once(Job job, Noise noise, Progress progress) {
    if (!shows() && ShownPicture.kind(model).isPresent()) {
      return showing(job).once(job, noise, progress);
    }
    VideoRequest first = first(job.requests());
    requireFit(job.given_BCFHW(), job.requests());
    model
        .need(first, job.requests().size(), decoding, extras.apart())
        .requireFit(MemoryNeed.available(), first, model.precision());
    TimestepPlan plan = guide.plan(job.plan());
    model.scheduling().distilled().ifPresent(few -> few.require(plan));
    if (extras.all().get(Conditioning.FRAME_TIMES).isEmpty()) {
      requirements().requireSeen(plan.frames(), extras.seen());
    }
    extras.hints().requireFrames(job.firstFrame() + plan.frames());
    Optional<Region> region = extras.region().map(r -> r.frames(job.firstFrame(), plan.frames()));
    Optional<Tensor> shown = model.beside().flatMap(b -> new BesideClip(this, job, region).of(b));
    X0Denoiser guided =
        guided(
            job.requests(),
            first.steps(),
            job.prompts(),
            Sight.of(job.firstFrame(), plan.prompts()),
            shown);
    X0Denoiser part =
        region.filter(r -> shown.isEmpty()).map(r -> r.outside().keptBy(guided)).orElse(guided);
    X0Denoiser denoiser = guide.wrap(part, job.plan(), job.given_BCFHW(), noise);
    Tensor start = job.start(plan, denoiser.schedule(), noise);
    Sampling sampling = sampling(first, first.steps());
    Tensor end =
        extras.cached(
            denoiser,
            new StepCaching.Walk(
                model,
                sampling,
                (long) first.width() * first.height(),
                late.map(l -> OptionalDouble.of(l.level)).orElseGet(OptionalDouble::empty)),
            progress,
            asked ->
                extras
                    .loop(first.sampler(), sampling.sampler(), asked)
                    .run(plan, start, noise, progress, extras.halts()));
    return plan.equals(job.plan()) ? end : restored(job, end);
  }

  /** This showing its network the first frame that a job is given. */
  private Engine showing(Job job) {
    TimestepPlan plan = job.plan();
    OptionalInt given = IntStream.range(0, plan.frames()).filter(plan::given).findFirst();
    if (given.isPresent()) {
      Tensor z_1C1HW = job.given_BCFHW().narrow(0, 0, 1).narrow(2, given.getAsInt(), 1);
      Tensor picture_3HW = Ops.clamp(pixels(z_1C1HW).select(0, 0).select(1, 0), -1, 1);
      long seed = job.requests().getFirst().seed();
      return ShownPicture.of(picture_3HW, augmentation(), seed)
          .over(this, Math.toIntExact(job.firstFrame() + plan.frames()), Progress.NONE);
    }
    if (extras.pictures().get(PictureSlots.TOKENS).isEmpty()) {
      requirements().requireNothingBeside();
    }
    return ShownPicture.nothing(
        this, job.given_BCFHW(), Math.toIntExact(job.firstFrame() + plan.frames()));
  }

  /** Noise of a picture that a model is shown. */
  public double augmentation() {
    return extras
        .told()
        .get(Conditioning.AUGMENTATION)
        .map(told -> Tensors.toFloats(ComputeDevice.CPU.place(told.narrow(1, 0, 1)))[0])
        .map(Float::doubleValue)
        .orElse(ShownPicture.USUAL_NOISE);
  }

  /** What the task holds is held even if the guide let it fall: its end differs by rounding. */
  private static Tensor restored(Job job, Tensor end) {
    double[] held = new double[job.plan().frames()];
    for (int frame = 0; frame < held.length; frame++) {
      held[frame] = job.plan().heldClean(frame) ? 1 : 0;
    }
    Tensor mask = Tensors.of(held, 1, 1, held.length, 1, 1).to(end.device(), ScalarType.Bool);
    return torch.where(mask, job.given_BCFHW(), end);
  }

  /**
   * The denoiser with classifier-free guidance, prompts and the late model; its tensors belong to
   * the scope around.
   *
   * @param prompts for each clip P texts
   * @param sight which frames it sees, and which of the P prompts each follows; asked anew at each
   *     step
   */
  public X0Denoiser guided(List<VideoRequest> requests, List<List<String>> prompts, Sight sight) {
    return guided(requests, requests.getFirst().steps(), prompts, sight);
  }

  /** As above for another number of steps than the request's. */
  public X0Denoiser guided(
      List<VideoRequest> requests, int steps, List<List<String>> prompts, Sight sight) {
    requireShown();
    return guided(requests, steps, prompts, sight, Optional.empty());
  }

  /**
   * Requires that its network sees the latents alone, or is shown what it is to see beside them.
   *
   * @throws UserError if it is not
   */
  void requireShown() {
    if (!shows()) {
      requirements().requireNothingBeside();
    }
  }

  /** Whether given frames are kept by a guide rather than by the plan. */
  public boolean guides() {
    return guide != Guide.NONE;
  }

  /** Whether there is a clip that its network is shown beside every video. */
  boolean shows() {
    return extras.beside().get(Conditioning.BESIDE).isPresent();
  }

  private X0Denoiser guided(
      List<VideoRequest> requests,
      int steps,
      List<List<String>> prompts,
      Sight sight,
      Optional<Tensor> shown) {
    first(requests);
    X0Denoiser early =
        new Prompted(model, extras, extras.all(), shown).denoiser(requests, steps, prompts, sight);
    return late.<X0Denoiser>map(
            l -> {
              // The second model reads the prompt with its own eyes, and the rest if it can.
              Signature own = l.model.network().config().signature();
              X0Denoiser second =
                  new Prompted(l.model, extras, extras.all().only(own::knows), Optional.empty())
                      .denoiser(requests, steps, prompts, sight);
              return new Handover(early, second, l.level);
            })
        .orElse(early);
  }

  /**
   * As {@link #guided(List, List, Sight)} of the first model, told later what guidance leads away
   * from, in place of the negative prompts.
   */
  public Function<Conditioning, X0Denoiser> leading(
      List<VideoRequest> requests, List<List<String>> prompts, Sight sight) {
    first(requests);
    requirements().requireNothingBeside();
    return new Prompted(model, extras, extras.all(), Optional.empty())
        .leading(requests, prompts, sight);
  }

  /**
   * How many latents so many frames of its videos are. Frames that fill no latent make it fill:
   * what is made then has a few frames more ({@link io.zoetrope.network.vae.LatentGrid#whole}).
   */
  public int latents(int frames) {
    return model.grid().latents(frames);
  }

  /**
   * Requires that each frame has a latent of its own.
   *
   * @param what needs that
   * @throws UserError if one holds several
   */
  public void requireLatentPerFrame(String what) {
    requirements().requireLatentPerFrame(what);
  }

  /**
   * Latents of nothing, [B, C, L, h, w], in the size of the requests: zeros to put content in.
   *
   * @param latents L, of each clip
   */
  public Tensor canvas(List<VideoRequest> requests, int latents) {
    VideoRequest first = first(requests);
    int factor = model.grid().space();
    Tensor zeros =
        Tensors.zeros(
            requests.size(),
            model.grid().channels(),
            latents,
            first.height() / factor,
            first.width() / factor);
    return model.device().place(zeros);
  }

  /**
   * A video of a size that the model makes -> latents [1, C, F, h, w].
   *
   * @throws UserError if its sides are no multiples of {@link VideoModel#sizeMultiple}
   * @throws java.util.concurrent.CancellationException when progress says so
   */
  public Tensor encode(Video video, Progress progress) {
    requirements().checkSize(video.width(), video.height());
    return Scopes.tensor(() -> encode(FrameTensors.toTensor(video).unsqueeze(0), progress));
  }

  /**
   * A picture -> the latent of a video that has come to rest on it, [1, C, 1, h, w]: where a latent
   * holds several frames, it is all of them. Elsewhere than at the beginning of a video that is
   * what a picture is.
   *
   * @param picture a video of one frame
   */
  public Tensor encodeAtRest(Video picture, Progress progress) {
    LatentGrid grid = model.grid();
    if (!grid.causal() || grid.time() == 1) {
      return encode(picture, progress);
    }
    List<Frame> rest = Collections.nCopies(grid.frames(2), picture.frames().getFirst());
    return Scopes.tensor(() -> encode(new Video(rest, picture.fps()), progress).narrow(2, 1, 1));
  }

  /** As {@link #encode(Video, Progress)}, told to nobody. */
  public Tensor encode(Video video) {
    return encode(video, Progress.NONE);
  }

  /** Pixels [B, 3, F, H, W] in [-1, 1] -> latents [B, C, F, h, w], finite numbers. */
  public Tensor encode(Tensor x_B3FHW, Progress progress) {
    Tensor z = stretches().encode(ComputeDevice.CPU.place(x_B3FHW), progress);
    return model.device().place(diagnosis().coded(z, "the latents of what is given"));
  }

  /** As {@link #encode(Tensor, Progress)}, told to nobody. */
  public Tensor encode(Tensor x_B3FHW) {
    return encode(x_B3FHW, Progress.NONE);
  }

  /** Latents [B, C, F, h, w] -> finite pixels [B, 3, F, H, W], about [-1, 1]; not clamped. */
  public Tensor pixels(Tensor z_BCFHW, Progress progress) {
    return diagnosis()
        .coded(stretches().decode(ComputeDevice.CPU.place(z_BCFHW), progress), DECODED);
  }

  /** As {@link #pixels(Tensor, Progress)}, told to nobody. */
  public Tensor pixels(Tensor z_BCFHW) {
    return pixels(z_BCFHW, Progress.NONE);
  }

  /**
   * Latents [1, C, F, h, w] -> frames, handed over stretch by stretch as they are decoded.
   *
   * @throws UserError if they are not finite numbers
   * @throws java.util.concurrent.CancellationException when progress says so
   */
  public void decode(Tensor z_1CFHW, Consumer<Frame> taker, Progress progress) {
    stretches().decode(ComputeDevice.CPU.place(z_1CFHW), x -> frames(x).forEach(taker), progress);
  }

  /**
   * Begins to decode a video of a request's size that is handed over latent by latent.
   *
   * @throws UserError if the model's autoencoder shows no frame before it has seen all
   */
  public Autoencoder.Passage decoding(VideoRequest request) {
    Autoencoder autoencoder = model.autoencoder();
    if (!autoencoder.stretch(request.height(), request.width()).streams()) {
      throw new UserError(
          Fault.UNSUPPORTED,
          "a video without end needs an autoencoder that decodes piece by piece; this model's shows"
              + " no frame before it has seen all");
    }
    return autoencoder.decoding(request.height(), request.width());
  }

  /**
   * The frames of the next latents [1, C, L, h, w] of a video.
   *
   * @param passage from {@link #decoding}
   * @throws UserError if they are not finite numbers
   */
  public List<Frame> decode(Autoencoder.Passage passage, Tensor z_1CLHW, Progress progress) {
    return Scopes.value(() -> frames(passage.next(ComputeDevice.CPU.place(z_1CLHW), progress)));
  }

  private List<Frame> frames(Tensor x_13FHW) {
    return FrameTensors.toVideo(diagnosis().coded(x_13FHW, DECODED).select(0, 0), 1).frames();
  }

  /** Latents [1, C, F, h, w] -> a video. */
  public Video decode(Tensor z_1CFHW, double fps, Progress progress) {
    List<Frame> frames = new ArrayList<>();
    decode(z_1CFHW, frames::add, progress);
    return new Video(frames, fps);
  }

  /** As {@link #decode(Tensor, double, Progress)}, told to nobody. */
  public Video decode(Tensor z_1CFHW, double fps) {
    return decode(z_1CFHW, fps, Progress.NONE);
  }

  /** Latents pass through memory, so that pixels come back to it stretch by stretch. */
  private Stretches stretches() {
    return new Stretches(model.autoencoder(), decoding);
  }

  /**
   * Checks that latents are of the size and channels of the requests.
   *
   * @throws UserError if they are not
   */
  public void requireFit(Tensor z_BCFHW, List<VideoRequest> requests) {
    requirements().requireFit(z_BCFHW, requests.getFirst());
  }

  private VideoRequest first(List<VideoRequest> requests) {
    return requirements().first(requests);
  }

  private Requirements requirements() {
    return new Requirements(model);
  }
}
