package io.zoetrope.diffusion.condition;

import static org.assertj.core.api.Assertions.assertThat;

import io.zoetrope.diffusion.Denoiser;
import io.zoetrope.diffusion.NoiseSchedule;
import io.zoetrope.diffusion.Prediction;
import io.zoetrope.diffusion.PromptTrack;
import io.zoetrope.diffusion.Sight;
import io.zoetrope.diffusion.X0Denoiser;
import io.zoetrope.diffusion.guidance.ClassifierFreeGuidance;
import io.zoetrope.diffusion.guidance.ContextGuidance;
import io.zoetrope.diffusion.guidance.ContextWindows;
import io.zoetrope.diffusion.guidance.DynamicThresholding;
import io.zoetrope.diffusion.guidance.EasyCache;
import io.zoetrope.diffusion.guidance.GuidanceScale;
import io.zoetrope.diffusion.guidance.GuidedAsTold;
import io.zoetrope.diffusion.guidance.Handover;
import io.zoetrope.diffusion.guidance.KeyFrames;
import io.zoetrope.diffusion.guidance.Known;
import io.zoetrope.diffusion.guidance.PromptBlend;
import io.zoetrope.diffusion.guidance.ReconstructionGuidance;
import io.zoetrope.diffusion.guidance.Replacement;
import io.zoetrope.diffusion.guidance.TeaCache;
import io.zoetrope.diffusion.guidance.ToldGuidance;
import io.zoetrope.diffusion.sampler.Ddim;
import io.zoetrope.diffusion.sampler.Noise;
import io.zoetrope.diffusion.sampler.WindowLoop;
import io.zoetrope.progress.Progress;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.RandomStreams;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every kind of entry arrives at the network as it should, whatever stands around the network. The
 * level of each frame says which frame of which clip it is, and so do the entries: whoever cuts,
 * repeats or joins the one and not the other is found out.
 */
class EntriesContractTest {
  private static final int CLIPS = 2;
  private static final int FRAMES = 8;
  private static final int TEXTS = 2;
  private static final NoiseSchedule SCHEDULE = NoiseSchedule.flow(1);
  private static final Noise NOISE = Noise.of(new RandomStreams(1), CLIPS);
  private static final Slot<String> WORD = Slot.setting("word", String.class);

  /** Axes of an entry of each kind that lies along a video. */
  private static String axes(Along along) {
    return switch (along) {
      case CLIP -> "BD";
      case TEXT -> "BGND";
      case FRAME -> "BFND";
      case MOMENT -> "BF";
      case PLACE -> "BCFHW";
    };
  }

  /** A slot of every kind and every nothing. */
  private static List<Slot<Tensor>> slots() {
    List<Slot<Tensor>> slots = new ArrayList<>();
    for (Along along : Along.values()) {
      for (Nothing nothing : Nothing.values()) {
        slots.add(Slot.tensor(along + "." + nothing, along, axes(along), nothing));
      }
    }
    return slots;
  }

  /** What a frame of a clip has in an entry; g is the number of a text. */
  private static float code(Along along, long clip, long frame, long g) {
    return switch (along) {
      case CLIP -> 10 * (clip + 1);
      case TEXT -> 10 * (clip + 1) + g;
      case FRAME, PLACE -> 10 * (clip + 1) + frame;
      case MOMENT -> frame;
    };
  }

  private static Tensor entry(Along along, int frames) {
    int middle =
        switch (along) {
          case CLIP -> 1;
          case TEXT -> TEXTS;
          case FRAME, MOMENT, PLACE -> frames;
        };
    float[] codes = new float[CLIPS * middle];
    for (int i = 0; i < codes.length; i++) {
      int at = i % middle;
      codes[i] = code(along, i / middle, at, at);
    }
    return switch (along) {
      case CLIP -> Tensors.of(codes, CLIPS, 1).expand(CLIPS, 3);
      case TEXT, FRAME -> Tensors.of(codes, CLIPS, middle, 1, 1).expand(CLIPS, middle, 2, 3);
      case MOMENT -> Tensors.of(codes, CLIPS, middle);
      case PLACE -> Tensors.of(codes, CLIPS, 1, middle, 1, 1).expand(CLIPS, 3, middle, 4, 4);
    };
  }

