package io.zoetrope.pipeline.order;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.error.UserError;
import io.zoetrope.media.Frame;
import io.zoetrope.media.OutputFormat;
import io.zoetrope.media.Video;
import io.zoetrope.media.VideoWriter;
import io.zoetrope.media.WriteOptions;
import io.zoetrope.pipeline.TinyModel;
import io.zoetrope.pipeline.cascade.Cascade;
import io.zoetrope.pipeline.cascade.CascadeRun;
import io.zoetrope.pipeline.cascade.Handed;
import io.zoetrope.pipeline.family.ModelChoice;
import io.zoetrope.pipeline.model.VideoModel;
import io.zoetrope.progress.Progress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Orders for cascades: of which models are lent one after another, and whose parts run alone. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CascadeSpecTest {
  /** Two stages of a kind: the noise of the second is told from the first's by its place. */
  private static final Cascade THREE =
      Cascade.parse(
          "three",
          """
          stages:
            - {steps: 2, frames: 4}
            - {model: other, bridge: {kind: start-noise, strength: 0.6, overlap: 1}}
            - model: model
              bridge: {kind: start-noise, strength: 0.5, overlap: 1}
              size: {width: 32, height: 32}
          """);

  private Path folder = Path.of("");

  @BeforeAll
  void furnish(@TempDir Path shared) {
    folder = shared;
    TinyModel.write(folder.resolve("model"));
    TinyModel.writeSilent(folder.resolve("other"));
  }

  /** Counts what is lent. */
  private static final class Counting implements Sources {
    private final Sources sources;
    private final List<String> log = new ArrayList<>();
    private int lent;
    private int most;

    Counting(Path folder) {
      sources = Sources.in(folder);
    }

    @Override
    public Path model(String name) {
      return sources.model(name);
    }

    @Override
    public Path file(String path) {
      return sources.file(path);
    }

    @Override
    public VideoModel lend(ModelChoice choice, Progress progress) {
      log.add(String.valueOf(choice.model().getFileName()));
      most = Math.max(most, ++lent);
      return sources.lend(choice, progress);
    }

    @Override
    public void giveBack(VideoModel model) {
      lent--;
      sources.giveBack(model);
    }
  }

  /** Keeps frames, and what stages made as folders of PNGs. */
  private static final class Frames implements FrameSink {
    private final Path folder;
    private final List<Frame> frames = new ArrayList<>();

    Frames(Path folder) {
      this.folder = folder;
    }

    @Override
    public void begin(Shot shot) {
      frames.clear();
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
          Video video = ((Handed.Film) handed).video();
          WriteOptions options = WriteOptions.at(video.fps());
          try (VideoWriter out =
              VideoWriter.open(
                  folder.resolve("stage-" + number),
                  OutputFormat.PNG_FOLDER,
                  video.width(),
                  video.height(),
                  options)) {
            video.frames().forEach(out::write);
            out.commit();
          }
        }
      };
    }

    List<byte[]> bytes() {
      return frames.stream().map(Frame::rgb).toList();
    }
  }

  private VideoOrder order(TaskSpec spec) {
    return new VideoOrder(
        spec, Wish.of("a red ball").withSeed(3), ModelRef.of("model"), Tuning.NONE);
  }

  private List<byte[]> make(TaskSpec spec, Sources sources, Path kept) {
    Frames frames = new Frames(kept);
    Studio.make(order(spec), sources, frames, Progress.NONE);
    return frames.bytes();
  }

  @Test
  void oneModelIsThereAtATime(@TempDir Path kept) {
    Counting sources = new Counting(folder);
    make(CascadeSpec.of(THREE, Optional.empty()), sources, kept);
    assertThat(sources.log).containsExactly("model", "other", "model");
    assertThat(sources.most).isEqualTo(1);
    assertThat(sources.lent).isZero();
  }

  @Test
  void aStageAloneMakesWhatItMakesInTheChain(@TempDir Path kept) {
    Counting sources = new Counting(folder);
    List<byte[]> whole = make(CascadeSpec.of(THREE, Optional.empty()), sources, kept);
    for (int from = 2; from <= 3; from++) {
      SourceRef before = SourceRef.of(kept.resolve("stage-" + (from - 1)));
      TaskSpec rest = new CascadeSpec(THREE, from, Optional.empty(), Optional.of(before));
      List<byte[]> alone = make(rest, sources, kept);
      assertThat(alone).as("from stage %d", from).hasSameSizeAs(whole);
      for (int i = 0; i < whole.size(); i++) {
        assertThat(alone.get(i)).as("from stage %d, frame %d", from, i).isEqualTo(whole.get(i));
      }
    }
    List<byte[]> second =
        make(
            new CascadeSpec(
                THREE, 2, Optional.of(2), Optional.of(SourceRef.of(kept.resolve("stage-1")))),
            sources,
            kept);
    assertThat(second.getFirst()).hasSize(16 * 16 * 3);
  }

  /** What only models know is said before any is loaded, with the stage that has it. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          stages: [{}, {model: nobody, bridge: {kind: masked}}] | stage 2: there is no model 'nobody'
          stages: [{model: nobody}] | stage 1: there is no model 'nobody'
          stages: [{}, {bridge: {kind: enlarge}, size: {width: 32, height: 16}}, {bridge: {kind: masked}, size: {width: 32, height: 16}, frames: 4}] | stage 3: 31 frames are made in windows of 4
          stages: [{}, {bridge: {kind: enlarge}, size: {width: 34, height: 32}}] | stage 2: its model makes sizes that are multiples of 4, not 34x32
          stages: [{size: {width: 32, height: 32}}, {}] | stage 2 has the bridge none
          stages: [{rate: 200}, {bridge: {kind: masked}}] | fps must be above 0 and at most 240, not 400.0
          stages: [{}, {bridge: {kind: repeat}}] | stage 2: its model sees nothing beside its video
          stages: [{}, {bridge: {kind: enlarge}, augmentation: 0.2, size: {width: 32, height: 32}}] | stage 2: its model sees nothing beside its video that could be noised
          """)
  void whatDoesNotFitIsSaidFirst(String text, String said) {
    Counting sources = new Counting(folder);
    assertThatThrownBy(() ->
            make(CascadeSpec.of(Cascade.parse("c.json", text), Optional.empty()), sources, folder))
        .isInstanceOf(UserError.class)
        .hasMessageContaining(said)
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n"));
    assertThat(sources.most).as("models that were loaded").isLessThanOrEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          2 | 3 | false | stage 2 begins with a video: give one
          1 | 3 | true  | begins from words: leave the video out
          4 | 4 | false | from must be 1 to 3, is 4
          2 | 1 | true  | to must be 2 to 3, is 1
          """)
  void partsThatAreNoneAreRefused(int from, int to, boolean video, String said) {
    Optional<SourceRef> given =
        video ? Optional.of(SourceRef.of(Path.of("ball"))) : Optional.empty();
    assertThatThrownBy(() -> new CascadeSpec(THREE, from, Optional.of(to), given))
        .isInstanceOf(UserError.class)
        .hasMessageContaining(said);
  }

  @Test
  void whatStagesSayIsNotWishedFor() {
    TaskSpec spec = CascadeSpec.of(THREE, Optional.empty());
    assertThatThrownBy(() ->
            new VideoOrder(spec, Wish.of("a").withFrames(9), ModelRef.of("model"), Tuning.NONE))
        .hasMessageContaining("says its own frames");
    Cascade named = THREE.naming(name -> name);
    Cascade all =
        new Cascade(
            List.of(
                Cascade.parse("c", "stages: [{model: other}]").stages().getFirst(),
                named.stages().get(2)));
    ModelRef tuned = ModelRef.of("model").withVariant(Optional.of("fp16"));
    assertThatThrownBy(() ->
            new VideoOrder(CascadeSpec.of(all, Optional.empty()), Wish.of("a"), tuned, Tuning.NONE))
        .hasMessageContaining("every stage names its model");
  }
}
