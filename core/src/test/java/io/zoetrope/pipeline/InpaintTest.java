package io.zoetrope.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.Parity;
import io.zoetrope.error.UserError;
import io.zoetrope.pipeline.family.ModelChoice;
import io.zoetrope.pipeline.model.VideoModel;
import io.zoetrope.pipeline.model.VideoRequest;
import io.zoetrope.pipeline.task.Animate;
import io.zoetrope.pipeline.task.Restyle;
import io.zoetrope.progress.Progress;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Stable Diffusion's inpainting networks of nine channels, alone and with motion modules. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class InpaintTest {
  private final Parity parity = Parity.of("inpaint");
  private final Parity base = Parity.of("animatediff");

  /** The mark of whole pipelines, whose autoencoder is among what differs. */
  private static final double PIPELINE = 1e-4;

  @TempDir private static Path temp;

  @BeforeAll
  void furnish() throws IOException {
    copy(base.folder().resolve("model"), temp);
    for (String part : List.of("unet", "scheduler")) {
      try (var files = Files.list(temp.resolve(part))) {
        for (Path file : files.toList()) {
          Files.delete(file);
        }
      }
      copy(parity.folder().resolve(part), temp.resolve(part));
    }
  }

  @AfterAll
  void close() {
    parity.close();
    base.close();
  }

  private static void copy(Path from, Path to) throws IOException {
    try (var all = Files.walk(from)) {
      for (Path path : all.toList()) {
        Path target = to.resolve(from.relativize(path).toString());
        if (Files.isDirectory(path)) {
          Files.createDirectories(target);
        } else {
          Files.copy(path, target);
        }
      }
    }
  }

  private VideoModel still() {
    return VideoModel.load(ModelChoice.of(temp, "f32"));
  }

  private VideoModel moving() {
    Path adapter = base.folder().resolve("model/motion_adapter");
    return VideoModel.load(ModelChoice.of(temp, "f32").withMotion(Optional.of(adapter)));
  }

  private Engine engine(VideoModel model) {
    return new Engine(model)
        .withNoise(noise ->
            noise.with((use, draw, clip, frame) -> Optional.of(parity.get("start").select(0, 0))));
  }

  private VideoRequest request(int frames) {
    Tensor start = parity.get("start");
    int width = Math.toIntExact(8 * start.size(3));
    int height = Math.toIntExact(8 * start.size(2));
    return new VideoRequest("a photo of a cat", "a dog", 0, width, height, frames, 8, 4, 3, "ddim");
  }

  /** Of the picture of the fixture, as so many frames. */
  private Region region(int frames) {
    Tensor mask_HW = parity.get("mask").select(0, 0);
    long rows = mask_HW.size(0) / 8;
    long columns = mask_HW.size(1) / 8;
    Tensor made = Ops.mean(mask_HW.reshape(rows, 8, columns, 8), 1, 3).view(1, 1, 1, rows, columns);
    Tensor holed = parity.get("holed").unsqueeze(2);
    return new Region(
        repeated(made, frames).to(ScalarType.Bool),
        repeated(holed, frames).mul(Tensors.full(2, 1)),
        repeated(holed, frames));
  }

  private static Tensor repeated(Tensor x, int frames) {
    return x.expand(x.size(0), x.size(1), frames, x.size(3), x.size(4)).contiguous();
  }

  @Test
  void makesWhatTheReferenceMakes() {
    try (VideoModel model = still()) {
      Scopes.run(() -> {
        Tensor all = new TextToVideo(engine(model)).latents(List.of(request(1)), Progress.NONE);
        parity.check("grey.latents", all.squeeze(2), PIPELINE);
        Tensor part =
            new TextToVideo(engine(model).withRegion(region(1)))
                .latents(List.of(request(1)), Progress.NONE);
        parity.check("latents", part.squeeze(2));
      });
    }
  }

  @Test
  void theHoleIsMadeOfThePicture() {
    try (VideoModel model = still()) {
      Scopes.run(() -> {
        Tensor x = parity.get("picture");
        Tensor kept = parity.get("mask").lt(Tensors.full(0.5, 1)).to(ScalarType.Float);
        Tensor z = new Engine(model).encode(x.mul(kept).unsqueeze(0).unsqueeze(2));
        parity.check("holed", z.squeeze(2));
      });
    }
  }

  @Test
  void framesThatAreHeldAreShownToMotion() {
    try (VideoModel model = moving()) {
      Scopes.run(() -> {
        Tensor given = repeated(parity.get("holed").unsqueeze(2), 1);
        Tensor one = animated(model, given);
        Tensor other = animated(model, given.mul(Tensors.full(-1, 1)));
        assertThat(Tensors.toBytes(one.narrow(2, 0, 1).contiguous()))
            .isEqualTo(Tensors.toBytes(given));
        Tensor apart = one.narrow(2, 1, 3).sub(other.narrow(2, 1, 3)).abs().max();
        assertThat(apart.item_double()).isGreaterThan(1e-2);
      });
    }
  }

  private Tensor animated(VideoModel model, Tensor given) {
    return new Animate(given, 0).latents(engine(model), List.of(request(4)), Progress.NONE);
  }

  /** Long videos are made clip by clip: each sees its own frames of the region. */
  @Test
  void aRegionOfALongVideoIsMadeClipByClip() {
    try (VideoModel model = moving()) {
      Scopes.run(() -> {
        Region region = region(6);
        Tensor made =
            new Restyle(region.kept_1CFHW(), 0.8, 1)
                .latents(engine(model).withRegion(region), List.of(request(4)), Progress.NONE);
        Tensor around = region.around(made);
        Tensor outside = region.made_11FHW().logical_not().to(ScalarType.Float);
        Tensor moved = around.sub(region.kept_1CFHW()).mul(outside).abs().max();
        assertThat(moved.item_double()).isZero();
        assertThat(made.size(2)).isEqualTo(6);
      });
    }
  }

  @Test
  void whatHasNoMaskToShowIsRefused() {
    try (VideoModel model = still()) {
      assertThatThrownBy(() ->
              Scopes.run(() ->
                  new Inversion(0)
                      .rise(
                          new Engine(model),
                          List.of(request(1)),
                          TextToVideo.plan(new Engine(model).descent(request(1)), 1),
                          parity.get("holed").unsqueeze(2),
                          0,
                          Progress.NONE)))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("paints into masks");
    }
  }

  /** A network that is shown nothing keeps what is outside by its estimates. */
  @Test
  void anyOtherModelKeepsWhatIsOutside() {
    Path plain = base.folder().resolve("model");
    try (VideoModel model = VideoModel.load(ModelChoice.of(plain, "f32"))) {
      Scopes.run(() -> {
        Region region = region(1);
        Engine engine = engine(model);
        Restyle task = new Restyle(region.kept_1CFHW(), 0.8, 1);
        Tensor all = task.latents(engine, List.of(request(1)), Progress.NONE);
        Tensor part = task.latents(engine.withRegion(region), List.of(request(1)), Progress.NONE);
        Tensor outside = region.made_11FHW().logical_not().to(ScalarType.Float);
        Tensor kept = part.sub(region.kept_1CFHW()).mul(outside).abs().max();
        // The schedule leaves a trace of noise at its end.
        assertThat(kept.item_double()).isLessThan(0.2);
        assertThat(all.sub(region.kept_1CFHW()).mul(outside).abs().max().item_double())
            .isGreaterThan(0.3);
        Tensor inside = region.made_11FHW().to(ScalarType.Float);
        assertThat(part.sub(region.kept_1CFHW()).mul(inside).abs().max().item_double())
            .isGreaterThan(0.3);
      });
    }
  }
}
