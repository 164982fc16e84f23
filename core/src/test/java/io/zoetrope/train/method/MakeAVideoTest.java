package io.zoetrope.train.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.checkpoint.Component;
import io.zoetrope.error.UserError;
import io.zoetrope.media.Frame;
import io.zoetrope.media.OutputFormat;
import io.zoetrope.media.Video;
import io.zoetrope.media.VideoWriter;
import io.zoetrope.media.WriteOptions;
import io.zoetrope.network.classifier.ClassifierConfig;
import io.zoetrope.network.classifier.VideoClassifier;
import io.zoetrope.nn.ParameterStore;
import io.zoetrope.pipeline.cascade.Cascade;
import io.zoetrope.pipeline.cascade.CascadeRun;
import io.zoetrope.pipeline.cascade.Handed;
import io.zoetrope.pipeline.order.CascadeSpec;
import io.zoetrope.pipeline.order.EmbeddingFile;
import io.zoetrope.pipeline.order.FrameSink;
import io.zoetrope.pipeline.order.GenerateSpec;
import io.zoetrope.pipeline.order.ModelRef;
import io.zoetrope.pipeline.order.Shot;
import io.zoetrope.pipeline.order.SourceRef;
import io.zoetrope.pipeline.order.Sources;
import io.zoetrope.pipeline.order.Studio;
import io.zoetrope.pipeline.order.TaskSpec;
import io.zoetrope.pipeline.order.Tuning;
import io.zoetrope.pipeline.order.VideoOrder;
import io.zoetrope.pipeline.order.Wish;
import io.zoetrope.progress.Progress;
import io.zoetrope.torch.Precision;
import io.zoetrope.torch.RandomStreams;
import io.zoetrope.train.TrainingListener;
import io.zoetrope.train.objective.ToyboxLabels;
import io.zoetrope.train.run.TrainingRun;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The whole of Make-A-Video on tiny weights: prior, decoder, frames between, super-resolution. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MakeAVideoTest {
  private static final String CHAIN =
      """
      stages:
        - {model: runs/p/model, bridge: {kind: prior}, steps: 3}
        - {model: runs/alone/model, bridge: {kind: embedding}, frames: 2, rate: 4, steps: 2}
        - {model: runs/between/model, bridge: {kind: masked, times: 2, overlap: 1}, guidance: 1}
        - model: runs/sr/model
          bridge: {kind: enlarge, overlap: 1}
          snr: 5
          noise: one
          size: {width: 64, height: 64}
          guidance: 1
      """;

  private Path folder = Path.of("");

  @BeforeAll
  void train(@TempDir Path shared) {
    folder = shared;
    ClassifierConfig config = ClassifierConfig.size("tiny").withHeads(ToyboxLabels.heads());
    try (ParameterStore store =
        ParameterStore.forTraining(Map.of(), new RandomStreams(4), Precision.F32)) {
      VideoClassifier unused = new VideoClassifier(config, store.root());
      Component.encoder(folder.resolve("classifier"))
          .write(config, store.parameters(), ScalarType.Float);
    }
    run("p", 32, "kind: prior, classifier: HERE/classifier, heads: 2, blocks: 1");
    String unet =
        "kind: diffusion, network: unet-tiny-pixels, inflation: make-a-video, autoencoder: none";
    run("whole", 32, unet + ", embedding: {classifier: HERE/classifier, prior: HERE/runs/p}");
    run("alone", 32, unet + ", embedding: {classifier: HERE/classifier}, micro: {kinds: [rate]}");
    run(
        "between",
        32,
        unet + ", words: false, perFrame: 0.0, micro: {kinds: [rate]}, beside: {kind: known}");
    run("sr", 64, unet + ", words: false, perFrame: 0.0, beside: {kind: smaller}");
    run("words", 32, unet);
  }

  private void run(String name, int side, String objective) {
    String text =
        """
        {name: %s, seed: 3, steps: 4, batch: 2, precision: f32, ema: 0.0,
         optimizer: {lr: 1e-2}, sample: {every: 9}, checkpoint: {every: 9},
         data: {kind: toybox, width: %s, height: %s, frames: 3}, objective: {%s, clips: 4}}
        """
            .formatted(name, side, side, objective.replace("HERE", folder.toString()));
    TrainingRun.run(
        Methods.ALL.parse(name, text, List.of()),
        text,
        folder.resolve("runs"),
        false,
        TrainingListener.NONE);
  }

  /** Keeps frames, and what stages hand on as the command does. */
  private static final class Kept implements FrameSink {
    private final Path at;
    private final List<Frame> frames = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();
    private double fps;

    Kept(Path at) {
      this.at = at;
    }

    @Override
    public void begin(Shot shot) {
      fps = shot.request().fps();
    }

    @Override
    public void note(String line) {
      notes.add(line);
    }

    @Override
    public void frame(Frame frame) {
      frames.add(frame);
    }

    @Override
    public CascadeRun.Watch watch() {
      return new CascadeRun.Watch() {
        @Override
        public void made(int number, Handed handed) {
          switch (handed) {
            case Handed.Film(Video video) -> {
              WriteOptions options = WriteOptions.at(video.fps());
              try (VideoWriter out =
                  VideoWriter.open(
                      at.resolve("stage-" + number),
                      OutputFormat.PNG_FOLDER,
                      video.width(),
                      video.height(),
                      options)) {
                video.frames().forEach(out::write);
                out.commit();
              }
            }
            case Handed.Embedding(Tensor e_1E) ->
                EmbeddingFile.write(at.resolve("stage-1.safetensors"), e_1E);
          }
        }
      };
    }

    List<String> bytes() {
      return frames.stream().map(frame -> Arrays.toString(frame.rgb())).toList();
    }
  }

  private Kept make(TaskSpec task, ModelRef model, Path kept) {
    Kept sink = new Kept(kept);
    VideoOrder order =
        new VideoOrder(
            task,
            Wish.of("a red ball moves right").withSeed(3),
            model.withDtype("f32"),
            Tuning.NONE);
    Studio.make(order, Sources.in(folder), sink, Progress.NONE);
    return sink;
  }

  private Kept make(String cascade, Path kept) {
    TaskSpec task = CascadeSpec.of(Cascade.parse("c.json", cascade), Optional.empty());
    return make(task, ModelRef.of("runs/whole/model"), kept);
  }

  @Test
  void theChainRunsAndEachStageAloneMakesTheSame(@TempDir Path kept) {
    Kept whole = make(CHAIN, kept);
    assertThat(whole.frames).hasSize(3);
    assertThat(whole.notes).noneMatch(line -> line.contains("reads no words"));
    assertThat(whole.frames.getFirst().width()).isEqualTo(64);
    assertThat(whole.fps).isEqualTo(8);
    Cascade chain = Cascade.parse("c.json", CHAIN);
    for (int from = 2; from <= 4; from++) {
      Path before = kept.resolve(from == 2 ? "stage-1.safetensors" : "stage-" + (from - 1));
      TaskSpec rest =
          new CascadeSpec(chain, from, Optional.empty(), Optional.of(SourceRef.of(before)));
      assertThat(make(rest, ModelRef.of("runs/whole/model"), kept).bytes())
          .as("from stage %d", from)
          .isEqualTo(whole.bytes());
    }
  }

  /** What a decoder that has its prior in its folder makes of the same words. */
  @Test
  void aPriorAsAStageIsThePriorWithin(@TempDir Path kept) {
    Kept cascade =
        make(
            """
            stages:
              - {bridge: {kind: prior}}
              - {bridge: {kind: embedding}}
            """,
            kept);
    Kept within = make(GenerateSpec.usual(), ModelRef.of("runs/whole/model"), kept);
    assertThat(cascade.bytes()).isEqualTo(within.bytes());
    Kept apart =
        make(
            """
            stages:
              - {model: runs/p/model, bridge: {kind: prior}}
              - {model: runs/whole/model, bridge: {kind: embedding}}
            """,
            kept);
    assertThat(apart.bytes()).isEqualTo(within.bytes());
  }

  /** A decoder is told its rate: another rate is another video. */
  @Test
  void theRateIsTold(@TempDir Path kept) {
    String slow =
        "stages: [{model: runs/p/model, bridge: {kind: prior}}, {model: runs/alone/model, bridge: {kind: embedding}, rate: 2}]";
    assertThat(make(slow.replace("rate: 2", "rate: 8"), kept).bytes())
        .isNotEqualTo(make(slow, kept).bytes());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          [{model: runs/words/model, bridge: {kind: prior}}, {bridge: {kind: embedding}}]                  | stage 1: HERE/runs/words/model has no prior
          [{bridge: {kind: prior}}, {model: runs/words/model, bridge: {kind: embedding}}]                  | stage 2: its model is told no embedding
          [{model: runs/p/model, bridge: {kind: prior}}, {bridge: {kind: embedding}}]                      | stage 2: HERE/runs/p/model is a prior, which makes no video
          [{model: runs/p/model}]                                                                          | stage 1: HERE/runs/p/model is a prior, which makes no video
          [{bridge: {kind: prior}}]                                                                        | stage 1 makes an embedding and no video
          [{model: runs/alone/model}]                                                                      | has no prior that makes one of a text
          [{bridge: {kind: embedding}}]                                                                    | stage 1 begins with an embedding: give one
          """)
  void whatDoesNotFitIsOneLine(String stages, String said, @TempDir Path kept) {
    assertThatThrownBy(() -> make("stages: " + stages, kept))
        .isInstanceOf(UserError.class)
        .hasMessageContaining(said.replace("HERE", folder.toString()))
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n"));
  }

  @Test
  void whatIsNoEmbeddingIsSaidFirst(@TempDir Path kept) throws Exception {
    Path text = Files.writeString(kept.resolve("text.safetensors"), "nothing");
    Cascade chain = Cascade.parse("c.json", CHAIN);
    TaskSpec task = new CascadeSpec(chain, 2, Optional.empty(), Optional.of(SourceRef.of(text)));
    assertThatThrownBy(() -> make(task, ModelRef.of("runs/whole/model"), kept))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("text.safetensors");
    assertThatThrownBy(() -> new CascadeSpec(chain, 1, Optional.of(1), Optional.empty()))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("stage 1 makes an embedding and no video");
  }

  @Test
  void wordsAreLeftOutOnlyWhereThereAreAny() {
    String diffusion =
        "kind: diffusion, network: unet-tiny-pixels, autoencoder: none, words: false";
    assertThatThrownBy(
            () -> run("bad", 32, diffusion + ", embedding: {classifier: HERE/classifier}"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("leave words out");
    assertThatThrownBy(() -> run("bad", 32, diffusion.replace("unet-tiny-pixels", "tiny")))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("only U-Nets are made without text, not 'tiny'");
  }
}
