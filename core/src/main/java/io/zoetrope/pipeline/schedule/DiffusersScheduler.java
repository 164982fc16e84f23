package io.zoetrope.pipeline.schedule;

import io.zoetrope.diffusion.FlowSchedule;
import io.zoetrope.diffusion.KarrasSchedule;
import io.zoetrope.diffusion.NoiseSchedule;
import io.zoetrope.diffusion.Prediction;
import io.zoetrope.diffusion.SampledSchedule;
import io.zoetrope.diffusion.discrete.AlphaBars;
import io.zoetrope.diffusion.discrete.TimestepSpacing;
import io.zoetrope.diffusion.sampler.Sampler;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.record.Json;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A {@code scheduler_config.json} of diffusers. Its class names the sampler that the model comes
 * with; any other may be asked for, which then reads from the same file what concerns it and takes
 * its own class's defaults for the rest, as {@code from_config} does (docs/samplers.md).
 */
public final class DiffusersScheduler implements Scheduling {
  /** Our own word in such files; other programs pass over it. */
  private static final String DISTILLED = "distilled";

  /** Of Karras's spacing, in all files of diffusers. */
  private static final double RHO = 7;

  private final SchedulerClass kind;
  private final ConfigFields all;
  private final ConfigFields fields;
  private final AlphaBars bars;
  private final Prediction prediction;
  private final Optional<Distilled> distilled;

  /**
   * From the content of the file.
   *
   * @throws UserError if the class is not one that is read, or a field is wrong or asks for what
   *     this version does not do
   */
  public DiffusersScheduler(JsonNode config) {
    kind = SchedulerClass.of(new ConfigFields(config).text("_class_name", ""));
    all = new ConfigFields(kind == SchedulerClass.UNCLIP ? cosine(config) : config);
    fields = all.of(kind);
    bars = bars(fields);
    prediction = prediction();
    distilled =
        config.has(DISTILLED)
            ? Optional.of(Json.MAPPER.treeToValue(config.get(DISTILLED), Distilled.class))
            : Optional.empty();
    if (fields.text("variance_type", "").startsWith("learned")) {
      throw new UserError(Fault.UNSUPPORTED, "a learned variance (variance_type) is not supported");
    }
    // What is wrong with the fields of its own sampler is said when the model is loaded.
    sampling(sampler(), 1);
  }

  /** An UnCLIPScheduler knows one kind of betas, which most of its files do not name. */
  private static JsonNode cosine(JsonNode config) {
    ConfigFields said = new ConfigFields(config);
    requireIs(said, "beta_schedule", "squaredcos_cap_v2", "squaredcos_cap_v2");
    requireIs(said, "prediction_type", "epsilon", "epsilon", "sample");
    if (!said.text("variance_type", "").startsWith("learned")) {
      requireIs(said, "variance_type", "fixed_small_log", "fixed_small_log");
    }
    return config.deepCopy().asObject().put("beta_schedule", "squaredcos_cap_v2");
  }

  private static void requireIs(ConfigFields said, String name, String usual, String... known) {
    String is = said.text(name, usual);
    if (!List.of(known).contains(is)) {
      throw new UserError(
          Fault.UNSUPPORTED,
          "an UnCLIPScheduler with %s '%s' is unknown".formatted(name, is),
          "it is " + String.join(" or ", known));
    }
  }

  /**
   * What an image model's file becomes under AnimateDiff's motion modules: they were trained with
   * betas that rise linearly (Guo et al. 2023, section 5.1), and are walked from the last timestep
   * down. PNDM, which is what the files of Stable Diffusion name, becomes DDIM.
   */
  public DiffusersScheduler underMotion() {
    ObjectNode config = all.config().deepCopy().asObject();
    if (kind == SchedulerClass.PNDM) {
      config.put("_class_name", SchedulerClass.DDIM.title());
    }
    config.put("beta_schedule", "linear");
    config.put("timestep_spacing", "linspace");
    config.put("steps_offset", 1);
    config.put("clip_sample", false);
    return new DiffusersScheduler(config);
  }

