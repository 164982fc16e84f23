package io.zoetrope.pipeline;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.zoetrope.torch.AtomicFiles;
import io.zoetrope.torch.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Where things lie in a model directory: the layout of diffusers, one folder a component. */
final class ModelFiles {
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .build();

  static final String INDEX = "model_index.json";
  static final String TRANSFORMER_CONFIG = "transformer/config.json";
  static final String TRANSFORMER = "transformer/diffusion_pytorch_model.safetensors";
  static final String VAE_CONFIG = "vae/config.json";
  static final String VAE = "vae/diffusion_pytorch_model.safetensors";
  static final String TEXT_CONFIG = "text_encoder/config.json";
  static final String TEXT = "text_encoder/model.safetensors";
  static final String TOKENIZER = "tokenizer/tokenizer.json";
  static final String SCHEDULER = "scheduler/scheduler_config.json";

  private ModelFiles() {}

  /** Reads a JSON file into a record. */
  static <T> T read(Path directory, String file, Class<T> type) {
    Path path = directory.resolve(file);
    try {
      return JSON.readValue(Files.readAllBytes(path), type);
    } catch (JsonProcessingException e) {
      String reason = e.getCause() instanceof UserError u ? u.getMessage() : e.getOriginalMessage();
      throw new UserError(path + ": " + reason, e);
    } catch (IOException e) {
      throw Files.exists(path)
          ? AtomicFiles.cannot("read", path, e)
          : new UserError(directory + " is not a whole model: " + file + " is missing");
    }
  }

  /** Writes a record as a JSON file. */
  static void write(Path directory, String file, Object value) {
    try {
      AtomicFiles.text(
          path(directory, file),
          JSON.writerWithDefaultPrettyPrinter().writeValueAsString(value) + "\n");
    } catch (IOException e) {
      throw AtomicFiles.cannot("write", directory, e);
    }
  }

  /** The place of a file, its folder made if need be. */
  static Path path(Path directory, String file) throws IOException {
    Path path = directory.resolve(file);
    Path folder = path.getParent();
    if (folder != null) {
      Files.createDirectories(folder);
    }
    return path;
  }
}
