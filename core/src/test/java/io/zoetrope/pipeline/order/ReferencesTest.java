package io.zoetrope.pipeline.order;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.zoetrope.diffusion.Course;
import io.zoetrope.error.UserError;
import io.zoetrope.media.Fit;
import io.zoetrope.media.Frame;
import io.zoetrope.media.FrameTensors;
import io.zoetrope.media.Png;
import io.zoetrope.media.Video;
import io.zoetrope.pipeline.Engine;
import io.zoetrope.pipeline.GivenVideo;
import io.zoetrope.pipeline.family.ModelChoice;
import io.zoetrope.pipeline.family.TinyWan;
import io.zoetrope.pipeline.model.Size;
import io.zoetrope.pipeline.model.VideoModel;
import io.zoetrope.pipeline.task.FromGiven;
import io.zoetrope.progress.Progress;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.Function;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pictures that models of Wan are shown, as orders say them. */
class ReferencesTest {
  private static final int FRAMES = 9;

  @TempDir Path folder;

  @BeforeEach
  void furnish() {
    Png.write(folder.resolve("cat.png"), picture(64, 48, 30));
    Png.write(folder.resolve("hat.png"), picture(40, 48, 150));
  }

  private static Frame picture(int width, int height, int level) {
    byte[] rgb = new byte[width * height * 3];
    for (int i = 0; i < rgb.length; i++) {
      rgb[i] = (byte) (level + i * i % 71);
    }
    return new Frame(width, height, rgb);
  }

  private static SourceRef ref(String name) {
    return new SourceRef(name, Optional.empty());
  }

  private Path directory(String fixture) {
    Path directory = folder.resolve(fixture);
    return Files.exists(directory) ? directory : TinyWan.directory(folder, fixture);
  }

  private VideoOrder order(TaskSpec task, String fixture, String... references) {
    ModelRef model =
        ModelRef.of(directory(fixture).toString())
            .withDtype("f32")
            .withReferences(List.of(references).stream().map(ReferencesTest::ref).toList());
    Wish wish =
        Wish.of("a red ball")
            .withSeed(3)
            .withSteps(2)
            .withFrames(FRAMES)
            .withSize(new Size(64, 48));
    return new VideoOrder(task, wish, model, Tuning.NONE);
  }

  /** What was made of an order. */
  private record Outcome(Made made, List<Frame> frames, List<String> notes) {}

  private Outcome make(VideoOrder order) {
    List<Frame> frames = new ArrayList<>();
    List<String> notes = new ArrayList<>();
    FrameSink sink =
        new FrameSink() {
          @Override
          public void begin(Shot shot) {}

          @Override
          public void frame(Frame frame) {
            frames.add(frame);
          }

          @Override
          public void note(String line) {
            notes.add(line);
          }
        };
    return new Outcome(Studio.make(order, Sources.in(folder), sink, Progress.NONE), frames, notes);
  }

  /** The frames of a task of the library, by the same model and the same request. */
  private List<Frame> direct(Outcome like, Function<Engine, FromGiven> task) {
    List<Frame> frames = new ArrayList<>();
    try (VideoModel model = VideoModel.load(ModelChoice.of(like.made.model(), "f32"))) {
      Scopes.run(() -> {
        Engine engine = Tuning.NONE.over(model);
        Tensor z = task.apply(engine).latents(engine, List.of(like.made.request()), Progress.NONE);
        frames.addAll(engine.decode(z, 16).frames());
      });
    }
    return frames;
  }

  private static Tensor pixels(Frame frame) {
    return FrameTensors.toTensor(new Video(List.of(frame), 1)).select(1, 0);
  }

  private static boolean same(List<Frame> some, List<Frame> others) {
    assertThat(some).hasSize(others.size());
    for (int i = 0; i < some.size(); i++) {
      if (!java.util.Arrays.equals(some.get(i).rgb(), others.get(i).rgb())) {
        return false;
      }
    }
    return true;
  }

  @Test
  void areShownWholeOnWhiteInTheirOrder() {
    Outcome made = make(order(GenerateSpec.usual(), "vace", "cat.png", "hat.png"));
    assertThat(made.frames).hasSize(FRAMES);
    assertThat(made.notes).contains("hat.png: 40x48 -> 64x48, whole, on white, to take from");
    GivenVideo nothing = GivenVideo.nothing(FRAMES, 48, 64);
    Frame hat = Fit.padded(picture(40, 48, 150), 64, 48, 255);
    assertThat(hat.rgb()[0]).isEqualTo((byte) 255);
    List<Tensor> pictures = List.of(pixels(picture(64, 48, 30)), pixels(hat));
    assertThat(
            same(
                made.frames,
                direct(
                    made,
                    engine ->
                        new FromGiven(nothing.withReferences(pictures), Tensors.zeros(1, 0, 1)))))
        .isTrue();
    Outcome turned = make(order(GenerateSpec.usual(), "vace", "hat.png", "cat.png"));
    assertThat(same(made.frames, turned.frames)).isFalse();
  }

  @Test
  void goWithGivenFramesAndMasks() {
    TaskSpec between = new InterpolateSpec(ref("cat.png"), ref("hat.png"), Fit.CROP);
    Outcome plain = make(order(between, "vace"));
    assertThat(same(plain.frames, make(order(between, "vace", "cat.png")).frames)).isFalse();
    TaskSpec from = new AnimateSpec(ref("cat.png"), Fit.CROP, 0, Course.WAIT, Optional.empty());
    Outcome one = make(order(from, "vace"));
    assertThat(same(one.frames, make(order(from, "vace", "hat.png")).frames)).isFalse();
  }

  @Test
  void otherModelsRefuseThemInOneLine() {
    for (String fixture : List.of("t2v", "i2v", "skyreels")) {
      TaskSpec task =
          fixture.equals("i2v")
              ? new AnimateSpec(ref("cat.png"), Fit.CROP, 0, Course.WAIT, Optional.empty())
              : GenerateSpec.usual();
      assertThatExceptionOfType(UserError.class)
          .isThrownBy(() -> make(order(task, fixture, "hat.png")))
          .withMessageContaining("shown no pictures to take something from")
          .matches(e -> String.valueOf(e.getMessage()).lines().count() == 1);
    }
  }

  @Test
  void aMissingOneIsToldBeforeAnythingIsLoaded() {
    VideoOrder order = order(GenerateSpec.usual(), "vace", "dog.png");
    assertThatExceptionOfType(UserError.class)
        .isThrownBy(() -> make(order.withModel(order.model().named("nowhere"))))
        .withMessageContaining("dog.png");
  }

  /** Fun-InP: both pictures are shown as pixels, and the first alone is looked at. */
  @Test
  void firstAndLastPictureOfAModelThatLooksAtOne() {
    TaskSpec between = new InterpolateSpec(ref("cat.png"), ref("hat.png"), Fit.CROP);
    Outcome made = make(order(between, "i2v"));
    SequencedMap<Integer, Tensor> ends = new LinkedHashMap<>();
    Frame first = picture(64, 48, 30);
    ends.put(0, pixels(first));
    Frame last = io.zoetrope.media.Resize.cover(40, 48, 64, 48).apply(picture(40, 48, 150));
    ends.put(FRAMES - 1, pixels(last));
    assertThat(
            same(
                made.frames,
                direct(
                    made,
                    engine ->
                        new FromGiven(
                            GivenVideo.of(FRAMES, ends),
                            Scopes.noGrad(
                                () -> engine.model().readPictures(List.of(first)).tokens_PND())))))
        .isTrue();
  }
}
