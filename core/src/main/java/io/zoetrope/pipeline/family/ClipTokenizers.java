package io.zoetrope.pipeline.family;

import io.zoetrope.checkpoint.hub.HubCache;
import io.zoetrope.checkpoint.hub.HubSettings;
import io.zoetrope.checkpoint.hub.ModelId;
import io.zoetrope.error.Fault;
import io.zoetrope.error.Mend;
import io.zoetrope.error.UserError;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Finds the tokenizer of Stable Diffusion 1.x, whose vocabulary is not ours to bundle: beside the
 * checkpoint, or in the hub's cache on this disk, in any model that is known to have the same one.
 */
record ClipTokenizers(HubCache cache) {
  /**
   * A model whose tokenizer it is.
   *
   * @param folder of its files that it lies in
   */
  private record Holder(String model, String folder) {}

  private static final List<Holder> HOLDERS =
      List.of(
          new Holder("openai/clip-vit-large-patch14", "."),
          new Holder("stable-diffusion-v1-5/stable-diffusion-v1-5", "tokenizer"),
          new Holder("runwayml/stable-diffusion-v1-5", "tokenizer"),
          new Holder("CompVis/stable-diffusion-v1-4", "tokenizer"),
          new Holder("stabilityai/stable-diffusion-xl-base-1.0", "tokenizer"));

  /** With the cache of whoever runs this. */
  static ClipTokenizers system() {
    return new ClipTokenizers(
        new HubCache(HubSettings.cache(System.getenv(), Path.of("").toAbsolutePath())));
  }

  /**
   * The folder of a tokenizer.
   *
   * @param checkpoint that it is for
   * @throws UserError saying how to get one
   */
  Path find(Path checkpoint) {
    Path beside = checkpoint.toAbsolutePath().resolveSibling("tokenizer");
    if (isTokenizer(beside)) {
      return beside;
    }
    for (Holder holder : HOLDERS) {
      Optional<Path> folder =
          cache
              .find(ModelId.parse(holder.model))
              .map(files -> files.resolve(holder.folder).normalize())
              .filter(ClipTokenizers::isTokenizer);
      if (folder.isPresent()) {
        return folder.get();
      }
    }
    throw new UserError(
        Fault.NOT_FOUND,
        "%s has no tokenizer in it, and there is none in %s".formatted(checkpoint, beside),
        Mend.of("name a folder with vocab.json and merges.txt as ")
            .and(Mend.Knob.TOKENIZER)
            .and(", or ")
            .and(Mend.Deed.FETCH, HOLDERS.getFirst().model));
  }

  /** Whether a folder holds one, in either of its forms. */
  private static boolean isTokenizer(Path folder) {
    return Files.isRegularFile(folder.resolve("tokenizer.json"))
        || (Files.isRegularFile(folder.resolve("vocab.json"))
            && Files.isRegularFile(folder.resolve("merges.txt")));
  }
}
