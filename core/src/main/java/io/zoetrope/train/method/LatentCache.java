package io.zoetrope.train.method;

import io.zoetrope.checkpoint.safetensors.Safetensors;
import io.zoetrope.checkpoint.safetensors.SafetensorsFile;
import io.zoetrope.data.ClipDataset;
import io.zoetrope.network.vae.Autoencoder;
import io.zoetrope.nn.ParameterStore;
import io.zoetrope.torch.AtomicFiles;
import io.zoetrope.torch.Tensors;
import io.zoetrope.train.objective.LatentClips;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.zip.CRC32;

/** The latents of a recipe's clips: encoded once, then shared by all runs beside this one. */
final class LatentCache {
  private LatentCache() {}

  /**
   * Opens them, encoding what nobody has encoded yet. The setting owns the file.
   *
   * @param store the autoencoder's weights, which tell its latents from others
   * @param count how many clips
   */
  static SafetensorsFile open(
      Setting setting, Autoencoder autoencoder, ParameterStore store, int count) {
    CRC32 weights = new CRC32();
    store.parameters().values().forEach(t -> weights.update(Tensors.toBytes(t)));
    String key = setting.recipe().data() + "|" + count + "|" + weights.getValue();
    CRC32 name = new CRC32();
    name.update(key.getBytes(StandardCharsets.UTF_8));
    Path file =
        setting
            .folder()
            .root()
            .resolveSibling("latents")
            .resolve(HexFormat.of().toHexDigits((int) name.getValue()) + ".safetensors");
    if (!Files.exists(file)) {
      try {
        Files.createDirectories(file.getParent());
      } catch (IOException e) {
        throw AtomicFiles.cannot("write", file, e);
      }
      ClipDataset data = setting.data();
      long clips = Math.min(count, data.size());
      LatentClips.encode(data, autoencoder, clips, file, setting.listener());
    }
    SafetensorsFile opened = Safetensors.open(file);
    setting.own(opened::close);
    return opened;
  }
}
