package io.zoetrope.server.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.jobs.queue.JobsConfig;
import io.zoetrope.jobs.queue.StoredJobs;
import io.zoetrope.record.Json;
import io.zoetrope.server.http.HttpError;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class RecallTest {
  @TempDir Path folder;

  private JsonNode recalled(String key, String text) {
    try (StoredJobs jobs = StoredJobs.open(JobsConfig.in(folder), List.of())) {
      Recall recall = new Recall(jobs, () -> Stream.of("toybox"));
      return Json.MAPPER.valueToTree(recall.of(Map.of(key, text)));
    }
  }

  @Test
  void settingsOfA1111AreRead() {
    JsonNode found =
        recalled(
            "parameters",
            """
            a red ball, (very red:1.2)
            on a table
            Negative prompt: blurry, text
            Steps: 20, Sampler: DDIM, CFG scale: 7.5, Seed: 42, Size: 512x768, Model: v1-5\
            """);
    JsonNode wish = found.path("order").path("wish");
    assertThat(found.path("from").asString()).isEqualTo("a1111");
    assertThat(wish.path("prompts").get(0).asString())
        .isEqualTo("a red ball, (very red:1.2)\non a table");
    assertThat(wish.path("negative").asString()).isEqualTo("blurry, text");
    assertThat(wish.path("steps").asInt()).isEqualTo(20);
    assertThat(wish.path("guidance").asDouble()).isEqualTo(7.5);
    assertThat(wish.path("seed").asLong()).isEqualTo(42);
    assertThat(wish.path("size").toString()).contains("512", "768");
    assertThat(wish.path("sampler").asString()).isEqualTo("ddim");
  }

  @Test
  void aGraphOfComfyUiIsFollowedToItsWords() {
    JsonNode found =
        recalled(
            "prompt",
            """
            {"3": {"class_type": "KSampler", "inputs": {"seed": 7, "steps": 12, "cfg": 4.5,
                   "sampler_name": "euler", "positive": ["10", 0], "negative": ["7", 0],
                   "latent_image": ["5", 0]}},
             "5": {"class_type": "EmptyLatentImage", "inputs": {"width": 256, "height": 192}},
             "6": {"class_type": "CLIPTextEncode", "inputs": {"text": "a blue star"}},
             "7": {"class_type": "CLIPTextEncode", "inputs": {"text": "ugly"}},
             "10": {"class_type": "ControlNetApply", "inputs": {"conditioning": ["6", 0]}}}
            """);
    JsonNode wish = found.path("order").path("wish");
    assertThat(found.path("from").asString()).isEqualTo("comfyui");
    assertThat(wish.path("prompts").get(0).asString()).isEqualTo("a blue star");
    assertThat(wish.path("negative").asString()).isEqualTo("ugly");
    assertThat(wish.path("seed").asLong()).isEqualTo(7);
    assertThat(wish.path("size").toString()).contains("256", "192");
  }

  @Test
  void sourcesThatAreNotHereAreNamedWithoutTheirPlace() {
    JsonNode found =
        recalled(
            "zoetrope",
            """
            {"version": "0.1.0", "models": [], "order": {"task": {"kind": "animate",
             "image": {"path": "/home/someone/ball.png", "sha256": "%s"}},
             "wish": {"prompts": ["x"], "seed": 3}, "model": {"name": "/opt/models/toybox"}}}
            """
                .formatted("a".repeat(64)));
    assertThat(found.path("inputs").toString()).isEqualTo("[\"ball.png\"]");
    assertThat(found.path("order").path("model").path("name").asString()).isEqualTo("toybox");
    assertThat(found.toString()).doesNotContain("/home", "/opt");
  }

  @Test
  void aFileWithoutSettingsSaysSo() {
    assertThatThrownBy(() -> recalled("comment", "a holiday"))
        .isInstanceOf(HttpError.class)
        .hasMessageContaining("carries no settings");
    assertThatThrownBy(() -> recalled("prompt", "not JSON")).isInstanceOf(HttpError.class);
  }
}
