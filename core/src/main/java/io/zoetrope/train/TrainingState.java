package io.zoetrope.train;

import io.zoetrope.error.Fault;
import io.zoetrope.error.Mend;
import io.zoetrope.error.UserError;
import io.zoetrope.torch.AtomicFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a checkpoint knows beside its tensors: {@code state.json}.
 *
 * @param format of the checkpoint, {@value #FORMAT}
 * @param step steps done
 * @param seed of the run
 * @param accumulate micro-batches per step
 * @param skipped steps skipped since the beginning
 * @param skippedInRow steps skipped in a row up to now
 * @param emaUpdates how often the averages were updated, by player
 * @param generator libtorch's default CPU generator, Base64
 * @param window means of the log line begun
 */
record TrainingState(
    int format,
    long step,
    long seed,
    int accumulate,
    long skipped,
    int skippedInRow,
    Map<String, Long> emaUpdates,
    String generator,
    MetricsWindow.State window) {
  static final int FORMAT = 2;

  /**
   * With one player, whose updates of averages are a number, and all weights in each checkpoint.
   */
  private static final int ONE_PLAYER = 1;

  static final String FILE = "state.json";

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(SerializationFeature.INDENT_OUTPUT)
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
          .disable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
          .build();

  static TrainingState read(Path checkpoint) {
    Path file = checkpoint.resolve(FILE);
    try {
      JsonNode json = JSON.readTree(Files.readAllBytes(file));
      if (json instanceof ObjectNode old && old.path("format").asInt(0) == ONE_PLAYER) {
        JsonNode updates = old.path("emaUpdates");
        old.put("format", FORMAT).set("emaUpdates", JSON.createObjectNode().set("", updates));
      }
      TrainingState state = JSON.treeToValue(json, TrainingState.class);
      if (state.format != FORMAT) {
        throw new UserError(
            Fault.UNSUPPORTED,
            "%s has format %s, this version reads %s".formatted(file, state.format, FORMAT));
      }
      return state;
    } catch (JacksonException e) {
      throw new UserError(
          Fault.DAMAGED,
          "%s is damaged (%s)"
              .formatted(file, e.getOriginalMessage().lines().findFirst().orElse("")),
          Mend.of("delete its folder to resume from the checkpoint before it"),
          e);
    } catch (IOException e) {
      throw AtomicFiles.cannot("read", file, e);
    }
  }

  void write(Path checkpoint) throws IOException {
    Files.write(checkpoint.resolve(FILE), JSON.writeValueAsBytes(this));
  }
}
