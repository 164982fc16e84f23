package io.zoetrope.pipeline.family;

import io.zoetrope.checkpoint.safetensors.Safetensors;
import io.zoetrope.checkpoint.safetensors.SafetensorsFile;
import io.zoetrope.checkpoint.safetensors.SafetensorsHeader;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.network.text.LearnedWord;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Words in files of textual inversion: diffusers names them by the tensor, {@code {word: [n,
 * width]}}; kohya's and ComfyUI's files hold {@code emb_params}, and the file's name is the word.
 */
final class LearnedWords {
  private static final String UNNAMED = "emb_params";
  private static final Set<String> LARGE = Set.of("clip_l", "clip_g");

  private LearnedWords() {}

  /**
   * The words of a file.
   *
   * @param width of the text encoder
   * @throws UserError if it holds none, or they are of another text encoder
   */
  static List<LearnedWord> read(WordChoice choice, int width) {
    Path path = choice.file();
    if (!Files.exists(path)) {
      throw new UserError(Fault.NOT_FOUND, "there is no embedding %s".formatted(path));
    }
    return Scopes.value(() -> {
      try (SafetensorsFile file = Safetensors.open(path)) {
        Set<String> names = file.entries().keySet();
        if (names.containsAll(LARGE)) {
          throw new UserError(
              Fault.MISMATCH, "%s is an embedding of Stable Diffusion XL".formatted(path));
        }
        List<LearnedWord> words = new ArrayList<>();
        for (String name : names.contains(UNNAMED) ? Set.of(UNNAMED) : names) {
          words.add(word(choice, name, names.size(), file.tensor(name), width));
        }
        if (words.isEmpty()) {
          throw new UserError(Fault.DAMAGED, "%s holds no embedding".formatted(path));
        }
        return words;
      }
    });
  }

  private static LearnedWord word(
      WordChoice choice, String name, int count, Tensor given, int width) {
    Path path = choice.file();
    Tensor vectors_NW = given.dim() == 1 ? given.unsqueeze(0) : given;
    if (vectors_NW.dim() != 2 || count > 16) {
      throw new UserError(
          Fault.DAMAGED,
          "%s is no embedding: '%s' is not vectors of a word"
              .formatted(path, SafetensorsHeader.clean(name)));
    }
    if (vectors_NW.size(1) != width) {
      throw new UserError(
          Fault.MISMATCH,
          "%s has vectors of %s features, the model's text encoder reads %s: it is of another model"
              .formatted(path, vectors_NW.size(1), width));
    }
    String own = name.equals(UNNAMED) ? stem(path) : name;
    float[] values = Tensors.toFloats(vectors_NW.to(ScalarType.Float).flatten());
    return LearnedWord.of(choice.name().orElse(own), Math.toIntExact(vectors_NW.size(0)), values);
  }

  private static String stem(Path path) {
    String file = String.valueOf(path.getFileName());
    return file.endsWith(".safetensors")
        ? file.substring(0, file.length() - ".safetensors".length())
        : file;
  }
}
