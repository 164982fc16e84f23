package io.zoetrope.train.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import io.zoetrope.diffusion.LossWeight;
import io.zoetrope.diffusion.NoiseLevel;
import io.zoetrope.diffusion.NoiseSchedule;
import io.zoetrope.diffusion.Prediction;
import io.zoetrope.diffusion.TimestepSampler;
import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.network.NetworkConfig;
import io.zoetrope.network.VideoNetwork;
import io.zoetrope.network.text.PromptTokenizer;
import io.zoetrope.network.text.TextConfig;
import io.zoetrope.network.text.TextTransformer;
import io.zoetrope.network.text.WordPrompts;
import io.zoetrope.network.unet.Inflation;
import io.zoetrope.network.unet.LayerStyle;
import io.zoetrope.network.unet.UNetConfig;
import io.zoetrope.nn.ParameterStore;
import io.zoetrope.torch.Precision;
import io.zoetrope.torch.RandomStreams;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Segments;
import io.zoetrope.torch.Share;
import io.zoetrope.torch.Tensors;
import io.zoetrope.train.TrainingStep;
import io.zoetrope.train.footage.Footage;
import io.zoetrope.train.footage.LatentClips;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the network is given: clips, and images beside them. */
class DiffusionObjectiveTest {
  private static final int CLIPS = 5;
  private static final int FRAMES = 4;
  private static final int CUT = 3;
  private static final int BATCH = 2;
  private static final List<String> CAPTIONS = List.of("a", "b", "c", "d", "e");

  @TempDir Path folder;

  /** Predicts nothing, and remembers what it was asked. */
  private static final class Witness implements VideoNetwork {
    private float[] z = {};
    private float[] t = {};
    private long[] groups = {};
    private long[] texts = {};
    private long[] textShape = {};
    private float[] times = {};

    @Override
    public NetworkConfig config() {
      return new UNetConfig(
          1, 1, List.of(16, 32), List.of(0, 2), 2, 1, 32, LayerStyle.SMALL, Inflation.VDM);
    }

    @Override
    public Tensor predict(Tensor z_BCFHW, Tensor t_BF, Conditioning c, Segments segments) {
      z = Tensors.toFloats(z_BCFHW);
      t = Tensors.toFloats(t_BF);
      groups = c.get(Conditioning.FRAME_GROUPS).map(Tensors::toLongs).orElse(new long[0]);
      texts = c.get(Conditioning.FRAME_TEXTS).map(Tensors::toLongs).orElse(new long[0]);
      textShape = Tensors.shape(c.get(Conditioning.TEXT).orElseThrow());
      times = Tensors.toFloats(c.get(Conditioning.FRAME_TIMES).orElseThrow());
      return Tensors.zeros(Tensors.shape(z_BCFHW));
    }
  }

  /** Frame f of clip i is i + f / 10 everywhere. */
  private static LatentClips clips() {
    float[] values = new float[CLIPS * FRAMES];
    for (int i = 0; i < values.length; i++) {
      values[i] = i / FRAMES + i % FRAMES / 10f;
    }
    return new LatentClips(
        Tensors.of(values, CLIPS, 1, FRAMES, 1, 1).expand(CLIPS, 1, FRAMES, 2, 2), CAPTIONS);
  }

  private Witness asked(long seed, int images, double perFrame) {
    return asked(seed, images, perFrame, 0, new TreeMap<>());
  }

  private Witness asked(
      long seed, int images, double perFrame, double given, Map<String, Double> result) {
    return asked(seed, images, perFrame, given, new LossWeight.Constant(), result);
  }