  private static Conditioning told(int frames) {
    Conditioning all = Conditioning.none().with(WORD, "slow");
    for (Slot<Tensor> slot : slots()) {
      all = all.with(slot, entry((Along) slot.axis(), frames));
    }
    return all;
  }

  /** What guidance leads away from: minus what the first clip is told, for all clips. */
  private static Conditioning away(int frames) {
    Conditioning all = Conditioning.none();
    for (Slot<Tensor> slot : slots()) {
      if (slot.nothing() == Nothing.SAID) {
        Tensor own = entry((Along) slot.axis(), frames).narrow(0, 0, 1);
        all = all.with(slot, Ops.mul(own, -1));
      }
    }
    return all;
  }

  /** Which frame of which clip a denoiser sees, by row of the batch and column. */
  private record Seen(long clip, long frame) {}

  /** Looks at all that a denoiser is told. */
  private static final class Witness {
    private final Set<Long> frames = new HashSet<>();
    private boolean sawBothBranches;

    /** By the level: clip and frame are its digits. */
    void look(double[] u, long rows, long columns, Conditioning c) {
      look(
          rows,
          columns,
          (b, f) -> {
            long digits = Math.round(100 * u[(int) (b * columns + f)]);
            return new Seen(digits / 10 - 1, digits % 10);
          },
          c);
    }

    void look(long rows, long columns, BiFunction<Long, Long, Seen> where, Conditioning c) {
      assertThat(c.get(WORD)).contains("slow");
      Slot<Tensor> marker = slots().get(Nothing.SAID.ordinal());
      float[] clips = Tensors.toFloats(c.get(marker).orElseThrow().select(1, 0));
      boolean positive = false;
      boolean negative = false;
      for (long b = 0; b < rows; b++) {
        boolean away = clips[(int) b] < 0;
        positive |= !away;
        negative |= away;
        Seen first = where.apply(b, 0L);
        for (long f = 0; f < columns; f++) {
          Seen at = where.apply(b, f);
          frames.add(at.frame);
          for (Slot<Tensor> slot : slots()) {
            Along along = (Along) slot.axis();
            for (long g = 0; g < (along == Along.TEXT ? TEXTS : 1); g++) {
              long since = along == Along.MOMENT ? at.frame - first.frame : at.frame;
              float code = code(along, at.clip, since, g);
              float wanted =
                  !away || slot.nothing() == Nothing.SAME
                      ? code
                      : slot.nothing() == Nothing.ZERO ? 0 : -code(along, 0, since, g);
              assertThat(value(c.get(slot).orElseThrow(), along, b, f, g))
                  .as("%s of clip %d, frame %d, away: %s", slot, at.clip, at.frame, away)
                  .isEqualTo(wanted);
            }
          }
        }
      }
      sawBothBranches |= positive && negative;
    }

    private static float value(Tensor all, Along along, long b, long f, long g) {
      Tensor row = all.select(0, b);
      return switch (along) {
        case CLIP -> row.select(0, 0).item_float();
        case TEXT -> row.select(0, g).select(0, 0).select(0, 0).item_float();
        case FRAME -> row.select(0, f).select(0, 0).select(0, 0).item_float();
        case MOMENT -> row.select(0, f).item_float();
        case PLACE -> row.select(0, 0).select(0, f).select(0, 0).select(0, 0).item_float();
      };
    }

    Denoiser network() {
      return (z, t_BF, c) -> {
        double[] u = Tensors.toDoubles(t_BF);
        for (int i = 0; i < u.length; i++) {
          u[i] /= 1000;
        }
        look(u, z.size(0), z.size(2), c);
        return Ops.mul(z, 0.5);
      };
    }

    X0Denoiser denoiser() {
      return X0Denoiser.of(network(), SCHEDULE, Prediction.FLOW);
    }
  }

  private static Known known() {
    return Known.frames(
        Tensors.zeros(CLIPS, 3, FRAMES, 4, 4),
        true,
        false,
        false,
        false,
        false,
        false,
        false,
        false);
  }

