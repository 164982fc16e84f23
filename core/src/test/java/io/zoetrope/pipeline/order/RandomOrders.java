package io.zoetrope.pipeline.order;

import io.zoetrope.diffusion.Course;
import io.zoetrope.diffusion.PromptCues;
import io.zoetrope.diffusion.guidance.DynamicThresholding;
import io.zoetrope.diffusion.guidance.SkipLayers;
import io.zoetrope.media.Fit;
import io.zoetrope.network.unet.MotionNorms;
import io.zoetrope.pipeline.cascade.Bridge;
import io.zoetrope.pipeline.cascade.Cascade;
import io.zoetrope.pipeline.cascade.Stage;
import io.zoetrope.pipeline.model.Size;
import io.zoetrope.pipeline.schedule.Samplers;
import io.zoetrope.pipeline.task.MotionField;
import io.zoetrope.pipeline.task.TextToVideoZero.Moments;
import io.zoetrope.pipeline.task.Travel.Turn;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/** Valid orders of every task, at random. */
final class RandomOrders {
  private static final List<String> WORDS =
      List.of(
          "a ball", "ein Ball, der hüpft", "\"quoted\" \\ back", "球 🟥", "line\nbreak", "{x: 1}");

  private final Random random;

  RandomOrders(Random random) {
    this.random = random;
  }

  /** By the class of the task. */
  Map<Class<?>, Supplier<VideoOrder>> all() {
    Map<Class<?>, Supplier<VideoOrder>> all = new LinkedHashMap<>();
    all.put(GenerateSpec.class, () -> order(this::generate, 1, true, false));
    all.put(
        AnimateSpec.class,
        () ->
            order(
                w -> {
                  Optional<SourceRef> drawn = maybe(this::source);
                  return new AnimateSpec(
                      source(),
                      pick(Fit.values()),
                      real(0.01, 0.99),
                      drawn.isPresent() ? Course.WAIT : pick(Course.values()),
                      drawn);
                },
                0,
                true,
                true));
    all.put(
        InterpolateSpec.class,
        () ->
            order(
                w -> new InterpolateSpec(source(), source(), pick(Fit.values())), 1, false, true));
    all.put(
        LoopSpec.class,
        () ->
            order(
                w ->
                    new LoopSpec(
                        source(), pick(Fit.values()), real(0.01, 0.99), pick(Course.values())),
                0,
                false,
                true));
    all.put(
        ExtendSpec.class,
        () ->
            order(
                w -> new ExtendSpec(source(), pick(Fit.values()), real(0, 100), join()),
                1,
                false,
                true));
    all.put(RestyleSpec.class, () -> order(this::restyle, 1, true, false));
    all.put(RefineSpec.class, () -> order(this::refine, 1, false, false));
    all.put(CascadeSpec.class, () -> order(w -> cascade(), 1, false, false));
    all.put(
        TravelSpec.class,
        () -> {
          int prompts = 1 + random.nextInt(3);
          return order(
              w -> new TravelSpec(cues(prompts), pick(Turn.values()), join(), maybe(this::source)),
              prompts,
              false,
              false);
        });
    all.put(
        RollSpec.class,
        () -> {
          int prompts = 1 + random.nextInt(3);
          return order(
              w -> new RollSpec(cues(prompts), maybe(() -> whole(20, 200)), random.nextInt(8)),
              prompts,
              false,
              false);
        });
    return all;
  }