  /**
   * The file as the reference's pipelines of Stable Diffusion take it: whatever it says, timesteps
   * have an offset of 1 and x0 is not clipped, which the files of 2022 left out or had wrong.
   */
  public DiffusersScheduler underStableDiffusion() {
    ObjectNode config = all.config().deepCopy().asObject();
    config.put("steps_offset", 1);
    config.put("clip_sample", false);
    return new DiffusersScheduler(config);
  }

  @Override
  public DiffusersScheduler spaced(TimestepSpacing spacing) {
    if (flows()) {
      throw new UserError(
          Fault.UNSUPPORTED,
          "the levels of models of flows are not spaced by name",
          "leave it out");
    }
    ObjectNode config = all.config().deepCopy().asObject();
    config.put("timestep_spacing", spacing.name().toLowerCase(Locale.ROOT));
    return new DiffusersScheduler(config);
  }

  /** The name of the sampler that the model comes with. */
  public String sampler() {
    String karras = fields.flag("use_karras_sigmas", false) ? "-karras" : "";
    return switch (kind) {
      case DDIM -> "ddim";
      case DDPM -> "ddpm";
      case EULER -> "euler" + karras;
      case EULER_A -> "euler-a";
      case DPM ->
          (fields.text("algorithm_type", "").startsWith("sde") ? "dpm++2m-sde" : "dpm++2m")
              + karras;
      case LCM -> "lcm";
      case PNDM -> "pndm";
      case UNCLIP -> "unclip";
      case UNIPC -> "unipc" + karras;
      case FLOW -> "flow-euler";
    };
  }

  @Override
  public Prediction toPrediction() {
    return prediction;
  }

  @Override
  public NoiseSchedule toSchedule() {
    if (flows()) {
      return new FlowSchedule(1);
    }
    return continuous().<NoiseSchedule>map(karras -> karras).orElseGet(bars::schedule);
  }

  /**
   * The levels of a model that was trained on Karras's sigmas and not on betas, as Stable Video
   * Diffusion was: what its network is told is a logarithm of them.
   */
  private Optional<KarrasSchedule> continuous() {
    boolean karras = edm() && fields.flag("use_karras_sigmas", false);
    Optional<Double> least = fields.optional("sigma_min");
    Optional<Double> most = fields.optional("sigma_max");
    if (!karras || least.isEmpty() || most.isEmpty()) {
      return Optional.empty();
    }
    if (!(least.get() > 0 && most.get() > least.get())) {
      throw new UserError(
          Fault.INVALID,
          "sigmas rise from above 0, not from %s to %s".formatted(least.get(), most.get()));
    }
    return Optional.of(new KarrasSchedule(least.get(), most.get(), RHO));
  }

  @Override
  public Object json() {
    return all.config();
  }

  @Override
  public String describe() {
    if (flows()) {
      return "flow";
    }
    Optional<KarrasSchedule> karras = continuous();
    if (karras.isPresent()) {
      return "edm %s-%s".formatted(karras.get().sigmaMin(), karras.get().sigmaMax());
    }
    boolean lcm = kind == SchedulerClass.LCM;
    String zero = fields.flag("rescale_betas_zero_snr", false) ? " to zero SNR" : "";
    return fields.numbers("trained_betas").isPresent()
        ? "trained_betas"
        : fields.text("beta_schedule", lcm ? "scaled_linear" : "linear")
            + " "
            + fields.number("beta_start", lcm ? 0.00085 : 1e-4)
            + "-"
            + fields.number("beta_end", lcm ? 0.012 : 0.02)
            + zero;
  }

  /**
   * Whether the network is told {@code ln(sigma) / 4} and predicts v, as in EDM: whatever the betas
   * say, its noise is that of sigma_min to sigma_max (Stable Video Diffusion).
   */
  private boolean edm() {
    return kind == SchedulerClass.EULER
        && prediction.equals(Prediction.V)
        && fields.text("timestep_type", "discrete").equals("continuous");
  }

  private boolean flows() {
    return kind == SchedulerClass.FLOW || fields.flag("use_flow_sigmas", false);
  }

