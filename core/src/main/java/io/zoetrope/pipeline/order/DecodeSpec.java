package io.zoetrope.pipeline.order;

import io.zoetrope.checkpoint.safetensors.Safetensors;
import io.zoetrope.checkpoint.safetensors.SafetensorsFile;
import io.zoetrope.diffusion.TimestepPlan;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.network.vae.LatentGrid;
import io.zoetrope.pipeline.TextToVideo;
import io.zoetrope.pipeline.model.VideoModel;
import io.zoetrope.pipeline.model.VideoRequest;
import io.zoetrope.pipeline.schedule.Descent;
import io.zoetrope.torch.Finite;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * From latents that are kept in a file to a video: those of a job that could not decode them, or
 * those that somebody saved ({@link LatentsFile}). Nothing is sampled, and no file remembers it.
 *
 * @param latents the file
 */
public record DecodeSpec(SourceRef latents) implements TaskSpec.Own {
  @Override
  public boolean samples() {
    return false;
  }

  @Override
  public String title(Wish wish) {
    String name = String.valueOf(Path.of(latents.path()).getFileName());
    return name.replaceFirst("(\\.latents)?\\.safetensors$", "").replace('.', ' ') + " decoded";
  }

  @Override
  public Set<Ability> abilities() {
    return Set.of(Ability.SINGLE_PICTURES);
  }

  @Override
  public void check(Wish wish) {
    if (wish.size().isPresent() || wish.frames().isPresent()) {
      throw Checks.wrong("latents have a size and a length: leave size and frames out");
    }
  }

  @Override
  public TimestepPlan plan(Descent descent, LatentGrid grid, int frames) {
    return TextToVideo.plan(descent, grid.latents(frames));
  }

  private static SafetensorsFile open(Path file) {
    if (!Files.isRegularFile(file)) {
      throw new UserError(Fault.NOT_FOUND, "there is no file '%s'".formatted(file));
    }
    SafetensorsFile open = Safetensors.open(file);
    boolean latents = open.entries().containsKey(LatentsFile.LATENTS);
    if (!latents || shape(open).size() != 5 || shape(open).getFirst() != 1) {
      open.close();
      throw new UserError(
          Fault.INVALID,
          "'%s' holds no latents of one video, [1, C, F, h, w]".formatted(file),
          "name one that was kept or saved");
    }
    return open;
  }

  /** Of the latents, which are there. */
  private static List<Long> shape(SafetensorsFile open) {
    return Objects.requireNonNull(open.entries().get(LatentsFile.LATENTS)).shape();
  }

  @Override
  public Ready ready(Wish wish, SourceFiles files) {
    Path file = files.path(latents);
    List<Long> shape;
    try (SafetensorsFile open = open(file)) {
      shape = shape(open);
    }
    return new Ready() {
      @Override
      public VideoRequest request(VideoRequest usual, VideoModel model) {
        LatentGrid grid = model.grid();
        if (shape.get(1) != grid.channels()) {
          throw new UserError(
              Fault.MISMATCH,
              "'%s' holds latents of %s channels, and the model's have %s"
                  .formatted(file, shape.get(1), grid.channels()),
              "name the model that made them");
        }
        int frames = grid.frames(Math.toIntExact(shape.get(2)));
        return wish.shape(usual, frames)
            .withSize(
                Math.toIntExact(shape.get(4) * grid.space()),
                Math.toIntExact(shape.get(3) * grid.space()));
      }

      @Override
      public Shoot read(Making making) {
        Tensor z_1CFHW = latents(file);
        return (reel, progress) ->
            reel.show(making.first(), making.request(), z_1CFHW, 0, progress);
      }
    };
  }

  private static Tensor latents(Path file) {
    try (SafetensorsFile open = open(file)) {
      Tensor stored = Objects.requireNonNull(open.tensors().get(LatentsFile.LATENTS));
      Tensor z = stored.to(ScalarType.Float).clone();
      Finite.requireStored(z, "the latents in %s".formatted(file));
      return z;
    }
  }
}
