package io.zoetrope.checkpoint;

import io.zoetrope.checkpoint.safetensors.ForeignFile;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.record.Json;
import io.zoetrope.torch.AtomicFiles;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.json.JsonReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.InjectableValues;
import tools.jackson.databind.ObjectReader;

/** Records in JSON files: configs of models and of their parts. */
public final class JsonFiles {
  /**
   * What {@code JacksonInject} names beside a property that files may lack: such a one is an empty
   * {@link Optional} then, and any other that is missing is refused.
   */
  private static final String ABSENT = "absent";

  private static final ObjectReader JSON =
      Json.MAPPER
          .reader()
          // diffusers writes -Infinity into the configs of DPM-Solver.
          .with(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
          .with(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
          .with(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
          .with(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .without(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .with(new InjectableValues.Std().addValue(ABSENT, Optional.empty()));

  private JsonFiles() {}

  /**
   * Reads a record. Fields that it does not have are passed over: files of other programs have
   * more.
   *
   * @throws UserError if the file is missing or damaged, lacks a field, or the record refuses a
   *     value
   */
  public static <T> T read(Path file, Class<T> type) {
    try {
      return JSON.forType(type).readValue(Files.readAllBytes(file));
    } catch (JacksonException e) {
      if (e.getCause() instanceof UserError refused) {
        throw refused.at(file);
      }
      notJson(file)
          .ifPresent(other -> {
            throw other.error(file.toString(), "JSON");
          });
      String reason = String.valueOf(e.getOriginalMessage());
      throw new UserError(
          Fault.DAMAGED, file + ": " + reason.lines().findFirst().orElse("not JSON"), e);
    } catch (IOException e) {
      throw Files.exists(file)
          ? AtomicFiles.cannot("read", file, e)
          : new UserError(Fault.NOT_FOUND, "no file " + file + ": the model is not whole");
    }
  }

  /** What it is, if it is another thing altogether. */
  private static Optional<ForeignFile> notJson(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] start = in.readNBytes(ForeignFile.BYTES);
      String text = new String(start, StandardCharsets.UTF_8).strip();
      return text.startsWith("{") || text.startsWith("[")
          ? Optional.empty()
          : ForeignFile.of(start);
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** Writes a record, whole or not at all; folders are made. */
  public static void write(Path file, Object value) {
    try {
      Path folder = file.toAbsolutePath().getParent();
      if (folder != null) {
        Files.createDirectories(folder);
      }
      AtomicFiles.text(
          file, Json.MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(value) + "\n");
    } catch (IOException e) {
      throw AtomicFiles.cannot("write", file, e);
    }
  }
}