  private Prediction prediction() {
    String name = fields.text("prediction_type", kind == SchedulerClass.FLOW ? "flow" : "epsilon");
    return switch (name) {
      case "epsilon" -> Prediction.EPS;
      case "v_prediction" -> Prediction.V;
      case "sample", "original_sample" -> Prediction.X0;
      case "flow", "flow_prediction" -> Prediction.FLOW;
      default ->
          throw new UserError(
              Fault.UNSUPPORTED,
              "unknown prediction_type '%s'".formatted(name),
              "it is epsilon, v_prediction, sample or flow_prediction");
    };
  }

  private AlphaBars bars(ConfigFields from) {
    boolean lcm = kind == SchedulerClass.LCM;
    int steps = from.whole("num_train_timesteps", 1000);
    if (steps < 2 || steps > 100_000) {
      throw new UserError(Fault.INVALID, "num_train_timesteps is 2 to 100000, not " + steps);
    }
    if (flows() && steps != 1000) {
      throw new UserError(
          Fault.UNSUPPORTED, "flow models of 1000 timesteps are supported, not of " + steps);
    }
    double start = from.number("beta_start", lcm ? 0.00085 : 1e-4);
    double end = from.number("beta_end", lcm ? 0.012 : 0.02);
    if (!(start > 0 && end >= start && end < 1)) {
      throw new UserError(
          Fault.INVALID, "betas rise within 0 and 1, not from %s to %s".formatted(start, end));
    }
    String shape = from.text("beta_schedule", lcm ? "scaled_linear" : "linear");
    Optional<float[]> trained = from.numbers("trained_betas");
    try {
      AlphaBars made =
          trained.isPresent()
              ? AlphaBars.ofBetas("trained_betas", trained.get())
              : switch (shape) {
                case "linear" -> AlphaBars.linear(steps, start, end);
                case "scaled_linear" -> AlphaBars.scaledLinear(steps, start, end);
                case "squaredcos_cap_v2" -> AlphaBars.squaredCosine(steps);
                default ->
                    throw new UserError(
                        Fault.UNSUPPORTED,
                        "unknown beta_schedule '%s'".formatted(shape),
                        "it is linear, scaled_linear or squaredcos_cap_v2");
              };
      AlphaBars whole = from.flag("rescale_betas_zero_snr", false) ? made.withZeroSnr() : made;
      whole.schedule(); // refuses betas that do not fall
      return whole;
    } catch (IllegalArgumentException e) {
      throw new UserError(Fault.INVALID, String.valueOf(e.getMessage()), e);
    }
  }

  @Override
  public Optional<Distilled> distilled() {
    return distilled;
  }

  /** Steps of a distilled model fall from the last timestep by equal parts of all. */
  @Override
  public DiffusersScheduler distilledTo(Distilled few) {
    if (flows()) {
      throw new UserError(
          Fault.UNSUPPORTED,
          "models of flows with a scheduler of diffusers are not distilled here");
    }
    ObjectNode config = all.config().deepCopy().asObject();
    SchedulerClass made =
        few.way() == Distilled.Way.CONSISTENCY ? SchedulerClass.LCM : SchedulerClass.DDIM;
    config.put("_class_name", made.title());
    config.put("timestep_spacing", "trailing");
    config.put("clip_sample", false);
    config.set(DISTILLED, Json.MAPPER.valueToTree(few));
    return new DiffusersScheduler(config);
  }

  @Override
  public Sampling sampling(String sampler, int steps) {
    Samplers.Named named = Samplers.named(sampler);
    distilled.ifPresent(few -> few.require(sampler, steps));
    // A model of flows is walked by its own file's shift, whatever makes the steps; one of EDM's
    // noise by that.
    boolean own = flows() || edm();
    ConfigFields seen = own ? fields : all.of(named.walk().kind());
    AlphaBars over = own || named.walk().kind() == kind ? bars : bars(seen);
    DiffusersWalk walk = new DiffusersWalk(seen, kind, over, prediction, flows(), edm());
    Sampler method = walk.method(named.algorithm(), steps);
    try {
      SampledSchedule schedule = walk.discretisation(named).over(steps);
      return new Sampling(schedule, method, schedule.levels());
    } catch (IllegalArgumentException e) {
      throw new UserError(Fault.INVALID, String.valueOf(e.getMessage()), e);
    }
  }
}
