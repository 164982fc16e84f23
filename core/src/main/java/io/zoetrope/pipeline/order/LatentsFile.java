package io.zoetrope.pipeline.order;

import io.zoetrope.checkpoint.safetensors.Safetensors;
import io.zoetrope.pipeline.model.VideoModel;
import io.zoetrope.pipeline.model.VideoRequest;
import io.zoetrope.torch.Ops;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/**
 * Latents in a safetensors file, to compare with other programs: {@code latents} as the network
 * made them, and {@code z} as the autoencoder's own, where they differ by a scale.
 */
public final class LatentsFile {
  /** What its name ends with, beside a video. */
  private static final String ENDING = ".latents.safetensors";

  /** The tensor as the network made it. */
  static final String LATENTS = "latents";

  private LatentsFile() {}

  /** Where the latents of a video lie that could not be decoded. */
  public static Path beside(Path video) {
    return video.resolveSibling(video.getFileName() + ENDING);
  }

  /**
   * Writes them; the file appears whole or not at all.
   *
   * @param z_1CFHW of {@code model}
   * @param request by which they were made
   * @throws io.zoetrope.error.UserError if the file cannot be written
   */
  public static void write(Path path, Tensor z_1CFHW, VideoModel model, VideoRequest request) {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    tensors.put(LATENTS, z_1CFHW);
    Map<String, String> about = new LinkedHashMap<>();
    about.put("prompt", request.prompt());
    about.put("seed", String.valueOf(request.seed()));
    model
        .autoencoder()
        .scaling()
        .ifPresent(scaling -> {
          tensors.put("z", Ops.add(Ops.mul(z_1CFHW, 1 / scaling.factor()), scaling.shift()));
          about.put("scaling_factor", String.valueOf(scaling.factor()));
        });
    Safetensors.write(path, tensors, about);
  }
}
