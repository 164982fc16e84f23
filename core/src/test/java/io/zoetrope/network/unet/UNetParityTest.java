package io.zoetrope.network.unet;

import static io.zoetrope.network.unet.Reference.conditioning;
import static io.zoetrope.network.unet.Reference.eachItsText;
import static org.assertj.core.api.Assertions.assertThat;

import io.zoetrope.Parity;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The image network against UNet2DConditionModel of diffusers. */
class UNetParityTest {
  @ParameterizedTest
  @ValueSource(strings = {"unet/sd1", "unet/sd2"})
  void rowsOfABatchAreClipsOfOneFrame(String fixture) {
    try (Reference reference = Reference.of(fixture)) {
      Parity parity = reference.parity();
      Scopes.run(() -> {
        UNet unet = reference.unet();
        Tensor z = parity.get("sample").unsqueeze(2);
        Tensor t = parity.get("timestep").unsqueeze(1);
        Tensor y = unet.predict(z, t, conditioning(parity));
        parity.check("out", y.squeeze(2));
        Tensor one = unet.predict(z, Tensors.full(501, z.size(0), 1), conditioning(parity));
        parity.check("out.one", one.squeeze(2));
      });
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"unet/sd1", "unet/sd2"})
  void framesOfOneClipHaveTextsAndLevelsOfTheirOwn(String fixture) {
    try (Reference reference = Reference.of(fixture)) {
      Parity parity = reference.parity();
      Scopes.run(() -> {
        Tensor z = parity.get("sample").transpose(0, 1).unsqueeze(0);
        Tensor t = parity.get("timestep").unsqueeze(0);
        Tensor y = reference.unet().predict(z, t, eachItsText(parity));
        parity.check("out", y.squeeze(0).transpose(0, 1));
      });
    }
  }

  @Test
  void optionsMeanWhatTheyMeanThere() {
    try (Reference reference = Reference.of("unet/sd2")) {
      UNetConfig config = reference.config();
      assertThat(config.heads()).isEqualTo(List.of(1, 0));
      assertThat(config.midHeads()).isEqualTo(4);
      assertThat(config.channels()).isEqualTo(9);
      assertThat(config.style().eps()).isEqualTo(1e-6);
      assertThat(config.style().linearProjection()).isTrue();
    }
  }
}