  /** Each wrapper around a denoiser, bound to a conditioning if it is one that binds. */
  private static Map<Class<? extends X0Denoiser>, BiFunction<X0Denoiser, Conditioning, X0Denoiser>>
      wrappers() {
    Map<Class<? extends X0Denoiser>, BiFunction<X0Denoiser, Conditioning, X0Denoiser>> all =
        new LinkedHashMap<>();
    all.put(X0Denoiser.NetworkX0.class, (base, c) -> base);
    all.put(
        X0Denoiser.Showing.class,
        (base, c) -> base.showing(slots().getLast(), entry(Along.PLACE, FRAMES)));
    all.put(Known.Keeper.class, (base, c) -> known().keptBy(base));
    all.put(
        ClassifierFreeGuidance.class,
        (base, c) -> new ClassifierFreeGuidance(base, away(FRAMES), 3));
    all.put(GuidedAsTold.class, (base, c) -> new GuidedAsTold(base, away(FRAMES)));
    all.put(ToldGuidance.class, (base, c) -> new ToldGuidance(base, GuidanceScale.constant(3)));
    all.put(
        ContextWindows.class,
        (base, c) -> new ContextWindows(base, new ContextWindows.Shape(3, 1)));
    all.put(ContextGuidance.class, (base, c) -> new ContextGuidance(base, 2));
    all.put(DynamicThresholding.class, (base, c) -> new DynamicThresholding(base));
    all.put(
        EasyCache.class,
        (base, c) -> new EasyCache(base, Prediction.FLOW, 0.1, new double[] {1, 0.5, 0}));
    all.put(
        TeaCache.class,
        (base, c) ->
            new TeaCache(
                base,
                Prediction.FLOW,
                0.1,
                new double[] {1, 0.5, 0},
                new TeaCache.Expected(
                    (z, levels) -> levels.u_BF().unsqueeze(2), List.of(), List.of())));
    all.put(Handover.class, (base, c) -> new Handover(base, base, 0.15));
    all.put(
        PromptBlend.class,
        (base, c) ->
            new PromptBlend(
                base,
                List.of(c, c),
                Sight.of(
                    0,
                    PromptTrack.of(
                        Stream.generate(() -> new double[] {0.25, 0.75})
                            .limit(FRAMES)
                            .toArray(double[][]::new)))));
    all.put(
        KeyFrames.class,
        (base, c) -> new KeyFrames(base, Conditioning.none(), Conditioning.none()));
    all.put(Replacement.class, (base, c) -> new Replacement(base, known(), NOISE));
    all.put(
        ReconstructionGuidance.class,
        (base, c) -> new ReconstructionGuidance(base, known(), NOISE, 2));
    return all;
  }

  static Stream<Class<? extends X0Denoiser>> wrapperClasses() {
    return wrappers().keySet().stream();
  }

  /** The digits of each level are a clip and a frame. */
  private static Tensor levels() {
    double[] u = new double[CLIPS * FRAMES];
    for (int i = 0; i < u.length; i++) {
      u[i] = (10 * (i / FRAMES + 1) + i % FRAMES) / 100.0;
    }
    return Tensors.of(u, CLIPS, FRAMES);
  }

  private static Tensor video() {
    return NOISE.normal("z", 0, Tensors.zeros(CLIPS, 3, FRAMES, 4, 4));
  }

  @ParameterizedTest
  @MethodSource("wrapperClasses")
  void everyEntryIsThatOfItsClipAndFrame(Class<? extends X0Denoiser> wrapper) {
    Scopes.run(() -> {
      Witness witness = new Witness();
      Conditioning told = told(FRAMES);
      Objects.requireNonNull(wrappers().get(wrapper))
          .apply(witness.denoiser(), told)
          .x0(video(), levels(), told);
      assertThat(witness.frames).hasSize(FRAMES);
    });
  }