  private Witness asked(
      long seed,
      int images,
      double perFrame,
      double given,
      LossWeight weight,
      Map<String, Double> result) {
    try {
      String json = PromptTokenizer.wordLevel(CAPTIONS);
      Path file = Files.writeString(folder.resolve("tokenizer.json"), json);
      ParameterStore store =
          ParameterStore.forTraining(Map.of(), new RandomStreams(1), Precision.F32);
      Witness witness = new Witness();
      try (PromptTokenizer tokenizer = PromptTokenizer.load(file, 4)) {
        TextTransformer text =
            new TextTransformer(
                new TextConfig(PromptTokenizer.size(json), 4, 8, 1, 2), store.root());
        DiffusionObjective objective =
            new DiffusionObjective(
                witness,
                new WordPrompts(text, tokenizer),
                clips(),
                new Denoising(
                    NoiseSchedule.cosine(),
                    Prediction.X0,
                    new TimestepSampler(new TimestepSampler.Uniform(), perFrame),
                    given,
                    weight,
                    Target.truth(Prediction.X0)),
                new DiffusionObjective.Cut(BATCH, CUT, 1, 0, false, images),
                (step, path) -> {});
        Scopes.run(() ->
            result.put("loss", objective.loss(new TrainingStep(seed, 0, 0, 1)).item_double()));
      }
      return witness;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void clipsAreTheSameHoweverManyImagesStandBesideThem() {
    for (long seed = 0; seed < 5; seed++) {
      Witness none = asked(seed, 0, 0.5);
      assertThat(none.groups).isEmpty();
      assertThat(none.textShape).containsExactly(BATCH, 1, 4, 8);
      for (int images : new int[] {1, 4}) {
        Witness some = asked(seed, images, 0.5);
        int all = CUT + images;
        assertThat(some.textShape).containsExactly(BATCH, 1 + images, 4, 8);
        for (int b = 0; b < BATCH; b++) {
          assertThat(Arrays.copyOfRange(some.t, b * all, b * all + CUT))
              .as("seed %d", seed)
              .isEqualTo(Arrays.copyOfRange(none.t, b * CUT, (b + 1) * CUT));
          assertThat(Arrays.copyOfRange(some.z, b * all * 4, (b * all + CUT) * 4))
              .as("seed %d", seed)
              .isEqualTo(Arrays.copyOfRange(none.z, b * CUT * 4, (b + 1) * CUT * 4));
          assertThat(Arrays.copyOfRange(some.times, b * all, b * all + CUT))
              .containsExactly(0, 1, 2);
        }
      }
    }
  }

  @Test
  void eachImageIsAGroupWithItsOwnTextAndLevel() {
    Set<Float> levels = new HashSet<>();
    for (long seed = 0; seed < 10; seed++) {
      Witness asked = asked(seed, 2, 0);
      assertThat(asked.groups).containsExactly(0, 0, 0, 1, 2, 0, 0, 0, 1, 2);
      assertThat(asked.texts).isEqualTo(asked.groups);
      for (int b = 0; b < BATCH; b++) {
        float[] t = Arrays.copyOfRange(asked.t, b * 5, b * 5 + 5);
        assertThat(t[1]).isEqualTo(t[0]);
        assertThat(t[2]).isEqualTo(t[0]);
        levels.addAll(List.of(t[0], t[3], t[4]));
      }
    }
    assertThat(levels).hasSize(10 * BATCH * 3);
  }

  /** A network that predicts nothing errs by what it should have learned, squared. */
  @Test
  void givenFramesAreCleanAndNotLearned() {
    for (long seed = 0; seed < 10; seed++) {
      Map<String, Double> result = new TreeMap<>();
      Witness asked = asked(seed, 0, 0.5, 1, result);
      double sum = 0;
      int learned = 0;
      for (int b = 0; b < BATCH; b++) {
        assertThat(asked.t[b * CUT]).isZero();
        for (int f = 0; f < CUT; f++) {
          float x = asked.z[b * CUT * 4] + f / 10f;
          if (asked.t[b * CUT + f] == 0) {
            assertThat(asked.z[(b * CUT + f) * 4]).isCloseTo(x, within(2e-3f));
          } else {
            sum += x * x;
            learned++;
          }
        }
      }
      assertThat(learned).isPositive();
      assertThat(result.get("loss"))
          .as("seed %d", seed)
          .isCloseTo(sum / learned, withinPercentage(0.2));
    }
  }

  /** The error is z's own clean part, whose weight each frame's level gives. */
  @Test
  void errorsCountByTheirLevel() {
    NoiseSchedule schedule = NoiseSchedule.cosine();
    for (LossWeight weight : List.of(new LossWeight.MinSnr(5), new LossWeight.Sigmoid(2))) {
      for (long seed = 0; seed < 5; seed++) {
        Map<String, Double> result = new TreeMap<>();
        Witness asked = asked(seed, 0, 1, 0, weight, result);
        ClipBatch batch =
            ClipBatch.draw(
                Footage.of(clips()),
                new DiffusionObjective.Cut(BATCH, CUT, 1, 0, false),
                Share.WHOLE,
                new SplittableRandom(new TrainingStep(seed, 0, 0, 1).random().key("batch")),
                new SplittableRandom(new TrainingStep(seed, 0, 0, 1).random().key("images")),
                new SplittableRandom(0));
        float[] x0 = Tensors.toFloats(batch.x0_BCFHW().select(4, 0).select(3, 0).select(1, 0));
        double mean = 0;
        for (int i = 0; i < x0.length; i++) {
          NoiseLevel level = schedule.at(levelOf(schedule, asked.t[i]));
          mean += weight.weight(level, Prediction.X0) * x0[i] * x0[i] / x0.length;
        }
        assertThat(result.get("loss"))
            .as("%s, seed %d", weight, seed)
            .isCloseTo(mean, withinPercentage(0.5));
      }
    }
  }

  /** The level of which a network is told so, by halving. */
  private static double levelOf(NoiseSchedule schedule, double told) {
    double low = 0;
    double high = 1;
    boolean rising = schedule.timestepInput(1) > schedule.timestepInput(0);
    for (int i = 0; i < 60; i++) {
      double middle = (low + high) / 2;
      if (schedule.timestepInput(middle) < told == rising) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return (low + high) / 2;
  }

  @Test
  void imagesAreFramesOfOtherClipsWithTheirCaptions() {
    LatentClips clips = clips();
    Set<Integer> seen = new HashSet<>();
    for (int seed = 0; seed < 40; seed++) {
      ClipBatch batch =
          ClipBatch.draw(
              Footage.of(clips),
              new DiffusionObjective.Cut(BATCH, CUT, 1, 0, false, 2),
              Share.WHOLE,
              new SplittableRandom(seed),
              new SplittableRandom(seed + 1000),
              new SplittableRandom(0));
      float[] x0 = Tensors.toFloats(batch.x0_BCFHW().select(4, 0).select(3, 0).select(1, 0));
      assertThat(batch.captions()).hasSize(BATCH * 3);
      for (int b = 0; b < BATCH; b++) {
        int clip = CAPTIONS.indexOf(batch.captions().get(b * 3));
        for (int f = 0; f < CUT; f++) {
          assertThat((int) x0[b * 5 + f]).as("seed %d", seed).isEqualTo(clip);
        }
        for (int i = 0; i < 2; i++) {
          int image = CAPTIONS.indexOf(batch.captions().get(b * 3 + 1 + i));
          assertThat((int) (x0[b * 5 + CUT + i] + 0.01f)).as("seed %d", seed).isEqualTo(image);
          assertThat(image).as("seed %d", seed).isNotEqualTo(clip);
          seen.add(image);
        }
      }
    }
    assertThat(seen).hasSize(CLIPS);
  }

  /** The network predicts 0 for x0: the loss is the mean of x0 squared, images and clips alike. */
  @Test
  void theLossIsTheMeanOverAll() {
    Map<String, Double> result = new TreeMap<>();
    Witness unused = asked(3, 2, 0, 0, result);
    ClipBatch batch =
        ClipBatch.draw(
            Footage.of(clips()),
            new DiffusionObjective.Cut(BATCH, CUT, 1, 0, false, 2),
            Share.WHOLE,
            new SplittableRandom(new TrainingStep(3, 0, 0, 1).random().key("batch")),
            new SplittableRandom(new TrainingStep(3, 0, 0, 1).random().key("images")),
            new SplittableRandom(0));
    double mean = 0;
    float[] x0 = Tensors.toFloats(batch.x0_BCFHW());
    for (float x : x0) {
      mean += x * x / x0.length;
    }
    assertThat(result.get("loss")).isCloseTo(mean, within(1e-5));
  }
}
