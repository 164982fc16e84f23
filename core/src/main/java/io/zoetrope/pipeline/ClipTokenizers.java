package io.zoetrope.pipeline;

import io.zoetrope.torch.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Finds the tokenizer of Stable Diffusion 1.x, whose vocabulary is not ours to bundle: beside the
 * checkpoint, or in the cache of Hugging Face, in any model that has the same one.
 *
 * @param cache the cache's {@code hub} folder
 */
record ClipTokenizers(Path cache) {
  /** Models whose tokenizer it is, and the folder that it lies in. */
  private static final List<String[]> HOLDERS =
      List.of(
          new String[] {"openai/clip-vit-large-patch14", "."},
          new String[] {"stable-diffusion-v1-5/stable-diffusion-v1-5", "tokenizer"},
          new String[] {"runwayml/stable-diffusion-v1-5", "tokenizer"},
          new String[] {"CompVis/stable-diffusion-v1-4", "tokenizer"},
          new String[] {"stabilityai/stable-diffusion-xl-base-1.0", "tokenizer"});

  /** That of this machine: by HF_HUB_CACHE, HF_HOME, XDG_CACHE_HOME, or in the home folder. */
  static ClipTokenizers system() {
    return new ClipTokenizers(cache(System.getenv(), Path.of(System.getProperty("user.home"))));
  }

  static Path cache(Map<String, String> environment, Path home) {
    return set(environment, "HF_HUB_CACHE")
        .or(() -> set(environment, "HF_HOME").map(at -> at.resolve("hub")))
        .or(() -> set(environment, "XDG_CACHE_HOME").map(at -> at.resolve("huggingface/hub")))
        .orElseGet(() -> home.resolve(".cache/huggingface/hub"));
  }

  private static Optional<Path> set(Map<String, String> environment, String name) {
    return Optional.ofNullable(environment.get(name)).filter(v -> !v.isBlank()).map(Path::of);
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
    for (String[] holder : HOLDERS) {
      Path snapshots =
          cache.resolve("models--" + holder[0].replace("/", "--")).resolve("snapshots");
      Optional<Path> found = newest(snapshots, holder[1]);
      if (found.isPresent()) {
        return found.get();
      }
    }
    throw new UserError(
        "%s has no tokenizer in it: name a folder with vocab.json and merges.txt (--tokenizer), or run 'zoetrope pull %s'"
            .formatted(checkpoint, HOLDERS.getFirst()[0]));
  }

  private static Optional<Path> newest(Path snapshots, String folder) {
    if (!Files.isDirectory(snapshots)) {
      return Optional.empty();
    }
    try (Stream<Path> commits = Files.list(snapshots)) {
      return commits
          .map(commit -> commit.resolve(folder).normalize())
          .filter(ClipTokenizers::isTokenizer)
          .max(java.util.Comparator.comparing(ClipTokenizers::time));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static java.nio.file.attribute.FileTime time(Path folder) {
    try {
      return Files.getLastModifiedTime(folder);
    } catch (IOException e) {
      return java.nio.file.attribute.FileTime.fromMillis(0);
    }
  }

  /** Whether a folder holds one, in either of its forms. */
  static boolean isTokenizer(Path folder) {
    return Files.isRegularFile(folder.resolve("tokenizer.json"))
        || (Files.isRegularFile(folder.resolve("vocab.json"))
            && Files.isRegularFile(folder.resolve("merges.txt")));
  }
}
