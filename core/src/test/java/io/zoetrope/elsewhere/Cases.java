package io.zoetrope.elsewhere;

import static org.assertj.core.api.Assertions.assertThat;

import io.zoetrope.Parity;
import io.zoetrope.diffusion.FreeInit;
import io.zoetrope.diffusion.LowPass;
import io.zoetrope.diffusion.NoiseSchedule;
import io.zoetrope.diffusion.PromptTrack;
import io.zoetrope.diffusion.Sight;
import io.zoetrope.diffusion.X0Denoiser;
import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.diffusion.guidance.ClassifierFreeGuidance;
import io.zoetrope.diffusion.guidance.ContextWindows;
import io.zoetrope.diffusion.guidance.DynamicThresholding;
import io.zoetrope.diffusion.guidance.GuidanceScale;
import io.zoetrope.diffusion.guidance.Handover;
import io.zoetrope.diffusion.guidance.Known;
import io.zoetrope.diffusion.guidance.PromptBlend;
import io.zoetrope.diffusion.guidance.ReconstructionGuidance;
import io.zoetrope.diffusion.guidance.ReconstructionWeight;
import io.zoetrope.diffusion.guidance.Replacement;
import io.zoetrope.diffusion.sampler.FreeNoise;
import io.zoetrope.diffusion.sampler.Noise;
import io.zoetrope.diffusion.sampler.WindowLoop;
import io.zoetrope.error.UserError;
import io.zoetrope.network.FrameWindows;
import io.zoetrope.network.TestNetworks;
import io.zoetrope.pipeline.schedule.Samplers;
import io.zoetrope.progress.Progress;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** What is run on the CPU and elsewhere: loaded by {@link WatchedClasses}, called by name. */
public final class Cases {
  /** Something computed of tensors, each of which a function puts where it is to be. */
  interface Case {
    Tensor run(UnaryOperator<Tensor> place);
  }

  /** A denoiser around a network. */
  private interface Guidance {
    X0Denoiser around(X0Denoiser network, Scene scene);
  }

  private static final double MARK = 1e-5;

  private static final SequencedMap<String, Case> ALL = all();

  private Cases() {}

  /** The names of all. */
  public static List<String> names() {
    return List.copyOf(ALL.keySet());
  }

  /** Runs one here and elsewhere, where the result must be the same up to rounding. */
  public static void check(String name) {
    Case one = Objects.requireNonNull(ALL.get(name), name);
    Scopes.run(() -> {
      Tensor here = one.run(tensor -> tensor);
      Elsewhere.forget();
      Tensor there = one.run(Elsewhere::there);
      assertThat(Elsewhere.brought()).isEmpty();
      assertThat(Elsewhere.isThere(there)).as("the result lies elsewhere").isTrue();
      // The CPU has kernels of its own for some layers.
      assertThat(Parity.distance(Elsewhere.back(there), here)).isLessThan(MARK);
    });
  }

  private static SequencedMap<String, Case> all() {
    SequencedMap<String, Case> all = new LinkedHashMap<>();
    Family.ALL.forEach((name, family) -> {
      all.put(name, place -> guided(Scene.of(family, "ddim", place), Cases::classifierFree));
      all.put(name + ", a text for each frame", place -> texts(Scene.of(family, "ddim", place)));
    });
    for (String name : List.of("transformer", "animatediff")) {
      Family family = Family.of(name);
      for (String sampler : Samplers.NAMES) {
        if (fits(family, sampler)) {
          all.put(
              name + " by " + sampler,
              place -> guided(Scene.of(family, sampler, place), Cases::classifierFree));
        }
      }
      guidances()
          .forEach((how, guidance) ->
              all.put(
                  name + " under " + how,
                  place -> guided(Scene.of(family, "ddim", place), guidance)));
    }
    // Of a control that sees its hint alone, segments depend on nothing that wants a gradient.
    all.put(
        "control sparse under reconstruction",
        place ->
            guided(
                Scene.of(Family.of("control sparse"), "ddim", place),
                reconstruction(ReconstructionGuidance.Activations.RECOMPUTED)));
    all.put("roll", place -> roll(Scene.of(Family.of("transformer"), "flow-euler", place)));
    all.put("motion windows", place -> motion(Scene.of(Family.of("animatediff"), "ddim", place)));
    all.put("FreeInit", place -> freeInit(Scene.of(Family.of("transformer"), "ddim", place)));
    all.putAll(PartCases.all());
    return all;
  }

  private static boolean fits(Family family, String sampler) {
    try {
      family.scheduling().sampling(sampler, Scene.STEPS);
      return true;
    } catch (UserError e) {
      return false;
    }
  }

  /** What breaks the rules. */
  public static void breach(String name) {
    Scopes.run(() -> {
      Tensor here = TestNetworks.normal("a", 2, 2);
      Tensor there = Elsewhere.there(here);
      Tensor unused =
          switch (name) {
            case "matmul" -> there.matmul(here);
            case "matmul by name" -> Optional.of(here).map(there::matmul).orElseThrow();
            case "cat" -> Tensors.cat(List.of(there, here), 0);
            case "index" -> there.index_select(0, Tensors.of(new long[] {0}, 1));
            case "norm" ->
                Ops.layerNorm(there, Optional.of(here.select(0, 0)), Optional.empty(), 1);
            case "number" -> Tensors.zeros(1).fill_(new Scalar(there.sum().item_double()));
            case "values" -> Tensors.of(Tensors.toDoubles(there), 4);
            default -> throw new IllegalArgumentException(name);
          };
    });
  }

