package io.zoetrope.checkpoint;

import io.zoetrope.checkpoint.safetensors.SafetensorsHeader;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.record.Json;
import io.zoetrope.torch.AtomicFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectReader;

/**
 * What {@code *.safetensors.index.json} says: in which file of its folder each tensor lies.
 *
 * @param weightMap file names by tensor name
 */
record ShardIndex(SequencedMap<String, String> weightMap) {
  private static final ObjectReader JSON =
      Json.MAPPER.reader().with(StreamReadFeature.STRICT_DUPLICATE_DETECTION);

  /**
   * Reads an index.
   *
   * @throws UserError if it is none, or names files outside its folder
   */
  static ShardIndex read(Path file) {
    JsonNode map;
    try {
      map = JSON.readTree(Files.readAllBytes(file)).path("weight_map");
    } catch (JacksonException e) {
      throw bad(file, "not JSON: " + SafetensorsHeader.clean(e.getOriginalMessage()));
    } catch (IOException e) {
      throw AtomicFiles.cannot("read", file, e);
    }
    if (!map.isObject() || map.isEmpty()) {
      throw bad(file, "it has no weight_map");
    }
    SequencedMap<String, String> weightMap = new LinkedHashMap<>();
    map.properties()
        .forEach(entry -> {
          String name = SafetensorsHeader.clean(entry.getKey());
          if (!entry.getValue().isString()) {
            throw bad(file, "tensor '%s' has no file name".formatted(name));
          }
          String shard = entry.getValue().asString("");
          if (!shard.matches("[^/\\\\\\p{C}]+\\.safetensors")) {
            throw bad(
                file,
                "tensor '%s' lies in '%s', which is no safetensors file beside the index"
                    .formatted(name, SafetensorsHeader.clean(shard)));
          }
          weightMap.put(entry.getKey(), shard);
        });
    return new ShardIndex(weightMap);
  }

  private static UserError bad(Path file, String cause) {
    return new UserError(Fault.DAMAGED, file + " is not a good index of shards: " + cause);
  }
}
