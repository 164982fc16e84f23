package io.zoetrope.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;

class FrameTensorsTest {
  /** All 256 levels of each channel, in two frames. */
  private static Video levels() {
    List<Frame> frames = new ArrayList<>();
    for (int f = 0; f < 2; f++) {
      byte[] rgb = new byte[16 * 16 * 3];
      for (int i = 0; i < 256; i++) {
        rgb[3 * i] = (byte) i;
        rgb[3 * i + 1] = (byte) (255 - i);
        rgb[3 * i + 2] = (byte) (i ^ (f * 0x55));
      }
      frames.add(new Frame(16, 16, rgb));
    }
    return new Video(frames, 8);
  }

  @Test
  void everyLevelComesBack() {
    Video video = levels();
    Scopes.run(() -> {
      Tensor t = FrameTensors.toTensor(video);
      assertThat(Tensors.shape(t)).containsExactly(3, 2, 16, 16);
      float[] values = Tensors.toFloats(t);
      assertThat(values[0]).isEqualTo(-1f);
      assertThat(values[255]).isEqualTo(1f);
      assertThat(values[2 * 256]).as("green of frame 0, first pixel").isEqualTo(1f);
      Video back = FrameTensors.toVideo(t, 8);
      for (int f = 0; f < 2; f++) {
        assertThat(back.frames().get(f).rgb()).isEqualTo(video.frames().get(f).rgb());
      }
    });
  }

  @Test
  void outOfRangeIsClampedAndTheRestRounded() {
    float[] v = {-7f, -1f, -0.9999f, 0f, 0.0041f, 1f, 42f, Float.NaN, Float.POSITIVE_INFINITY};
    float[] all = new float[27];
    System.arraycopy(v, 0, all, 0, 9);
    Scopes.run(() -> {
      Video video = FrameTensors.toVideo(Tensors.of(all, 3, 1, 3, 3), 8);
      byte[] rgb = video.frames().getFirst().rgb();
      int[] red = new int[9];
      for (int i = 0; i < 9; i++) {
        red[i] = rgb[3 * i] & 0xff;
      }
      assertThat(red).containsExactly(0, 0, 0, 128, 128, 255, 255, 0, 255);
    });
  }

  @Test
  void otherDtypesAndLayouts() {
    Scopes.run(() -> {
      Tensor t = FrameTensors.toTensor(levels());
      Video turned = FrameTensors.toVideo(t.transpose(2, 3).to(ScalarType.Double), 8);
      assertThat(TestClips.pixel(turned.frames().getFirst(), 0, 1)[0]).isEqualTo(1);
      assertThatThrownBy(() -> FrameTensors.toVideo(t.narrow(0, 0, 1), 8))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> FrameTensors.toVideo(t.unsqueeze(0), 8))
          .isInstanceOf(IllegalArgumentException.class);
    });
  }
}
