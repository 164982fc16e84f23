package io.zoetrope.train;

import io.zoetrope.torch.AtomicFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** {@code metrics.jsonl}: one JSON object for each logged step. */
public final class MetricsLog {
  private static final JsonMapper JSON =
      JsonMapper.builder()
          // A line that lost its end to a kill has the next one behind it.
          .disable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private final Path file;

  public MetricsLog(Path file) {
    this.file = file;
  }

  void append(long step, Map<String, Double> values) {
    ObjectNode line = JSON.createObjectNode().put("step", step);
    values.forEach(line::put);
    try {
      Files.write(
          file,
          (JSON.writeValueAsString(line) + "\n").getBytes(StandardCharsets.UTF_8),
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw AtomicFiles.cannot("write", file, e);
    }
  }

  /** The lines so far; half a line at the end, left by a process that died, is passed over. */
  public List<JsonNode> lines() {
    List<JsonNode> lines = new ArrayList<>();
    try {
      if (Files.exists(file)) {
        String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
        for (String line : text.lines().toList()) {
          try {
            JsonNode node = JSON.readTree(line);
            if (node.path("step").isIntegralNumber()) {
              lines.add(node);
            }
          } catch (JacksonException e) {
            // Half a line.
          }
        }
      }
    } catch (IOException e) {
      throw AtomicFiles.cannot("read", file, e);
    }
    return lines;
  }

  /** Forgets what was logged after a step. */
  void truncate(long step) {
    if (Files.exists(file)) {
      StringBuilder kept = new StringBuilder();
      for (JsonNode line : lines()) {
        if (line.path("step").longValue() <= step) {
          kept.append(line).append('\n');
        }
      }
      AtomicFiles.text(file, kept.toString());
    }
  }
}
