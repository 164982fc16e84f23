package io.zoetrope.train.method;

import io.zoetrope.checkpoint.Component;
import io.zoetrope.checkpoint.Provenance;
import io.zoetrope.diffusion.LossWeight;
import io.zoetrope.diffusion.NoiseSchedule;
import io.zoetrope.diffusion.Prediction;
import io.zoetrope.diffusion.TimestepSampler;
import io.zoetrope.diffusion.X0Denoiser;
import io.zoetrope.diffusion.guidance.GuidedAsTold;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.network.NetworkConfig;
import io.zoetrope.network.VideoNetwork;
import io.zoetrope.network.text.PromptEncoder;
import io.zoetrope.nn.ParameterStore;
import io.zoetrope.pipeline.family.Role;
import io.zoetrope.pipeline.model.VideoModel;
import io.zoetrope.pipeline.schedule.Distilled;
import io.zoetrope.record.Default;
import io.zoetrope.record.Inline;
import io.zoetrope.record.Limits;
import io.zoetrope.torch.FileDigest;
import io.zoetrope.torch.Precision;
import io.zoetrope.train.Objective;
import io.zoetrope.train.Pass;
import io.zoetrope.train.Player;
import io.zoetrope.train.distill.GuidanceRange;
import io.zoetrope.train.distill.Untold;
import io.zoetrope.train.distill.Way;
import io.zoetrope.train.footage.Captions;
import io.zoetrope.train.footage.Footage;
import io.zoetrope.train.footage.LatentClips;
import io.zoetrope.train.objective.Denoising;
import io.zoetrope.train.objective.DiffusionObjective;
import io.zoetrope.train.part.BaseNetwork;
import io.zoetrope.train.part.BasePart;
import io.zoetrope.train.part.JoinedNetwork;
import io.zoetrope.train.part.PartBlock;
import io.zoetrope.train.recipe.Recipe;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SequencedMap;
import java.util.function.Function;
import org.bytedeco.pytorch.Tensor;

/**
 * Distils a model that is there: a student that begins as its network learns to do in few steps,
 * and in one pass each, what it does in many with guidance. The whole network learns, and a model's
 * folder is written; or parts beside it do, and files of these are.
 *
 * @param base the teacher, which may be a student itself
 * @param way what is learned of it
 * @param guidance scales that the student is taught
 * @param parts that learn in place of the whole network: low-rank factors, or weights
 * @param given probability that a clip is given some of its frames clean, so that tasks survive
 * @param perFrame probability that each frame of a clip draws its own level
 * @param weight of an error at its level; without any {@code constant} of flow, else {@code
 *     truncated-snr}
 * @param levelBins of levels whose loss is logged by itself; 0 for none
 * @param clips which it learns from
 * @param checkpointing whether activations are recomputed in the backward pass
 */
