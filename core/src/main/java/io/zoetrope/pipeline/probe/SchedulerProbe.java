package io.zoetrope.pipeline.probe;

import static io.zoetrope.pipeline.probe.Inputs.ANY;

import io.zoetrope.checkpoint.JsonFiles;
import io.zoetrope.diffusion.Prediction;
import io.zoetrope.diffusion.SampledSchedule;
import io.zoetrope.diffusion.Threshold;
import io.zoetrope.diffusion.X0Denoiser;
import io.zoetrope.diffusion.sampler.Ddim;
import io.zoetrope.diffusion.sampler.Noise;
import io.zoetrope.diffusion.sampler.Pndm;
import io.zoetrope.diffusion.sampler.Sampler;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.pipeline.model.VideoRequest;
import io.zoetrope.pipeline.schedule.DiffusersScheduler;
import io.zoetrope.pipeline.schedule.Sampling;
import io.zoetrope.torch.Precision;
import io.zoetrope.torch.RandomStreams;
import io.zoetrope.torch.Tensors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.stream.LongStream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import tools.jackson.databind.JsonNode;

/** The scheduler that {@code scheduler_config.json} names. */
final class SchedulerProbe {
  static final String CONFIG = "scheduler_config.json";

  private static final String STEPS = "num_inference_steps";

  private SchedulerProbe() {}

  private static DiffusersScheduler open(ComponentFolder folder) {
    var file = folder.path().resolve(CONFIG);
    try {
      return new DiffusersScheduler(JsonFiles.read(file, JsonNode.class));
    } catch (UserError e) {
      throw e.reason().contains(CONFIG) ? e : e.at(file);
    }
  }

  private static Sampling sampling(DiffusersScheduler scheduler, Inputs inputs) {
    return scheduler.sampling(scheduler.sampler(), inputs.whole(STEPS, 1, VideoRequest.MOST_STEPS));
  }

  private static double[] told(Sampling sampling) {
    double[] each = ((SampledSchedule) sampling.schedule()).timesteps();
    return sampling.sampler() instanceof Pndm && each.length > 1 ? secondTwice(each) : each;
  }

  /** PNDM's first step asks twice, which the reference counts as two. */
  private static double[] secondTwice(double[] each) {
    double[] told = new double[each.length + 1];
    told[0] = each[0];
    System.arraycopy(each, 1, told, 2, each.length - 1);
    told[1] = each[1];
    return told;
  }

  /** What the network is told at each step. */
  static final class Timesteps implements Probe.Body {
    @Override
    public Inputs.Signature signature() {
      return new Inputs.Signature(List.of(STEPS), List.of());
    }

    @Override
    public SequencedMap<String, Tensor> run(
        ComponentFolder folder, Precision precision, Inputs inputs) {
      Sampling sampling = sampling(open(folder), inputs);
      double[] told = told(sampling);
      SequencedMap<String, Tensor> results = new LinkedHashMap<>();
      results.put("timesteps", Tensors.of(told, told.length));
      results.put(
          "init_noise_sigma",
          Tensors.of(new double[] {sampling.schedule().bornScale()}).to(ScalarType.Float));
      return results;
    }
  }

  /**
   * One step, or several one after another by a scheduler that remembers: {@code timestep} [S],
   * {@code model_output} and {@code variance_noise} [S, ...]. {@code sample} is where the first
   * begins; each of the others begins where the one before led.
   */
  static final class Step implements Probe.Body {
    @Override
    public Inputs.Signature signature() {
      return new Inputs.Signature(
          List.of(STEPS, "timestep", "sample", "model_output"), List.of("variance_noise", "eta"));
    }

    @Override
    public SequencedMap<String, Tensor> run(
        ComponentFolder folder, Precision precision, Inputs inputs) {
      DiffusersScheduler scheduler = open(folder);
      Sampling sampling = sampling(scheduler, inputs);
      Tensor sample = inputs.video("sample", ANY);
      double[] at = Tensors.toDoubles(inputs.floats("timestep"));
      boolean several = inputs.dims("timestep") > 0;
      int first = first(told(sampling), at);
      List<Tensor> answers = slices(inputs, "model_output", at.length, several);
      Optional<List<Tensor>> noise =
          inputs.has("variance_noise")
              ? Optional.of(slices(inputs, "variance_noise", at.length, several))
              : Optional.empty();
      Noise given = noise(noise, sample.size(0));
      Sampler sampler = sampler(sampling, inputs.number("eta", 0));
      Prediction prediction = scheduler.toPrediction();
      List<Tensor> made =
          sampler instanceof Pndm plms
              ? plms(plms, prediction, sampling, first, sample, answers, given)
              : steps(sampler, prediction, sampling, first, at.length, sample, answers, given);
      made.replaceAll(z -> inputs.like("sample", z));
      SequencedMap<String, Tensor> results = new LinkedHashMap<>();
      results.put("prev_sample", several ? Tensors.stack(made, 0) : made.getFirst());
      return results;
    }

