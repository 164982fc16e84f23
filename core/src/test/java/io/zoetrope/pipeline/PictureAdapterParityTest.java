package io.zoetrope.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.zoetrope.Parity;
import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.media.CentreSquare;
import io.zoetrope.media.Frame;
import io.zoetrope.media.FrameTensors;
import io.zoetrope.media.Video;
import io.zoetrope.network.PictureSlots;
import io.zoetrope.network.vision.PictureReader;
import io.zoetrope.pipeline.family.ModelChoice;
import io.zoetrope.pipeline.family.PictureChoice;
import io.zoetrope.pipeline.model.VideoModel;
import io.zoetrope.pipeline.model.VideoRequest;
import io.zoetrope.progress.Progress;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * AnimateDiff under IP-Adapters, tiny, against the reference: four steps with guidance from the
 * same noise. Made by {@code reference/make_ip_adapter.py}.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PictureAdapterParityTest {
  private static final double SCALE = 0.6;

  private final Parity base = Parity.of("animatediff");
  private final Parity parity = Parity.of("ip_adapter");

  @AfterAll
  void close() {
    base.close();
    parity.close();
  }

  private ModelChoice choice() {
    Path directory = base.folder().resolve("model");
    return ModelChoice.of(directory, "f32")
        .withMotion(Optional.of(directory.resolve("motion_adapter")));
  }

  private VideoModel load(String kind, double scale) {
    Path file = parity.folder().resolve(kind + ".safetensors");
    return VideoModel.load(
        choice().withPictures(Optional.of(new PictureChoice(file, Optional.empty(), scale))));
  }

  private Tensor pictures(int side) {
    List<Frame> squares =
        List.of(0, 1).stream()
            .map(i -> {
              Tensor rgb = parity.get("picture." + i);
              long[] all = Tensors.toLongs(rgb.to(ScalarType.Long).flatten());
              byte[] bytes = new byte[all.length];
              for (int at = 0; at < all.length; at++) {
                bytes[at] = (byte) all[at];
              }
              return CentreSquare.of(new Frame((int) rgb.size(1), (int) rgb.size(0), bytes), side);
            })
            .toList();
    Tensor x = FrameTensors.toTensor(new Video(squares, 1)).permute(1, 0, 2, 3);
    return Ops.mul(Ops.add(x, 1), 0.5);
  }

  private PictureReader.Read read(VideoModel model) {
    return Scopes.noGrad(() -> model.readPictures(pictures(model.pictures().orElseThrow().side())));
  }

  private Tensor made(VideoModel model, Conditioning pictures, Conditioning nothing) {
    Engine engine =
        new Engine(model)
            .withNoise(noise ->
                noise.with((use, draw, clip, frame) ->
                    Optional.of(
                        (use.equals("start")
                                ? base.get("start")
                                : base.get("noise").select(0, draw))
                            .select(0, clip)
                            .select(1, frame))))
            .withPictures(pictures, nothing);
    VideoRequest request =
        new VideoRequest("a photo of a cat", "a dog", 0, 48, 64, 5, 8, 4, 3, "ddim");
    return new TextToVideo(engine).latents(List.of(request), Progress.NONE);
  }

  private static Conditioning tokens(Tensor tokens_GND) {
    return Conditioning.none().with(PictureSlots.TOKENS, tokens_GND.unsqueeze(0));
  }

  @ParameterizedTest
  @ValueSource(strings = {"plain", "plus", "face"})
  void everyKindGivesTheReferencesLatents(String kind) {
    try (VideoModel model = load(kind, SCALE)) {
      Scopes.run(() -> {
        PictureReader.Read read = read(model);
        parity.check(kind + ".tokens", read.tokens_PND());
        parity.check(kind + ".nothing", read.nothing_1ND());
        Tensor first = read.tokens_PND().narrow(0, 0, 1);
        Tensor made = made(model, tokens(first), tokens(read.nothing_1ND()));
        parity.check(kind + ".latents", made);
      });
    }
  }

  /** Each frame its own picture: frames that see the same one are as where all do. */
  @Test
  void framesThatSeeOnePictureSeeItAsAll() {
    try (VideoModel model = load("plus", SCALE)) {
      Scopes.run(() -> {
        PictureReader.Read read = read(model);
        Conditioning each =
            tokens(read.tokens_PND()).with(PictureSlots.FRAMES, Tensors.of(new long[5], 1, 5));
        parity.check("plus.latents", made(model, each, tokens(read.nothing_1ND())));
        Conditioning turning =
            tokens(read.tokens_PND())
                .with(PictureSlots.FRAMES, Tensors.of(new long[] {0, 0, 0, 0, 1}, 1, 5));
        Tensor other = made(model, turning, tokens(read.nothing_1ND()));
        assertThat(Parity.distance(other, parity.get("plus.latents"))).isGreaterThan(1e-3);
      });
    }
  }

  @Test
  void twoPicturesAreSeenTogether() {
    try (VideoModel model = load("plain", SCALE)) {
      Scopes.run(() -> {
        PictureReader.Read read = read(model);
        Tensor both = read.tokens_PND().flatten(0, 1).unsqueeze(0);
        Tensor none = Tensors.cat(List.of(read.nothing_1ND(), read.nothing_1ND()), 1);
        parity.check("plain.two.latents", made(model, tokens(both), tokens(none)));
      });
    }
  }

  @Test
  void scaleZeroIsTheBaseToTheBit() {
    Scopes.run(() -> {
      Tensor without;
      try (VideoModel model = VideoModel.load(choice())) {
        without = made(model, Conditioning.none(), Conditioning.none());
      }
      try (VideoModel model = load("plain", 0)) {
        PictureReader.Read read = read(model);
        Tensor off =
            made(model, tokens(read.tokens_PND().narrow(0, 0, 1)), tokens(read.nothing_1ND()));
        assertThat(off.equal(without)).isTrue();
        parity.check("plain.off.latents", off);
      }
    });
  }
}
