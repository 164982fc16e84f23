package io.zoetrope.network.vision;

import static org.assertj.core.api.Assertions.assertThat;

import io.zoetrope.Parity;
import io.zoetrope.media.CentreSquare;
import io.zoetrope.media.Frame;
import io.zoetrope.media.FrameTensors;
import io.zoetrope.media.Video;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pictures as the reference shows them to CLIP. */
class CentreSquareParityTest {
  @ParameterizedTest
  @ValueSource(strings = {"wide", "tall", "large", "same"})
  void parity(String name) {
    Scopes.run(() -> {
      try (Parity fixture = Parity.of("clip_vision/pictures")) {
        Tensor rgb = fixture.get(name + ".rgb");
        Frame frame = new Frame((int) rgb.size(1), (int) rgb.size(0), bytes(rgb));
        Frame square = CentreSquare.of(frame, 28);
        assertThat(square.rgb()).isEqualTo(bytes(fixture.get(name + ".pillow")));
        Tensor x = FrameTensors.toTensor(new Video(List.of(square), 1)).permute(1, 0, 2, 3);
        Tensor shown = ClipVisionModel.normalised(Ops.mul(Ops.add(x, 1), 0.5));
        fixture.check(name + ".shown", shown);
      }
    });
  }

  private static byte[] bytes(Tensor x) {
    long[] all = Tensors.toLongs(x.to(ScalarType.Long).flatten());
    byte[] bytes = new byte[all.length];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) all[i];
    }
    return bytes;
  }
}
