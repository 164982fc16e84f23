package io.zoetrope.pipeline.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.diffusion.PromptCues;
import io.zoetrope.error.UserError;
import io.zoetrope.media.Frame;
import io.zoetrope.pipeline.Engine;
import io.zoetrope.pipeline.TinyModel;
import io.zoetrope.pipeline.family.ModelChoice;
import io.zoetrope.pipeline.model.VideoModel;
import io.zoetrope.pipeline.model.VideoRequest;
import io.zoetrope.progress.Progress;
import io.zoetrope.torch.RandomStream;
import io.zoetrope.torch.RandomStreams;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RollTest {
  private static final List<List<String>> ONE = List.of(List.of("a red ball"));

  private VideoModel model;
  private Engine engine;

  @BeforeAll
  void load(@TempDir Path folder) {
    model = VideoModel.load(ModelChoice.of(TinyModel.write(folder.resolve("model")), "f32"));
    engine = new Engine(model);
  }

  @AfterAll
  void close() {
    model.close();
  }

  private static Roll plain(int context) {
    return new Roll(PromptCues.single(), ONE, context, Optional.empty());
  }

  private List<byte[]> frames(Roll roll, String sampler, long frames, long... seeds) {
    List<VideoRequest> requests = new ArrayList<>();
    for (long seed : seeds) {
      requests.add(TinyModel.request(seed, 4, 4, sampler));
    }
    List<byte[]> out = new ArrayList<>();
    roll.latents(
        engine, requests, frames, (number, z) -> out.add(Tensors.toBytes(z)), Progress.NONE);
    return out;
  }

  @ParameterizedTest
  @FieldSource("io.zoetrope.pipeline.schedule.Samplers#NAMES")
  void aShorterVideoIsTheBeginningOfALongerOne(String sampler) {
    List<byte[]> few = frames(plain(1), sampler, 3, 1);
    List<byte[]> many = frames(plain(1), sampler, 6, 1);
    assertThat(few).hasSize(3);
    assertThat(many).hasSize(6);
    for (int f = 0; f < 3; f++) {
      assertThat(many.get(f)).isEqualTo(few.get(f));
    }
    assertThat(frames(plain(1), sampler, 3, 2).get(0)).isNotEqualTo(few.get(0));
  }

  @Test
  void severalAtOnce() {
    byte[] both = frames(plain(0), "ancestral", 3, 1, 2).get(2);
    float[] together = Scopes.value(() -> Tensors.toFloats(Tensors.ofBytes(both, both.length)));
    assertThat(together).hasSize(2 * 4 * 4 * 4 * 4);
    assertThat(frames(plain(0), "ancestral", 3, 1).get(2)).hasSize(both.length / 2);
  }

  @Test
  void promptsChangeOnTheWayAndNotBefore() {
    List<List<String>> two = List.of(List.of("a red ball", "a blue ball"));
    List<byte[]> red = frames(plain(0), "ddim", 12, 1);
    List<byte[]> travel =
        frames(
            new Roll(new PromptCues(List.of(0L, 8L), 2), two, 0, Optional.empty()), "ddim", 12, 1);
    // The first blended frame is 7; it comes into the window of 4 when frame 4 is at its head.
    for (int f = 0; f < 4; f++) {
      assertThat(travel.get(f)).as("frame %d", f).isEqualTo(red.get(f));
    }
    assertThat(travel.get(7)).isNotEqualTo(red.get(7));
    assertThat(travel.get(11)).isNotEqualTo(red.get(11));
  }

  @Test
  void beginsWithWhatIsGiven() {
    Scopes.run(() -> {
      Tensor image;
      try (RandomStream stream = new RandomStreams(4).stream("content")) {
        image = stream.normal(1, 4, 1, 4, 4);
      }
      Roll roll = new Roll(PromptCues.single(), ONE, 2, Optional.of(image));
      List<byte[]> out = frames(roll, "flow-euler", 4, 1);
      assertThat(out.get(0)).isEqualTo(Tensors.toBytes(image));
      assertThat(out.get(1)).isNotEqualTo(frames(plain(2), "flow-euler", 4, 1).get(0));
    });
  }

  @Test
  void handsOverFramesOfPixelsWithFlatMemory() {
    long[] handles = new long[2];
    List<Frame> last = new ArrayList<>();
    int[] count = new int[1];
    plain(1)
        .run(
            engine,
            TinyModel.request(1, 4, 4, "dpm++2m"),
            80,
            frame -> {
              last.clear();
              last.add(frame);
              count[0]++;
              if (count[0] == 10 || count[0] == 80) {
                System.gc();
                handles[count[0] == 10 ? 0 : 1] = Pointer.totalCount();
              }
            },
            Progress.NONE);
    assertThat(count[0]).isEqualTo(80);
    assertThat(last.getFirst().width()).isEqualTo(16);
    assertThat(handles[1]).as("native objects").isLessThanOrEqualTo(handles[0] + 10);
  }

  @Test
  void whatCannotBeIsRefusedInOneLine() {
    Scopes.run(() -> {
      refused(plain(3), 4, "a window of 4 frames has 0 to 2 of the past, not 3");
      refused(plain(-1), 4, "not -1");
      refused(plain(0), 0, "a video has at least 1 frame, not 0");
      Tensor two = Tensors.zeros(1, 4, 2, 4, 4);
      refused(
          new Roll(PromptCues.single(), ONE, 1, Optional.of(two)),
          4,
          "2 frames to begin with need a context of as many, not 1");
    });
  }

  private void refused(Roll roll, long frames, String message) {
    assertThatThrownBy(() -> frames(roll, "ddim", frames, 1))
        .isInstanceOf(UserError.class)
        .hasMessageContaining(message);
  }
}
