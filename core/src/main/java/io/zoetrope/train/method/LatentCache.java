package io.zoetrope.train.method;

import io.zoetrope.checkpoint.safetensors.Safetensors;
import io.zoetrope.checkpoint.safetensors.SafetensorsFile;
import io.zoetrope.data.ClipDataset;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.network.vae.Autoencoder;
import io.zoetrope.nn.ParameterStore;
import io.zoetrope.torch.AtomicFiles;
import io.zoetrope.torch.Tensors;
import io.zoetrope.train.footage.LatentClips;
import io.zoetrope.train.latents.AutoencoderPrint;
import io.zoetrope.train.latents.LatentSet;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32;

/**
 * The latents of a recipe's clips: each is encoded once, then shared by all runs beside this one;
 * those of latents that are there already stay where they are. A run sees its data as they are:
 * what has changed since is encoded anew, that alone, and captions are read every time.
 */
final class LatentCache {
  private LatentCache() {}

  /**
   * Opens them, encoding what nobody has encoded yet, and says what was there. The setting owns the
   * file.
   *
   * @param data as the recipe names them
   * @param store the autoencoder's weights, which tell its latents from others
   * @param count how many clips
   */
  static LatentClips open(
      Setting setting, ClipDataset data, Autoencoder autoencoder, ParameterStore store, int count) {
    Data all = new Data(data, String.valueOf(setting.recipe().data()), "");
    return open(setting, all, autoencoder, store, count);
  }

  /**
   * Clips that are learned from.
   *
   * @param said what tells them from others, beside what is to be seen in them
   * @param role that they play in the run; empty for the first
   */
  record Data(ClipDataset clips, String said, String role) {}

  /** As above, of data that are not those of the recipe alone. */
  static LatentClips open(
      Setting setting, Data from, Autoencoder autoencoder, ParameterStore store, int count) {
    ClipDataset data = from.clips;
    ClipList clips =
        ClipList.of(data, Math.min(setting.clips(count), data.size()), setting.listener());
    noteChanges(setting, clips, from.role);
    if (data instanceof LatentSet encoded) {
      if (setting.folder().writes()) {
        clips.write(setting.folder().root(), from.role);
      }
      return encoded.clips(
          AutoencoderPrint.of(autoencoder, store.parameters()), clips.prints().size());
    }
    Path file = file(setting, from, store, count);
    Optional<SafetensorsFile> there = there(file);
    Map<String, Integer> known = there.map(LatentClips::prints).orElse(Map.of());
    long fresh = clips.without(known.keySet());
    if (there.isPresent()) {
      setting
          .listener()
          .note(
              "latents of %s there, %s new"
                  .formatted(
                      counted(clips.prints().size() - fresh, "clip is", "clips are"),
                      counted(fresh, "is", "are")));
    }
    if (there.isEmpty() || !LatentClips.holds(there.get(), clips.prints(), clips.captions())) {
      requireOurs(setting, file);
      try {
        Files.createDirectories(file.getParent());
        LatentClips.encode(
            data, clips.prints().size(), autoencoder, there, file, setting.listener());
      } catch (IOException e) {
        throw AtomicFiles.cannot("write", file, e);
      } finally {
        there.ifPresent(SafetensorsFile::close);
      }
      there = Optional.of(Safetensors.open(file));
    }
    if (setting.folder().writes()) {
      clips.write(setting.folder().root(), from.role);
    }
    SafetensorsFile opened = there.get();
    setting.own(opened::close);
    return LatentClips.of(opened);
  }

  /** Whoever leads has encoded all of the clips before others come here. */
  private static void requireOurs(Setting setting, Path file) {
    if (!setting.folder().writes()) {
      throw new UserError(
          Fault.MISMATCH,
          "a worker does not see the same clips, or not their latents in " + file,
          "let data and runs lie where all workers see them, under one path");
    }
  }

  private static String counted(long count, String one, String several) {
    return count + " " + (count == 1 ? one : several);
  }

  private static void noteChanges(Setting setting, ClipList clips, String role) {
    if (setting.folder().newestCheckpoint().isPresent()) {
      ClipList.read(setting.folder().root(), role)
          .flatMap(clips::changesSince)
          .ifPresent(line ->
              setting.listener().warning("the data have changed since this run began: " + line));
    }
  }

  private static Path file(Setting setting, Data from, ParameterStore store, int count) {
    CRC32 weights = new CRC32();
    store.parameters().values().forEach(t -> weights.update(Tensors.toBytes(t)));
    String key = from.said + "|" + count + "|" + weights.getValue();
    CRC32 name = new CRC32();
    name.update(key.getBytes(StandardCharsets.UTF_8));
    return setting
        .folder()
        .root()
        .resolveSibling("latents")
        .resolve(HexFormat.of().toHexDigits((int) name.getValue()) + ".safetensors");
  }

  /** What is there; a file that cannot be read is made again. */
  private static Optional<SafetensorsFile> there(Path file) {
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try {
      return Optional.of(Safetensors.open(file));
    } catch (UserError e) {
      return Optional.empty();
    }
  }
}
