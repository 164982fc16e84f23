package io.zoetrope.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.zoetrope.ChildJvm;
import io.zoetrope.diffusion.sampler.Noise;
import io.zoetrope.pipeline.family.ModelChoice;
import io.zoetrope.pipeline.model.VideoModel;
import io.zoetrope.pipeline.model.VideoRequest;
import io.zoetrope.torch.RandomStreams;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** The same seed makes the same bytes, whatever else is made beside it. */
class SameSeedTest {
  @TempDir Path folder;

  @ParameterizedTest
  @FieldSource("io.zoetrope.pipeline.schedule.Samplers#NAMES")
  void twiceInOneProcess(String sampler) {
    Path directory = TinyModel.write(folder.resolve("model"));
    VideoRequest request = TinyModel.request(5, 8, 4, sampler);
    byte[] first;
    try (VideoModel model = VideoModel.load(ModelChoice.of(directory, "f32"))) {
      first = TinyModel.latents(model, request);
      TinyModel.latents(model, TinyModel.request(6, 5, 2, "ddim"));
      assertThat(TinyModel.latents(model, request)).isEqualTo(first);
      assertThat(TinyModel.latents(model, TinyModel.request(6, 8, 4, sampler)))
          .as("another seed")
          .isNotEqualTo(first);
    }
    try (VideoModel again = VideoModel.load(ModelChoice.of(directory, "f32"))) {
      assertThat(TinyModel.latents(again, request)).as("loaded again").isEqualTo(first);
    }
  }

  @Test
  void inTwoProcesses() throws Exception {
    Path directory = TinyModel.write(folder.resolve("model"));
    byte[] here;
    try (VideoModel model = VideoModel.load(ModelChoice.of(directory, "f32"))) {
      here = TinyModel.latents(model, TinyModel.request(5));
    }
    Path file = folder.resolve("latents.bin");
    Process process = ChildJvm.of(TinyModel.class, directory, 5, file).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(output).isZero();
    assertThat(Files.readAllBytes(file)).isEqualTo(here);
  }

  /** One step of a network that predicts zero returns the noise that it began with. */
  @Test
  void aFramesNoiseDoesNotDependOnHowManyFollow() {
    try (VideoModel model =
        VideoModel.load(ModelChoice.of(TinyModel.writeSilent(folder.resolve("m")), "f32"))) {
      byte[] eight = TinyModel.latents(model, TinyModel.request(5, 8, 1, "flow-euler"));
      byte[] sixteen = TinyModel.latents(model, TinyModel.request(5, 16, 1, "flow-euler"));
      assertThat(eight).isEqualTo(start(5, 8));
      assertThat(sixteen).isEqualTo(start(5, 16));
      assertThat(frames(sixteen, 16, 8)).isEqualTo(eight);
    }
  }

  @Test
  void aClipsNoiseDoesNotDependOnItsNeighbours() {
    try (VideoModel model =
        VideoModel.load(ModelChoice.of(TinyModel.writeSilent(folder.resolve("m")), "f32"))) {
      VideoRequest one = TinyModel.request(5, 8, 1, "flow-euler");
      VideoRequest other = TinyModel.request(6, 8, 1, "flow-euler");
      byte[] alone = TinyModel.latents(model, one);
      byte[] second = TinyModel.latents(model, other, one);
      byte[] middle = TinyModel.latents(model, other, one, other);
      int clip = alone.length;
      assertThat(Arrays.copyOfRange(second, clip, 2 * clip)).isEqualTo(alone);
      assertThat(Arrays.copyOfRange(middle, clip, 2 * clip)).isEqualTo(alone);
      assertThat(Arrays.copyOfRange(middle, 2 * clip, 3 * clip))
          .isEqualTo(TinyModel.latents(model, other));
    }
  }

  /** The same to a person's eye: products of larger matrices may round otherwise. */
  @Test
  void aClipDoesNotDependOnItsNeighbours() {
    try (VideoModel model =
        VideoModel.load(ModelChoice.of(TinyModel.write(folder.resolve("model")), "f32"))) {
      VideoRequest one = TinyModel.request(5, 8, 4, "flow-euler");
      VideoRequest other = TinyModel.request(6, 8, 4, "flow-euler");
      float[] alone = floats(TinyModel.latents(model, one));
      float[] both = floats(TinyModel.latents(model, other, one));
      for (int i = 0; i < alone.length; i++) {
        assertThat(both[alone.length + i]).isCloseTo(alone[i], within(1e-3f));
      }
    }
  }

  private static float[] floats(byte[] bytes) {
    float[] out = new float[bytes.length / 4];
    ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder()).asFloatBuffer().get(out);
    return out;
  }

  /** The noise of the first clip of a seed as it is drawn: 4 channels of 4x4. */
  private static byte[] start(long seed, int frames) {
    Noise noise = new Noise(List.of(new RandomStreams(seed).child("clip", 0)), 0);
    return Scopes.value(
        () -> Tensors.toBytes(noise.normal("start", 0, Tensors.zeros(1, 4, frames, 4, 4))));
  }

  /** The first frames of latents [1, 4, all, 4, 4]. */
  private static byte[] frames(byte[] latents, int all, int first) {
    int frame = 4 * 4 * 4;
    byte[] out = new byte[4 * first * frame];
    for (int channel = 0; channel < 4; channel++) {
      System.arraycopy(latents, channel * all * frame, out, channel * first * frame, first * frame);
    }
    return out;
  }
}
