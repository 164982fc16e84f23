package io.zoetrope.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.zoetrope.checkpoint.safetensors.Safetensors;
import io.zoetrope.checkpoint.safetensors.SafetensorsFile;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tensors in, tensors out; what they are is compared with the reference in the library's tests. */
class ProbeCommandTest {
  @TempDir private Path folder;

  @Test
  void resultsAreWrittenAndTold() throws IOException {
    Files.createDirectories(folder.resolve("model/scheduler"));
    Files.writeString(
        folder.resolve("model/scheduler/scheduler_config.json"),
        """
        {"_class_name": "DDIMScheduler", "beta_schedule": "scaled_linear", "beta_start": 0.00085,
         "beta_end": 0.012, "steps_offset": 1, "clip_sample": false, "set_alpha_to_one": false}
        """);
    Scopes.run(() ->
        Safetensors.write(
            folder.resolve("in.safetensors"),
            Map.of("num_inference_steps", Tensors.of(new long[] {4})),
            Map.of()));
    TestCli cli = new TestCli(folder);
    String[] line = {
      "probe", "model", "--component", "scheduler.timesteps", "--inputs", "in.safetensors"
    };
    TestCli.Outcome told = cli.run(line);
    assertThat(told.code()).as(told.err()).isZero();
    assertThat(told.out()).contains("timesteps").contains("f64").contains("[4]").contains("sha256");
    TestCli.Outcome again =
        cli.run(
            "probe",
            "model",
            "--component",
            "scheduler.timesteps",
            "--inputs",
            "in.safetensors",
            "--out",
            "out.safetensors",
            "--json");
    assertThat(again.code()).as(again.err()).isZero();
    assertThat(again.out()).contains("\"component\"").contains("\"shape\"");
    Scopes.run(() -> {
      try (SafetensorsFile file = Safetensors.open(folder.resolve("out.safetensors"))) {
        assertThat(file.tensors()).containsOnlyKeys("timesteps", "init_noise_sigma");
        assertThat(Tensors.toDoubles(file.tensor("timesteps"))).containsExactly(751, 501, 251, 1);
      }
    });
  }
}
