package io.zoetrope.pipeline.order;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.Parity;
import io.zoetrope.error.UserError;
import io.zoetrope.media.Frame;
import io.zoetrope.media.Png;
import io.zoetrope.pipeline.Engine;
import io.zoetrope.pipeline.TextToVideo;
import io.zoetrope.pipeline.family.ModelChoice;
import io.zoetrope.pipeline.family.PictureChoice;
import io.zoetrope.pipeline.family.TinyStableDiffusion;
import io.zoetrope.pipeline.model.VideoModel;
import io.zoetrope.pipeline.model.VideoRequest;
import io.zoetrope.progress.Progress;
import io.zoetrope.torch.Scopes;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pictures of an order, on a tiny model. */
class LikePicturesTest {
  private static final Path ADAPTER =
      TinyStableDiffusion.resource("reference/ip_adapter/plain.safetensors");

  @TempDir private Path folder;

  private static Frame picture(int shade) {
    byte[] rgb = new byte[40 * 30 * 3];
    for (int i = 0; i < rgb.length; i++) {
      rgb[i] = (byte) (i % 3 == 0 ? shade : i % 7 * 20);
    }
    return new Frame(40, 30, rgb);
  }

  private LikePictures like(ModelRef.Picture... shown) {
    return new LikePictures(
        new ModelRef.Pictures(Optional.of(ADAPTER), Optional.empty(), Arrays.asList(shown), 1),
        new SourceFiles(Sources.in(folder)));
  }

  private static ModelRef.Picture at(String file, Integer... frame) {
    return new ModelRef.Picture(
        new SourceRef(file, Optional.empty()), Arrays.stream(frame).findFirst());
  }

  private static Tensor made(Engine engine) {
    VideoRequest request = new VideoRequest("a cat", "", 1, 32, 32, 5, 8, 2, 3, "ddim");
    return new TextToVideo(engine).latents(List.of(request), Progress.NONE);
  }

  @Test
  void framesTurnFromOnePictureIntoTheNext() {
    Png.write(folder.resolve("a.png"), picture(20));
    Png.write(folder.resolve("b.png"), picture(240));
    Path model = TinyStableDiffusion.resource("reference/animatediff/model");
    ModelChoice choice =
        ModelChoice.of(model, "f32")
            .withMotion(Optional.of(model.resolve("motion_adapter")))
            .withPictures(Optional.of(new PictureChoice(ADAPTER, Optional.empty(), 1)));
    try (VideoModel loaded = VideoModel.load(choice)) {
      Scopes.run(() -> {
        Engine engine = new Engine(loaded);
        Tensor whole = made(like(at("a.png")).over(engine, 5, false));
        Tensor held = made(like(at("a.png", 2)).over(engine, 5, false));
        assertThat(Parity.distance(held, whole)).isLessThan(1e-5);
        Tensor grown = made(like(at("a.png", 2)).over(engine, 5, true));
        assertThat(grown.equal(held)).isTrue();
        Tensor turning = made(like(at("a.png", 0), at("b.png", 4)).over(engine, 5, false));
        Tensor other = made(like(at("b.png")).over(engine, 5, false));
        assertThat(Parity.distance(turning, whole)).isGreaterThan(1e-3);
        assertThat(Parity.distance(turning, other)).isGreaterThan(1e-3);
        assertThatThrownBy(() -> like(at("a.png", 5)).over(engine, 5, false))
            .isInstanceOf(UserError.class)
            .hasMessageContaining("frame 5")
            .hasMessageContaining("0 to 4");
      });
    }
  }

  @Test
  void aModelWithoutAnAdapterOrAnEyeSeesNoPictures() {
    Path model = TinyStableDiffusion.resource("reference/animatediff/model");
    try (VideoModel loaded = VideoModel.load(ModelChoice.of(model, "f32"))) {
      assertThatThrownBy(() -> like(at("a.png")).requireSeenBy(loaded))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("by an adapter only");
    }
  }

  @Test
  void whatCannotBeReadIsSaidBeforeAModelIsLoaded() {
    assertThatThrownBy(() -> like(at("none.png")).check())
        .isInstanceOf(UserError.class)
        .hasMessageContaining("none.png");
  }

  @Test
  void framesRiseOrAreNotSaid() {
    assertThatThrownBy(() -> like(at("a.png", 3), at("b.png", 3)))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("[3, 3]");
    assertThatThrownBy(() -> like(at("a.png", 3), at("b.png")))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("1 of 2");
    assertThatThrownBy(() ->
            new ModelRef.Pictures(Optional.of(ADAPTER), Optional.empty(), List.of(at("a")), 11))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("0 to 10");
  }
}