  private static Tensor guided(Scene scene, Guidance guidance) {
    return scene.run(guidance.around(scene.network(), scene), scene.told("text"));
  }

  private static X0Denoiser classifierFree(X0Denoiser network, Scene scene) {
    return new ClassifierFreeGuidance(network, scene.told("negative"), 3);
  }

  private static Map<String, Guidance> guidances() {
    Map<String, Guidance> all = new LinkedHashMap<>();
    all.put(
        "rescaled guidance",
        (network, scene) ->
            new ClassifierFreeGuidance(
                network, scene.told("negative"), GuidanceScale.constant(3), 0.7));
    all.put(
        "context windows",
        (network, scene) ->
            classifierFree(new ContextWindows(network, new ContextWindows.Shape(2, 1)), scene));
    all.put("thresholding", (network, scene) -> new DynamicThresholding(network, 0.9));
    all.put(
        "two prompts",
        (network, scene) ->
            new PromptBlend(
                classifierFree(network, scene),
                List.of(scene.told("text"), scene.told("other")),
                Sight.of(0, PromptTrack.of(new double[][] {{1, 0}, {0.5, 0.5}, {0, 1}}))));
    all.put(
        "a late network",
        (network, scene) ->
            new Handover(
                network,
                X0Denoiser.of(
                    scene.family().make().apply(scene.place()),
                    NoiseSchedule.cosine(),
                    scene.family().scheduling().toPrediction()),
                0.5));
    all.put("replacement", (network, scene) -> new Replacement(network, known(scene), Scene.NOISE));
    for (ReconstructionGuidance.Activations how : ReconstructionGuidance.Activations.values()) {
      all.put("reconstruction, " + how, reconstruction(how));
    }
    return all;
  }

  private static Guidance reconstruction(ReconstructionGuidance.Activations how) {
    return (network, scene) ->
        new ReconstructionGuidance(
            classifierFree(network, scene),
            List.of(known(scene)),
            Scene.NOISE,
            ReconstructionWeight.constant(2),
            how);
  }

  private static Known known(Scene scene) {
    return Known.frames(scene.given(), true, false, false);
  }

  /** Three texts a clip, of which each frame reads one; frames in two groups, at odd moments. */
  private static Tensor texts(Scene scene) {
    Conditioning told = scene.told("text");
    UnaryOperator<Tensor> place = scene.place();
    long width = scene.family().textWidth();
    Conditioning each =
        told.with(Conditioning.TEXT, place.apply(TestNetworks.normal("each", 1, 3, 5, width)))
            .with(Conditioning.TEXT_MASK, place.apply(Tensors.full(1, 1, 3, 5).to(ScalarType.Bool)))
            .with(Conditioning.POOLED, place.apply(TestNetworks.normal("pools", 1, 3, width)))
            .with(Conditioning.FRAME_TEXTS, Tensors.of(new long[] {0, 2, 1}, 1, 3))
            .with(Conditioning.FRAME_GROUPS, Tensors.of(new long[] {0, 1, 0}, 1, 3))
            .with(Conditioning.FRAME_TIMES, Tensors.of(new float[] {0, 1.5f, 4}, 1, 3));
    return scene.run(scene.network(), each);
  }

  private static Tensor roll(Scene scene) {
    List<Tensor> frames = new ArrayList<>();
    WindowLoop.Watcher watcher =
        new WindowLoop.Watcher() {
          @Override
          public void at(long first, int count) {}

          @Override
          public void done(long number, Tensor z_BC1HW) {
            frames.add(Scopes.keep(z_BC1HW.clone()));
          }
        };
    X0Denoiser denoiser =
        PromptBlend.of(classifierFree(scene.network(), scene), scene.told("text"));
    new WindowLoop(scene.sampling().sampler(), denoiser, scene.sampling().levels(), 2, 1)
        .run(scene.given().narrow(2, 0, 1), 5, Scene.NOISE, watcher, Progress.NONE);
    return Tensors.cat(frames, 2);
  }

  /** Motion modules that attend in windows, and noise of frames before. */
  private static Tensor motion(Scene scene) {
    Noise noise = new FreeNoise(2, 2, FreeNoise.Order.SHUFFLED).over(Scene.NOISE);
    Conditioning told =
        scene
            .told("text")
            .with(FrameWindows.SLOT, new FrameWindows(2, 1, FrameWindows.Weighting.PYRAMID));
    return scene.run(scene.network(), told, scene.plan(), scene.given(), noise);
  }

  private static Tensor freeInit(Scene scene) {
    Tensor z = guided(scene, Cases::classifierFree);
    Tensor eps =
        new FreeInit(2, LowPass.USUAL, FreeInit.Pace.FULL)
            .noise(
                z,
                Scene.NOISE.normal("start", 0, z),
                Scene.NOISE.normal("freeinit", 1, z),
                scene.sampling().schedule());
    Noise own = Scene.NOISE.child("freeinit", 1).with(Noise.Given.start(eps, 0));
    return scene.run(scene.network(), scene.told("text"), scene.plan(), scene.given(), own);
  }
}