record DistillMethod(
    BaseBlock base,
    Way way,
    @Default("{}") GuidanceRange guidance,
    @Default("[]") List<PartBlock> parts,
    @Default("0.5") double given,
    @Default("0.0") double perFrame,
    Optional<LossWeight> weight,
    @Default("0") int levelBins,
    @Inline @Default("{captionDropout: 0.0}") ClipsBlock clips,
    @Default("false") boolean checkpointing)
    implements Method {
  public DistillMethod {
    parts = List.copyOf(parts);
    Limits.USUAL.real("given", 0, 1, given);
    Limits.USUAL.real("perFrame", 0, 1, perFrame);
    Limits.USUAL.whole("levelBins", 0, 100, levelBins);
    for (PartBlock part : parts) {
      boolean fits =
          switch (part) {
            case PartBlock.Lora lora -> true;
            case PartBlock.Weights weights -> true;
            default -> false;
          };
      if (!fits || part.in() != BaseNetwork.DENOISER) {
        throw new UserError(
            Fault.UNSUPPORTED,
            "part '%s' cannot be distilled into".formatted(part.name()),
            "name lora or weights of the denoiser, or no parts for the whole network");
      }
    }
    if (clips.images() > 0) {
      throw new UserError(Fault.UNSUPPORTED, "distilling has no images beside clips");
    }
  }

  @Override
  public Prepared prepare(Setting setting) {
    VideoModel teacher = VideoModel.load(base.choice(setting.recipe().precision()));
    setting.own(teacher::close);
    PromptEncoder read =
        teacher
            .text()
            .orElseThrow(() ->
                new UserError(Fault.MISMATCH, base.model() + " knows no text to be guided by"));
    teacher.scheduling().distilled().ifPresent(this::requireLevels);
    LatentClips shown =
        LatentCache.open(
                setting,
                setting.data(),
                teacher.autoencoder(),
                teacher.weights(Role.AUTOENCODER).orElseGet(ParameterStore::blueprint),
                clips.clips())
            .emphasising(clips.emphasis());
    clips.shortened(shown.frames()).ifPresent(setting.listener()::note);
    CaptionReading.warn(read, shown.captions(), setting.listener());
    PromptEncoder prompts = new FrozenPrompts(read);
    Footage footage = new Footage(shown, Captions.PLAIN, List.of(guidance), Optional.empty(), "");
    Function<VideoNetwork, Objective> losses =
        student -> objective(setting, teacher, student, prompts, footage);
    return parts.isEmpty() ? whole(setting, teacher, losses) : inParts(setting, losses);
  }

  /** A teacher of few steps knows its own levels only, and its own scales of guidance. */
  private void requireLevels(Distilled teacher) {
    OptionalInt wanted = way.teacherLevels();
    if (wanted.isEmpty() || wanted.getAsInt() != teacher.levels()) {
      throw new UserError(
          Fault.MISMATCH,
          "the base was distilled to %s levels itself".formatted(teacher.levels()),
          "distil it on by {kind: progressive, steps: N, teacherSteps: %s / N}"
              .formatted(teacher.levels()));
    }
    teacher.requireGuidance(guidance.from());
    teacher.requireGuidance(guidance.to());
  }

  private Objective objective(
      Setting setting,
      VideoModel teacher,
      VideoNetwork student,
      PromptEncoder prompts,
      Footage footage) {
    NoiseSchedule schedule = teacher.scheduling().toSchedule();
    Prediction prediction = teacher.scheduling().toPrediction();
    X0Denoiser learning = X0Denoiser.of(student, schedule, prediction);
    X0Denoiser plain = X0Denoiser.of(teacher.network(), schedule, prediction);
    X0Denoiser taught =
        teacher.guidesItself()
            ? plain
            : new GuidedAsTold(plain, prompts.condition(List.of("")).asTextsOf(1));
    int frames = footage.clips().frames();
    SampleSheet sheet =
        new SampleSheet(
            learning,
            prompts,
            teacher.autoencoder(),
            footage,
            teacher.network().config().temporal() ? frames : 1,
            new SampleSheet.Manner(way.shown(), 1, way.sampler()),
            setting.listener());
    Denoising asked =
        new Denoising(
            schedule,
            prediction,
            new TimestepSampler(way.density(), perFrame),
            given,
            weight.orElseGet(() -> way.weight(prediction)),
            way.target(new Way.Pair(taught, learning, prediction)),
            new Denoising.Manner(0, 0, Denoising.Manner.PLAIN.error(), levelBins, 0));
    return new DiffusionObjective(
        student,
        prompts,
        footage,
        asked,
        new DiffusionObjective.Cut(
            setting.recipe().batch(),
            clips.cutOf(frames),
            clips.maxStride(),
            clips.captionDropout(),
            checkpointing,
            0),
        sheet::write);
  }

  /** The whole network, which is told its guidance. */
  private Prepared whole(
      Setting setting, VideoModel teacher, Function<VideoNetwork, Objective> losses) {
    DistilledFolder product =
        DistilledFolder.of(base, teacher, setting.folder().root().resolve("model"));
    NetworkConfig own = teacher.network().config();
    NetworkConfig config = teacher.guidesItself() ? own : own.telling(own.told().guided());
    String prefix = config.folder() + ".";
    Map<String, Tensor> start = new LinkedHashMap<>();
    teacher
        .weights(Role.DENOISER)
        .orElseThrow()
        .parameters()
        .forEach((name, tensor) -> start.put(prefix + name, tensor));
    ParameterStore store =
        setting.store(start, Precision.of(setting.recipe().precision(), config.features()));
    VideoNetwork network = config.build(store.root().at(config.folder()));
    store.trainable(name -> true);
    Player player =
        Player.only(
            store.parameters(), losses.apply(network), setting.recipe().settings().learning());
    return new Prepared(
        List.of(player),
        new Product(
            product.folder(),
            averages ->
                product.write(
                    config,
                    Component.below(prefix, averages.tensors()),
                    mark(),
                    origin(setting, teacher).header())));
  }

  /** Parts beside the network, which is not told its guidance. */
  private Prepared inParts(Setting setting, Function<VideoNetwork, Objective> losses) {
    VideoModel model = VideoModel.load(base.choice(setting.recipe().precision()));
    setting.own(model::close);
    List<BasePart> learning = new ArrayList<>();
    for (PartBlock block : parts) {
      BasePart part = block.into(model, setting.random());
      setting.own(part::close);
      learning.add(part);
      setting.listener().note(part.line());
    }
    VideoNetwork joined = new JoinedNetwork(model.network(), learning);
    VideoNetwork network = model.guidesItself() ? joined : new Untold(joined);
    Recipe<?> recipe = setting.recipe();
    Player player =
        new Player(
            "",
            List.copyOf(learning),
            List.of(Pass.of(losses.apply(network))),
            recipe.settings().learning(),
            Player.Turns.EACH);
    Path folder = setting.folder().root().resolve("trained");
    List<Path> files = learning.stream().flatMap(part -> part.files(folder).stream()).toList();
    return new Prepared(
        List.of(player),
        new Product(
            files.size() == 1 ? files.getFirst() : folder,
            averages -> AdaptMethod.write(learning, folder, averages, origin(setting, model))));
  }

  /** What the student is known by; empty if it knows all levels, as its teacher does. */
  private Optional<Distilled> mark() {
    return switch (way) {
      case Way.Guidance all -> Optional.empty();
      case Way.Progressive p -> Optional.of(mark(Distilled.Way.PROGRESSIVE, p.steps()));
      case Way.Consistency c -> Optional.of(mark(Distilled.Way.CONSISTENCY, c.grid()));
    };
  }

  private Distilled mark(Distilled.Way by, int levels) {
    return new Distilled(by, levels, guidance.from(), guidance.to());
  }

  private Provenance origin(Setting setting, VideoModel teacher) {
    Recipe<?> recipe = setting.recipe();
    SequencedMap<String, String> said = new LinkedHashMap<>();
    said.put("method", "distill");
    said.put("run", recipe.name());
    said.put("recipe", FileDigest.of(setting.folder().root().resolve("recipe.yaml")));
    said.put(Provenance.BASE, String.valueOf(base.model().getFileName()));
    said.put(Provenance.PRINT, teacher.print());
    said.put("steps", Long.toString(recipe.steps()));
    said.put("way", way.toString());
    said.put("guidance", guidance.from() + " to " + guidance.to());
    said.put(Provenance.SCHEDULE, teacher.scheduling().describe());
    return new Provenance(said);
  }
}
