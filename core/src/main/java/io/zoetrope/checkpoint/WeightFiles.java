package io.zoetrope.checkpoint;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.torch.AtomicFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Finding the weights of a component in its folder, as diffusers and transformers name them: {@code
 * NAME.safetensors} or, cut into shards, {@code NAME.safetensors.index.json}; a variant such as
 * {@code fp16} stands as {@code NAME.fp16.safetensors} and {@code
 * NAME.safetensors.index.fp16.json}. {@code NAME.gguf} is taken where there is no {@code
 * NAME.safetensors}, and the only GGUF file of a folder where there is nothing of that name.
 */
final class WeightFiles {
  private WeightFiles() {}

  /**
   * The one file to open: weights, or an index of shards. Without a wish it is the plain one, else
   * the only variant there is.
   *
   * @param base file name of the plain weights, ending in {@code .safetensors}
   * @throws UserError if there is none, naming the variants that there are, or if several variants
   *     leave the choice open
   */
  static Path find(Path folder, String base, Optional<String> variant) {
    TreeMap<String, Path> found = variants(folder, base);
    if (variant.isPresent()) {
      Path wanted = found.get(variant.get());
      if (wanted == null) {
        throw new UserError(
            Fault.NOT_FOUND,
            "%s has no variant '%s' of %s".formatted(folder, variant.get(), base),
            offer(found.keySet().stream().toList()));
      }
      return wanted;
    }
    if (found.containsKey("")) {
      return found.get("");
    }
    if (found.size() == 1) {
      return found.firstEntry().getValue();
    }
    if (found.isEmpty()) {
      requireNoPickle(folder, base);
      throw new UserError(
          Fault.NOT_FOUND,
          "no file %s, nor an index of shards of it: the model is not whole"
              .formatted(folder.resolve(base)));
    }
    throw new UserError(
        Fault.NOT_FOUND,
        "%s has %s in several variants only".formatted(folder, base),
        offer(found.keySet().stream().toList()));
  }

  /** Whether there are weights of a variant. */
  static boolean has(Path folder, String base, String variant) {
    return Files.isDirectory(folder) && variants(folder, base).containsKey(variant);
  }

  /** Says how to convert what lies there as a pickle. */
  private static void requireNoPickle(Path folder, String base) {
    String stem = base.substring(0, base.length() - ".safetensors".length());
    // transformers calls its pickles otherwise than its safetensors.
    List<String> stems = stem.equals("model") ? List.of(stem, "pytorch_model") : List.of(stem);
    try (Stream<Path> files = Files.list(folder)) {
      Optional<String> pickle =
          files
              .map(file -> String.valueOf(file.getFileName()))
              .filter(name ->
                  stems.stream()
                      .anyMatch(s -> name.startsWith(s + ".") || name.startsWith(s + "-")))
              .filter(name -> name.matches(".*\\.(bin|pt|pth|ckpt)"))
              .sorted()
              .findFirst();
      if (pickle.isPresent()) {
        throw new UserError(
            Fault.UNSUPPORTED,
            "%s is a PyTorch pickle, which can run code, and there is no %s beside it"
                .formatted(folder.resolve(pickle.get()), base),
            "convert it in Python by from_pretrained(...) and save_pretrained(..., safe_serialization=True)");
      }
    } catch (IOException e) {
      throw AtomicFiles.cannot("look into", folder, e);
    }
  }

  private static String offer(List<String> variants) {
    List<String> named = variants.stream().filter(v -> !v.isEmpty()).toList();
    return named.isEmpty() ? "it has no variants, ask for none" : "choose one of " + named;
  }

  /** Weights by variant; the plain ones under "". A whole file goes before shards. */
  private static TreeMap<String, Path> variants(Path folder, String base) {
    if (!Files.isDirectory(folder)) {
      throw new UserError(
          Fault.NOT_FOUND, "there is no folder " + folder + ": the model is not whole");
    }
    String stem = Pattern.quote(base.substring(0, base.length() - ".safetensors".length()));
    // The second place of a variant in an index's name is one that older files have.
    Pattern whole = Pattern.compile(stem + "(?:\\.([^.]+))?\\.(?:safetensors|gguf)");
    Pattern index =
        Pattern.compile(stem + "\\.safetensors(?:\\.([^.]+))?\\.index(?:\\.([^.]+))?\\.json");
    List<String> shards = new ArrayList<>();
    List<Path> packed = new ArrayList<>();
    TreeMap<String, Path> found = new TreeMap<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.sorted().toList()) {
        String name = String.valueOf(file.getFileName());
        Matcher asWhole = whole.matcher(name);
        Matcher asIndex = index.matcher(name);
        if (asWhole.matches()) {
          String variant = Optional.ofNullable(asWhole.group(1)).orElse("");
          if (variant.matches(".*-\\d{5}-of-\\d{5}")) {
            shards.add(name); // a shard of a variant: its index leads to it
          } else {
            found.put(variant, file);
          }
        } else if (asIndex.matches()) {
          String first = Optional.ofNullable(asIndex.group(1)).orElse("");
          found.putIfAbsent(Optional.ofNullable(asIndex.group(2)).orElse(first), file);
        } else if (name.matches(stem + "-\\d{5}-of-\\d{5}\\.safetensors")) {
          shards.add(name);
        } else if (name.endsWith(".gguf")) {
          packed.add(file);
        }
      }
    } catch (IOException e) {
      throw AtomicFiles.cannot("look into", folder, e);
    }
    if (found.isEmpty() && !shards.isEmpty()) {
      throw new UserError(
          Fault.NOT_FOUND,
          "%s has shards of %s, first %s, but not their index %s.index.json: the model is not whole"
              .formatted(folder, base, shards.getFirst(), base));
    }
    if (found.isEmpty() && packed.size() == 1) {
      found.put("", packed.getFirst());
    }
    return found;
  }
}