  @Test
  void alsoThroughAllOfThemAtOnce() {
    Scopes.run(() -> {
      Witness witness = new Witness();
      X0Denoiser windows = new ContextWindows(witness.denoiser(), new ContextWindows.Shape(3, 1));
      X0Denoiser guided = new ClassifierFreeGuidance(windows, away(FRAMES), 3);
      X0Denoiser bound = PromptBlend.of(guided, told(FRAMES));
      X0Denoiser both = new Handover(bound, bound, 0.15);
      X0Denoiser all = new ReconstructionGuidance(both, known(), NOISE, 2);
      all.x0(video(), levels(), Conditioning.none());
      assertThat(witness.frames).hasSize(FRAMES);
      assertThat(witness.sawBothBranches).isTrue();
    });
  }

  @Test
  void aClipOfALongVideoHasTheEntriesOfItsFrames() {
    Scopes.run(() -> {
      Witness witness = new Witness();
      int first = 5;
      int clip = FRAMES - first;
      Sight sight = Sight.of(first, PromptTrack.single(clip));
      bound(witness.denoiser(), FRAMES, sight)
          .x0(video().narrow(2, first, clip), levels().narrow(1, first, clip), Conditioning.none());
      assertThat(witness.frames).containsExactlyInAnyOrder(5L, 6L, 7L);
    });
  }

  /** Guidance and what is said of a long video, of which some frames are in sight. */
  private static X0Denoiser bound(X0Denoiser base, int frames, Sight sight) {
    GuidanceScale three = GuidanceScale.constant(3);
    X0Denoiser guided =
        new ClassifierFreeGuidance(base, away(frames), three, GuidanceScale.constant(1), 0, sight);
    return new PromptBlend(guided, List.of(told(frames)), sight);
  }

  /** A window that moves over a video. */
  private static final class Moving implements Sight, WindowLoop.Watcher {
    private long first;

    @Override
    public void at(long first, int frames) {
      this.first = first;
    }

    @Override
    public void done(long number, Tensor z) {}

    @Override
    public long first() {
      return first;
    }

    @Override
    public PromptTrack prompts(int frames) {
      return PromptTrack.single(frames);
    }
  }

  @Test
  void aRollingWindowHasTheEntriesOfTheFramesInSight() {
    Scopes.run(() -> {
      int frames = 12;
      Witness witness = new Witness();
      Moving moving = new Moving();
      Denoiser network =
          (z, t_BF, c) -> {
            witness.look(z.size(0), z.size(2), (b, f) -> new Seen(b % CLIPS, moving.first + f), c);
            return Ops.mul(z, 0.5);
          };
      X0Denoiser bound = bound(X0Denoiser.of(network, SCHEDULE, Prediction.FLOW), frames, moving);
      new WindowLoop(new Ddim(0), bound, SCHEDULE.spacing(3), 3, 2)
          .run(Tensors.zeros(CLIPS, 3, 0, 4, 4), 10, NOISE, moving, Progress.NONE);
      assertThat(witness.frames).hasSize(frames);
      assertThat(witness.sawBothBranches).isTrue();
    });
  }

  /**
   * All classes of the room that are denoisers; whoever adds one adds it to the table. A task's own
   * stand around what is told already, and hand nothing on.
   */
  @Test
  void everyWrapperStandsInTheTable() throws Exception {
    assertThat(denoisers()).isEqualTo(wrappers().keySet());
  }

  private static Set<Class<?>> denoisers() throws Exception {
    Path root = classes();
    Set<Class<?>> found = new HashSet<>();
    try (Stream<Path> files = Files.walk(root.resolve("io/zoetrope/diffusion"))) {
      for (Path file : (Iterable<Path>) files::iterator) {
        String name = root.relativize(file).toString();
        if (name.endsWith(".class") && !name.endsWith("-info.class")) {
          String dotted = name.substring(0, name.length() - 6).replace('/', '.');
          Class<?> type = Class.forName(dotted, false, X0Denoiser.class.getClassLoader());
          if (X0Denoiser.class.isAssignableFrom(type) && !type.isInterface()) {
            found.add(type);
          }
        }
      }
    }
    return found;
  }

  private static Path classes() throws URISyntaxException {
    return Path.of(X0Denoiser.class.getProtectionDomain().getCodeSource().getLocation().toURI());
  }
}
