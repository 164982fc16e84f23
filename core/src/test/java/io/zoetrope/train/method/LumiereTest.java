package io.zoetrope.train.method;

import static org.assertj.core.api.Assertions.assertThat;

import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.media.Video;
import io.zoetrope.pipeline.Engine;
import io.zoetrope.pipeline.cascade.Cascade;
import io.zoetrope.pipeline.cascade.CascadeRun;
import io.zoetrope.pipeline.cascade.Handed;
import io.zoetrope.pipeline.family.ModelChoice;
import io.zoetrope.pipeline.model.VideoModel;
import io.zoetrope.pipeline.model.VideoRequest;
import io.zoetrope.progress.Progress;
import io.zoetrope.torch.RandomStream;
import io.zoetrope.torch.RandomStreams;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import io.zoetrope.train.TrainingListener;
import io.zoetrope.train.run.TrainingRun;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Lumiere from an image model to its chain, on tiny weights. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LumiereTest {
  /** A rate at which nothing is learned: models are as they start. */
  private static final String STANDING = "1e-12";

  private Path folder = Path.of("");

  @BeforeAll
  void train(@TempDir Path shared) {
    folder = shared;
    run("images", 16, "1e-2", "inflation: lumiere, temporal: false, cut: 1");
    run("start", 16, STANDING, "inflation: lumiere, init: HERE/runs/images");
    run("known", 16, STANDING, "inflation: stunet, init: HERE/runs/start, beside: {kind: known}");
    run("tuned", 16, "1e-2", "inflation: lumiere, init: HERE/runs/start, beside: {kind: known}");
    run("ssr", 32, "1e-2", "inflation: stunet, beside: {kind: smaller}");
  }

  private void run(String name, int side, String rate, String objective) {
    String text =
        """
        {name: %s, seed: 3, steps: 3, batch: 2, precision: f32, ema: 0.0,
         optimizer: {lr: %s}, sample: {every: 9}, checkpoint: {every: 9},
         data: {kind: toybox, width: %s, height: %s, frames: 4},
         objective: {kind: diffusion, network: unet-tiny-pixels, autoencoder: none, prediction: v,
          perFrame: 0.0, clips: 4, levels: {kind: uniform}, %s}}
        """
            .formatted(name, rate, side, side, objective.replace("HERE", folder.toString()));
    TrainingRun.run(
        Methods.ALL.parse(name, text, List.of()),
        text,
        folder.resolve("runs"),
        false,
        TrainingListener.NONE);
  }

  private VideoModel load(String name) {
    return VideoModel.load(
        ModelChoice.of(folder.resolve("runs").resolve(name).resolve("model"), "f32"));
  }

  private static Tensor normal(String name, long... shape) {
    try (RandomStream stream = new RandomStreams(7).stream(name)) {
      return stream.normal(shape);
    }
  }

  private static Tensor asked(VideoModel model, Tensor z, Optional<Tensor> beside) {
    Tensor t_BF = Tensors.full(400, 1, z.size(2));
    Conditioning told = model.condition(List.of("a red ball"));
    Tensor seen = beside.map(b -> Tensors.cat(List.of(z, b), 1)).orElse(z);
    return Scopes.noGrad(() -> model.network().predict(seen, t_BF, told));
  }

  private static Tensor frames(Tensor z, long... which) {
    return z.index_select(2, Tensors.of(which, which.length));
  }

  private static double apart(Tensor a, Tensor b) {
    return a.sub(b).abs().max().item_double();
  }

  /** Of frames in pairs it says what the image network says of each; of others it does not. */
  @Test
  void theStartIsTheImageNetworkOfEverySecondFrameRepeated() {
    try (VideoModel image = load("images");
        VideoModel start = load("start")) {
      Scopes.run(() -> {
        Tensor four = normal("z", 1, 3, 4, 16, 16);
        Tensor pairs = frames(four, 0, 0, 2, 2);
        List<Tensor> each = new ArrayList<>();
        for (int f = 0; f < 4; f++) {
          each.add(asked(image, pairs.narrow(2, f, 1).contiguous(), Optional.empty()));
        }
        Tensor wanted = Tensors.cat(each, 2);
        assertThat(apart(asked(start, pairs, Optional.empty()), wanted)).isLessThan(1e-5);
        assertThat(apart(asked(start, four, Optional.empty()), wanted)).isGreaterThan(1e-3);
        // The image network answered something.
        assertThat(wanted.abs().max().item_double()).isGreaterThan(1e-3);
      });
    }
  }

  /** Seven channels come in, of which the last four count for nothing until they are learned. */
  @Test
  void whatIsKnownBeginsAsNothingAndIsLearnedAlsoWhereTheImageNetworkStays() {
    try (VideoModel start = load("start");
        VideoModel known = load("known");
        VideoModel tuned = load("tuned")) {
      assertThat(known.network().config().takes()).isEqualTo(7);
      Scopes.run(() -> {
        Tensor z = normal("z", 1, 3, 4, 16, 16);
        Tensor some = normal("beside", 1, 4, 4, 16, 16);
        Tensor none = Tensors.zeros(1, 4, 4, 16, 16);
        Tensor plain = asked(start, z, Optional.empty());
        assertThat(apart(asked(known, z, Optional.of(some)), plain)).isLessThan(1e-5);
        assertThat(apart(asked(tuned, z, Optional.of(some)), asked(tuned, z, Optional.of(none))))
            .isGreaterThan(1e-3);
      });
    }
  }

  @Test
  void theChainRunsInWindowsThatOverlapByTwo() {
    Cascade chain =
        Cascade.parse(
            "c",
            """
            stages:
              - {model: start, frames: 8}
              - model: ssr
                bridge: {kind: enlarge}
                size: {width: 32, height: 32}
                windows: {frames: 4, overlap: 2}
                guidance: 1
            """);
    VideoRequest asked = new VideoRequest("a red ball", "", 3, 16, 16, 8, 8, 2, 1, "ddim");
    try (VideoModel start = load("start");
        VideoModel ssr = load("ssr")) {
      List<Video> small = new ArrayList<>();
      CascadeRun.Models models =
          name -> new Engine(name.orElseThrow().equals("start") ? start : ssr);
      CascadeRun.Watch watch =
          new CascadeRun.Watch() {
            @Override
            public void made(int number, Handed handed) {
              small.add(((Handed.Film) handed).video());
            }
          };
      byte[] whole = run(new CascadeRun(models, watch), chain, asked, 0, Optional.empty());
      assertThat(whole).hasSize(3 * 8 * 32 * 32 * 4);
      Optional<Handed> before = Optional.of(new Handed.Film(small.getFirst()));
      assertThat(run(new CascadeRun(models), chain, asked, 1, before)).isEqualTo(whole);
      Cascade atOnce =
          Cascade.parse("c", chain.toJson().replaceAll("\"overlap\" : 2", "\"overlap\" : 0"));
      assertThat(run(new CascadeRun(models), atOnce, asked, 1, before)).isNotEqualTo(whole);
    }
  }

  private static byte[] run(
      CascadeRun run, Cascade chain, VideoRequest asked, int from, Optional<Handed> begun) {
    return Scopes.value(
        () -> Tensors.toBytes(run.run(chain, from, 2, asked, begun, Progress.NONE).z_1CFHW()));
  }
}