  private VideoOrder order(
      Function<Wish, TaskSpec> task, int prompts, boolean controls, boolean holds) {
    Wish wish = wish(prompts);
    TaskSpec spec = task.apply(wish);
    boolean clips = spec.abilities().contains(TaskSpec.Ability.FREE_INIT);
    boolean noise = spec.abilities().contains(TaskSpec.Ability.FREE_NOISE);
    boolean easy = random.nextBoolean();
    Tuning tuning =
        new Tuning(
            maybe(() -> whole(1, 256)),
            noise && random.nextBoolean(),
            clips ? maybe(() -> whole(1, 20)) : Optional.empty(),
            maybe(() -> whole(0, 100) / 10.0),
            holds ? maybe(this::hold) : Optional.empty(),
            Windowing.USUAL,
            maybe(() -> new Motion(List.of(real(-10, 10), 1.0), some(() -> real(-10, 10)))),
            maybe(() -> whole(0, 50)),
            maybe(() ->
                new DynamicThresholding.Bound(
                    real(0.5, 1),
                    maybe(() -> real(1, 3)),
                    pick(DynamicThresholding.Over.values()))),
            maybe(() -> real(0, 100)),
            maybe(() ->
                new MicroConditions(
                    maybe(() -> whole(0, 255)), maybe(() -> real(1, 60)), maybe(() -> real(0, 1)))),
            maybe(() -> real(0, 100)),
            maybe(() -> whole(0, 20)),
            maybe(() -> whole(1, 256)),
            clips && easy ? maybe(() -> real(0, 3)) : Optional.empty(),
            maybe(() ->
                new SkipLayers(
                    List.of(random.nextInt(9), 9 + random.nextInt(9)),
                    maybe(() -> real(0, 0.15)),
                    maybe(() -> real(0.16, 1)),
                    maybe(() -> real(0.1, 100)))),
            clips && !easy ? maybe(() -> real(0, 3)) : Optional.empty(),
            random.nextBoolean(),
            maybe(() -> real(0, 100)));
    boolean sized = spec instanceof RefineSpec refine && refine.scale().isPresent();
    boolean short1 = spec instanceof CascadeSpec;
    Wish fitting =
        sized || short1
            ? new Wish(
                wish.prompts(),
                wish.negative(),
                wish.seed(),
                sized ? Optional.empty() : wish.size(),
                short1 ? Optional.of(whole(1, 256)) : wish.frames(),
                wish.fps(),
                wish.steps(),
                wish.guidance(),
                wish.sampler())
            : wish;
    ModelRef model = model(controls);
    boolean refers =
        spec.abilities().contains(TaskSpec.Ability.REFERENCES)
            && !tuning.windowed()
            && model.controls().isEmpty();
    return new VideoOrder(
        spec, fitting, refers ? model.withReferences(some(this::source)) : model, tuning);
  }

  private TaskSpec generate(Wish wish) {
    boolean zero = random.nextBoolean();
    return new GenerateSpec(
        zero ? Optional.empty() : maybe(this::source),
        zero
            ? Optional.of(
                new ZeroMethod(
                    new MotionField(real(-20, 20), real(-20, 20)),
                    maybe(() -> new Moments(random.nextInt(3), 3 + random.nextInt(9))),
                    maybe(this::source)))
            : Optional.empty(),
        zero
            ? maybe(() -> new NoiseFile(source(), pick(NoiseFile.Layout.values())))
            : Optional.empty(),
        zero ? Optional.empty() : maybe(() -> across(wish)));
  }

  /** Frames are smoothed where no sampler is told that it could not be. */
  private Across across(Wish wish) {
    return new Across(
        Across.Look.ALL,
        wish.sampler().isPresent()
            ? Optional.empty()
            : maybe(() -> new Smooth(List.of(0.25, 0.5), pick(Smooth.By.values()))),
        random.nextBoolean());
  }

  private TaskSpec refine(Wish wish) {
    return new RefineSpec(
        maybe(this::source),
        pick(Fit.values()),
        real(0, 100),
        maybe(() -> real(1, 8)),
        maybe(() -> real(0, 1)),
        pick(Bridge.Where.values()),
        maybe(() -> "org/refiner"),
        join());
  }

  /** Its first stage says nothing, so that there is something to wish for. */
  private TaskSpec cascade() {
    List<Stage> stages = new ArrayList<>(List.of(Stage.of(Optional.empty(), new Bridge.None())));
    for (int more = random.nextInt(3); more > 0; more--) {
      stages.add(
          Stage.of(
              maybe(() -> "org/stage"),
              pick(
                  List.of(
                      new Bridge.Masked(2 + random.nextInt(6), 1),
                      new Bridge.StartNoise(0.5, pick(Bridge.Where.values()), 2),
                      new Bridge.Repeat(2)))));
    }
    Cascade cascade = new Cascade(stages);
    return random.nextBoolean() || stages.size() == 1
        ? new CascadeSpec(
            cascade, 1, maybe(() -> 1 + random.nextInt(stages.size())), Optional.empty())
        : new CascadeSpec(new Cascade(stages), 1, Optional.of(stages.size()), Optional.empty());
  }

