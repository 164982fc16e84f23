package io.zoetrope.pipeline.order;

import static org.assertj.core.api.Assertions.assertThat;

import io.zoetrope.Parity;
import io.zoetrope.media.Frame;
import io.zoetrope.pipeline.family.TinyStableDiffusion;
import io.zoetrope.pipeline.family.TinyWan;
import io.zoetrope.pipeline.model.Size;
import io.zoetrope.progress.Progress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A quick autoencoder shows what is sampled as it will be decoded. */
class PreviewTest {
  private static final int FRAMES = 9;

  @TempDir Path folder;

  private List<List<Frame>> shown(String model, int count, Optional<Path> vae) {
    List<List<Frame>> shown = new ArrayList<>();
    FrameSink sink =
        new FrameSink() {
          @Override
          public void begin(Shot shot) {}

          @Override
          public void frame(Frame frame) {}

          @Override
          public Optional<Estimates> estimates() {
            return Optional.of((step, frames) -> shown.add(frames));
          }
        };
    ModelRef plain = ModelRef.of(folder.resolve(model).toString()).withDtype("f32");
    Wish wish =
        Wish.of("a red ball").withSeed(3).withSteps(2).withFrames(count).withSize(new Size(64, 48));
    ModelRef chosen = vae.map(plain::withVae).orElse(plain);
    Made unused =
        Studio.make(
            new VideoOrder(GenerateSpec.usual(), wish, chosen, Tuning.NONE),
            Sources.in(folder),
            sink,
            Progress.NONE);
    return shown;
  }

  @Test
  void framesAreThoseThatItDecodes() {
    Path unused = TinyWan.directory(folder, "t2v");
    List<List<Frame>> coarse = shown("t2v", FRAMES, Optional.empty());
    assertThat(coarse).isNotEmpty();
    assertThat(coarse.getFirst().getFirst().width()).isEqualTo(16);
    try (Parity fixture = Parity.of("taehv/w21")) {
      List<List<Frame>> decoded =
          shown("t2v", FRAMES, Optional.of(fixture.folder().resolve("taew.safetensors")));
      assertThat(decoded).isNotEmpty();
      assertThat(decoded.getFirst()).hasSize(FRAMES);
      assertThat(decoded.getFirst().getFirst().width()).isEqualTo(64);
      assertThat(decoded.getFirst().getFirst().height()).isEqualTo(48);
    }
  }

  /** TAESD shows what Stable Diffusion makes, whose own autoencoder shows none. */
  @Test
  void picturesAreThoseThatItDecodes() {
    Path unused = TinyStableDiffusion.write(folder.resolve("sd"), ScalarType.Float);
    try (Parity fixture = Parity.of("taesd/usual")) {
      List<List<Frame>> decoded = shown("sd", 1, Optional.of(fixture.folder()));
      assertThat(decoded).isNotEmpty();
      assertThat(decoded.getFirst()).hasSize(1);
      assertThat(decoded.getFirst().getFirst().width()).isEqualTo(64);
      assertThat(shown("sd", 1, Optional.empty()).getFirst().getFirst().width()).isLessThan(64);
    }
  }
}
