package io.zoetrope.pipeline.family;

import io.zoetrope.checkpoint.gguf.GgufFile;
import io.zoetrope.checkpoint.gguf.GgufMetadata;
import io.zoetrope.checkpoint.safetensors.Safetensors;
import io.zoetrope.checkpoint.safetensors.SafetensorsFile;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.network.text.t5.T5Tokenizer;
import io.zoetrope.torch.Tensors;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The tokenizer that lies in the file of a T5's weights: ComfyUI puts its SentencePiece model there
 * as a tensor of bytes, GGUF has its pieces among what the file says of itself.
 */
final class TokenizerWithin {
  private static final String MODEL = "spiece_model";
  private static final String GGML = "tokenizer.ggml.";

  private TokenizerWithin() {}

  /**
   * Reads it.
   *
   * @param extra pieces put behind a model that has none of them: 100 for T5, 300 for UMT5
   * @return empty if the file has none
   * @throws UserError if the file or its tokenizer is damaged or of another kind
   */
  static Optional<T5Tokenizer> of(Path file, int extra) {
    return GgufFile.isOne(file) ? gguf(file) : safetensors(file, extra);
  }

  private static Optional<T5Tokenizer> safetensors(Path file, int extra) {
    try (SafetensorsFile open = Safetensors.open(file)) {
      return open.entries().containsKey(MODEL)
          ? Optional.of(T5Tokenizer.ofModel(file, Tensors.toBytes(open.tensor(MODEL)), extra))
          : Optional.empty();
    }
  }

  private static Optional<T5Tokenizer> gguf(Path file) {
    try (GgufFile open = GgufFile.open(file)) {
      GgufMetadata said = open.metadata();
      Optional<String> kind = said.text(GGML + "model");
      if (kind.isEmpty()) {
        return Optional.empty();
      }
      if (!kind.get().equals("t5")) {
        throw new UserError(
            Fault.UNSUPPORTED,
            "%s has a tokenizer of kind '%s'; that of T5 is read".formatted(file, kind.get()));
      }
      return Optional.of(
          T5Tokenizer.ofPieces(
              file,
              said.texts(GGML + "tokens"),
              said.numbers(GGML + "scores"),
              said.numbers(GGML + "token_type"),
              said.bytes(GGML + "precompiled_charsmap")));
    }
  }
}