  private Wish wish(int prompts) {
    return new Wish(
        IntStream.range(0, prompts).mapToObj(i -> pick(WORDS)).toList(),
        maybe(() -> pick(WORDS)),
        maybe(() -> random.nextLong() >>> 1),
        maybe(() -> new Size(2 * whole(8, 2048), 2 * whole(8, 2048))),
        maybe(() -> whole(1000, Wish.MOST_FRAMES)),
        maybe(() -> real(0.1, 240)),
        maybe(() -> whole(1, 1000)),
        maybe(() -> real(0, 100)),
        maybe(() -> pick(Samplers.NAMES)));
  }

  private ModelRef model(boolean controls) {
    return new ModelRef(
        pick(List.of("toybox", "org/name@main", "/a/b c", "C:\\d")),
        pick(List.of("auto", "f32", "bf16")),
        pick(List.of("auto", "cpu", "cuda", "cuda:3")),
        maybe(() -> Path.of("tok", "dir")),
        maybe(() -> Path.of("/motion.safetensors")),
        maybe(() -> "fp16"),
        random.nextInt(12),
        random.nextBoolean(),
        some(() -> new ModelRef.Lora(Path.of("l.safetensors"), real(-100, 100))),
        controls
            ? some(() ->
                new ModelRef.Control(
                    Path.of("net"),
                    source(),
                    real(-100, 100),
                    List.of(0, 3, 8),
                    maybe(() -> new Annotation(maybe(() -> "canny"), Optional.empty()))))
            : List.of(),
        maybe(this::pictures),
        some(() -> new ModelRef.Embedding(Path.of("e.safetensors"), maybe(() -> "zog"))),
        maybe(() -> Path.of("vae")),
        maybe(() -> Path.of("umt5.gguf")),
        maybe(() -> pick(ModelRef.SPACINGS)),
        maybe(() -> Path.of("tuned.safetensors")),
        maybe(() -> pick(MotionNorms.TEXTS)),
        List.of());
  }

  private ModelRef.Pictures pictures() {
    boolean framed = random.nextBoolean();
    return new ModelRef.Pictures(
        maybe(() -> Path.of("ip.safetensors")),
        maybe(() -> Path.of("encoder")),
        IntStream.range(0, 1 + random.nextInt(3))
            .mapToObj(
                i -> new ModelRef.Picture(source(), framed ? Optional.of(5 * i) : Optional.empty()))
            .toList(),
        real(0, 10));
  }

  private Hold hold() {
    return random.nextBoolean() ? new Hold.Replacement() : new Hold.Reconstruction(real(0, 100));
  }

  private PromptCues cues(int prompts) {
    List<Long> starts = new ArrayList<>(List.of(0L));
    while (starts.size() < prompts) {
      starts.add(starts.getLast() + 10 + random.nextInt(300));
    }
    return new PromptCues(starts, random.nextInt(10));
  }

  private Join join() {
    return new Join(maybe(() -> whole(20, 256)), whole(1, 19));
  }

  private SourceRef source() {
    return new SourceRef(
        pick(List.of("ball.png", "/videos/ein Ball.mp4", "folder/")),
        maybe(() -> "0123456789abcdef".repeat(4)));
  }

  private <T> List<T> some(Supplier<T> one) {
    return IntStream.range(0, random.nextInt(3)).mapToObj(i -> one.get()).toList();
  }

  /** From fresh noise, by a drawn plan, or from its own noise. */
  private RestyleSpec restyle(Wish wish) {
    boolean own = wish.sampler().isEmpty() && wish.steps().orElse(2) > 1 && random.nextBoolean();
    return new RestyleSpec(
        source(),
        pick(Fit.values()),
        real(0, 100),
        real(0.01, 1),
        join(),
        own ? Optional.empty() : maybe(this::source),
        own
            ? Optional.of(
                new Invert(
                    random.nextInt(21),
                    maybe(() -> "a ball"),
                    Invert.Away.NEGATIVE,
                    random.nextBoolean()))
            : Optional.empty(),
        maybe(this::source),
        maybe(() -> random.nextInt(13)),
        maybe(() -> across(wish)));
  }

  private <T> Optional<T> maybe(Supplier<T> value) {
    return random.nextBoolean() ? Optional.of(value.get()) : Optional.empty();
  }

  private <T> T pick(T[] values) {
    return pick(Arrays.asList(values));
  }

  private <T> T pick(List<T> values) {
    return values.get(random.nextInt(values.size()));
  }

  private int whole(int least, int most) {
    return least + random.nextInt(most - least + 1);
  }

  private double real(double least, double most) {
    return least + random.nextDouble() * (most - least);
  }
}