    private static List<Tensor> steps(
        Sampler sampler,
        Prediction prediction,
        Sampling sampling,
        int first,
        int count,
        Tensor sample,
        List<Tensor> answers,
        Noise noise) {
      double[] levels = sampling.levels();
      List<Tensor> made = new ArrayList<>();
      Tensor z = sample;
      try (Sampler.Run run = sampler.begin(answering(prediction, sampling, answers), noise)) {
        for (int i = first; i < first + count; i++) {
          z = run.step(z, level(levels[i]), level(levels[i + 1]));
          made.add(z);
        }
      }
      return made;
    }

    /**
     * The first of two askings leads where DDIM does; the second where the whole first step does.
     */
    private static List<Tensor> plms(
        Pndm plms,
        Prediction prediction,
        Sampling sampling,
        int first,
        Tensor sample,
        List<Tensor> answers,
        Noise noise) {
      int count = answers.size();
      if (first > 0 && count > 1) {
        throw new UserError(
            Fault.INVALID,
            "PNDM's steps one after another begin with the first timestep, not the "
                + (first + 1)
                + ".",
            "give one step, or all up to where you want");
      }
      List<Tensor> made =
          steps(
              new Ddim(0, Threshold.NONE),
              prediction,
              sampling,
              // What is told has the second timestep twice.
              first > 1 ? first - 1 : first,
              1,
              sample,
              answers,
              noise);
      if (count > 1) {
        made.addAll(steps(plms, prediction, sampling, 0, count - 1, sample, answers, noise));
      }
      return made;
    }

    private static Tensor level(double u) {
      return Tensors.of(new double[] {u}, 1, 1);
    }

    private static Sampler sampler(Sampling sampling, double eta) {
      if (!(eta >= 0 && eta <= 1)) {
        throw new UserError(Fault.INVALID, "input 'eta' lies in 0..1, not " + eta);
      }
      if (sampling.sampler() instanceof Ddim ddim) {
        return new Ddim(eta, ddim.threshold());
      }
      if (eta != 0) {
        throw new UserError(
            Fault.INVALID, "input 'eta' is for DDIM, and this model's scheduler is another");
      }
      return sampling.sampler();
    }

    /** A network whose answers are known: one for each time that it is asked. */
    private static X0Denoiser answering(
        Prediction prediction, Sampling sampling, List<Tensor> answers) {
      var left = answers.iterator();
      return X0Denoiser.of(
          (z, t_BF, conditioning) -> {
            if (!left.hasNext()) {
              throw new UserError(
                  Fault.INVALID, "a step asks the network more often than there are answers");
            }
            return left.next();
          },
          sampling.schedule(),
          prediction);
    }

    private static Noise noise(Optional<List<Tensor>> given, long clips) {
      return new Noise(LongStream.range(0, clips).mapToObj(i -> new RandomStreams(0)).toList(), 0)
          .with((use, draw, clip, frame) -> {
            List<Tensor> all =
                given.orElseThrow(() ->
                    new UserError(
                        Fault.INVALID,
                        "this scheduler adds noise at this step",
                        "give it as 'variance_noise'"));
            return Optional.of(all.get((int) draw).select(0, clip).select(1, frame));
          });
    }

    /** Where the first step is in the table. */
    private static int first(double[] told, double[] at) {
      for (int i = 0; i + at.length <= told.length; i++) {
        boolean here = true;
        for (int j = 0; j < at.length; j++) {
          // Timesteps between two whole ones are somebody's rounding to f32.
          here &= Math.abs(told[i + j] - at[j]) <= 1e-5 * Math.max(1, Math.abs(at[j]));
        }
        if (here) {
          return i;
        }
      }
      throw new UserError(
          Fault.INVALID,
          "input 'timestep' %s is not among the %s timesteps of this scheduler one after another: %s"
              .formatted(Arrays.toString(at), told.length, shown(told)));
    }

    private static String shown(double[] told) {
      String some = Arrays.toString(Arrays.copyOf(told, Math.min(8, told.length)));
      return told.length > 8 ? some.replace("]", ", ...]") : some;
    }

    private static List<Tensor> slices(Inputs inputs, String name, int steps, boolean several) {
      long[] sample = Tensors.shape(inputs.floats("sample"));
      long[] all =
          several
              ? LongStream.concat(LongStream.of(steps), LongStream.of(sample)).toArray()
              : sample;
      Tensor t = inputs.floats(name, all);
      Tensor rows = several ? t : t.unsqueeze(0);
      List<Tensor> each = new ArrayList<>();
      for (int i = 0; i < steps; i++) {
        Tensor one = rows.select(0, i);
        each.add(one.dim() == 4 ? one.unsqueeze(2) : one);
      }
      return each;
    }
  }
}
