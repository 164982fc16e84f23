package io.zoetrope.pipeline.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.Parity;
import io.zoetrope.error.UserError;
import io.zoetrope.network.vae.wan.WanFixture;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.Precision;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Components as anybody may run them, on the fixtures of the public reference. */
class ProbeTest {
  @TempDir private Path folder;

  private static Map<String, Tensor> of(Object... pairs) {
    Map<String, Tensor> inputs = new LinkedHashMap<>();
    for (int i = 0; i < pairs.length; i += 2) {
      inputs.put((String) pairs[i], (Tensor) pairs[i + 1]);
    }
    return inputs;
  }

  private static Map<String, Tensor> denoiser(Parity parity) {
    return of(
        "sample", parity.get("sample"),
        "timestep", parity.get("timestep"),
        "encoder_hidden_states", parity.get("encoder_hidden_states"));
  }

  private static Map<String, Tensor> run(Probe probe, Path where, Map<String, Tensor> inputs) {
    return probe.run(where, Precision.F32, inputs);
  }

  @ParameterizedTest
  @ValueSource(strings = {"unet/sd1", "unet/sd2"})
  void unet(String fixture) {
    try (Parity parity = Parity.of(fixture)) {
      Scopes.run(() -> {
        Map<String, Tensor> made = run(Probe.UNET, parity.folder(), denoiser(parity));
        assertThat(made).containsOnlyKeys("sample");
        parity.check("out", made.get("sample"));
      });
    }
  }

  /** Frames come before channels there; a level for each frame is ours. */
  @Test
  void theNetworkOfStableVideoDiffusion() {
    try (Parity parity = Parity.of("svd/unet")) {
      Scopes.run(() -> {
        Map<String, Tensor> inputs =
            of(
                "sample",
                parity.get("sample"),
                "timestep",
                parity.get("level"),
                "encoder_hidden_states",
                parity.get("context"),
                "added_time_ids",
                parity.get("ids"));
        parity.check("out", run(Probe.UNET, parity.folder(), inputs).get("sample"));
        inputs.put("timestep", parity.get("levels"));
        parity.check("out.levels", run(Probe.UNET, parity.folder(), inputs).get("sample"));
        inputs.put("added_time_ids", parity.get("ids").narrow(1, 0, 2));
        refused("added_time_ids", Probe.UNET, parity.folder(), inputs);
        inputs.remove("added_time_ids");
        refused("added_time_ids", Probe.UNET, parity.folder(), inputs);
      });
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"gated", "umt5"})
  void textEncodersOfT5(String name) {
    try (Parity parity = Parity.of("t5/" + name)) {
      Scopes.run(() -> {
        Map<String, Tensor> inputs =
            of("input_ids", parity.get("ids"), "attention_mask", parity.get("mask"));
        Map<String, Tensor> made = run(Probe.TEXT_ENCODER, parity.folder(), inputs);
        parity.check("hidden", made.get("last_hidden_state"));
        parity.check("block0", made.get("hidden_states.1"));
      });
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"t2v", "i2v", "flf"})
  void transformersOfWan(String name) {
    try (Parity parity = Parity.of("wan/" + name)) {
      Scopes.run(() -> {
        Map<String, Tensor> inputs = transformer(parity);
        inputs.put("timestep", parity.get("t"));
        parity.check("out", run(Probe.TRANSFORMER, parity.folder(), inputs).get("sample"));
        Tensor each = parity.get("t.frames");
        inputs.put("timestep", each);
        parity.check("out.frames", run(Probe.TRANSFORMER_2, parity.folder(), inputs).get("sample"));
        Tensor z = parity.get("z");
        Tensor tokens =
            each.unsqueeze(2).expand(2, z.size(2), z.size(3) * z.size(4) / 4).flatten(1, 2);
        inputs.put("timestep", tokens);
        parity.check("out.frames", run(Probe.TRANSFORMER, parity.folder(), inputs).get("sample"));
        Tensor uneven = tokens.clone();
        Tensor changed = uneven.narrow(1, 0, 1).fill_(Tensors.full(7));
        inputs.put("timestep", uneven);
        refused("one level for all tokens of a latent", Probe.TRANSFORMER, parity.folder(), inputs);
      });
    }
  }

  private static Map<String, Tensor> transformer(Parity parity) {
    Map<String, Tensor> inputs = new LinkedHashMap<>();
    inputs.put("hidden_states", parity.get("z"));
    inputs.put("encoder_hidden_states", parity.get("text"));
    for (String more : List.of("pictures", "control")) {
      if (parity.io().tensors().containsKey(more)) {
        inputs.put(
            more.equals("control") ? "control_hidden_states" : "encoder_hidden_states_image",
            parity.get(more));
      }
    }
    return inputs;
  }

  @Test
  void transformersOfVaceAndSkyReels() {
    try (Parity vace = Parity.of("wan/vace");
        Parity sky = Parity.of("wan/skyreels")) {
      Scopes.run(() -> {
        Map<String, Tensor> inputs = transformer(vace);
        inputs.put("timestep", vace.get("t"));
        vace.check("out", run(Probe.TRANSFORMER, vace.folder(), inputs).get("sample"));
        Map<String, Tensor> told = transformer(sky);
        told.put("timestep", sky.get("t.frames"));
        told.put("fps", Tensors.full(0, 1));
        sky.check("out.frames.16", run(Probe.TRANSFORMER, sky.folder(), told).get("sample"));
      });
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"attention", "mixed", "convolutions"})
  void unetOfModelScope(String fixture) {
    try (Parity parity = Parity.of("unet3d/" + fixture)) {
      Scopes.run(() -> {
        Map<String, Tensor> inputs = denoiser(parity);
        parity.check("out", run(Probe.UNET, parity.folder(), inputs).get("sample"));
        inputs.put("timestep", parity.get("levels"));
        parity.check("out.levels", run(Probe.UNET, parity.folder(), inputs).get("sample"));
      });
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"v1", "v2"})
  void unetWithMotionModulesBesideIt(String version) throws IOException {
    try (Parity parity = Parity.of("motion/" + version)) {
      copy(parity.folder().resolve("image"), folder.resolve("unet"));
      copy(parity.folder(), folder.resolve("motion_adapter"));
      Scopes.run(() -> {
        Map<String, Tensor> inputs = denoiser(parity);
        parity.check("out", run(Probe.UNET, folder, inputs).get("sample"));
        Tensor z = parity.get("sample");
        Tensor each = parity.get("timestep").unsqueeze(1).expand(z.size(0), z.size(2));
        inputs.put("timestep", each);
        parity.check("out", run(Probe.UNET, folder, inputs).get("sample"));
        inputs.put("encoder_hidden_states", parity.get("encoder_hidden_states.each"));
        parity.check("out.each", run(Probe.UNET, folder, inputs).get("sample"));
      });
    }
  }

  private static void checkResiduals(Parity parity, String name, Map<String, Tensor> made) {
    for (int i = 0; i + 1 < made.size(); i++) {
      parity.check(name + "." + i, made.get("down_block_res_samples." + i));
    }
    parity.check(name + ".mid", made.get("mid_block_res_sample"));
  }

  @Test
  void controlNetAndTheUNetUnderIt() {
    try (Parity parity = Parity.of("control/canny")) {
      Scopes.run(() -> {
        Map<String, Tensor> inputs = denoiser(parity);
        inputs.put("controlnet_cond", parity.get("hint.0"));
        checkResiduals(parity, "plain", run(Probe.CONTROLNET, parity.folder(), inputs));
        inputs.put("conditioning_scale", Tensors.full(0.8));
        inputs.put("guess_mode", Tensors.full(1).to(ScalarType.Bool));
        checkResiduals(parity, "guess", run(Probe.CONTROLNET, parity.folder(), inputs));
        inputs.remove("guess_mode");
        inputs.put("conditioning_scale", Tensors.full(0.5));
        Map<String, Tensor> half = run(Probe.CONTROLNET, parity.folder(), inputs);
        Map<String, Tensor> under = denoiser(parity);
        for (int i = 0; i + 1 < half.size(); i++) {
          under.put(
              "down_block_additional_residuals." + i, half.get("down_block_res_samples." + i));
        }
        under.put("mid_block_additional_residual", half.get("mid_block_res_sample"));
        Path image = parity.folder().resolve("image");
        parity.check("out.half", run(Probe.UNET, image, under).get("sample"));
      });
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"sparse", "latent"})
  void sparseControl(String name) {
    try (Parity parity = Parity.of("control/" + name)) {
      Scopes.run(() -> {
        Map<String, Tensor> inputs = denoiser(parity);
        inputs.put("controlnet_cond", parity.get("hint.0"));
        inputs.put("conditioning_mask", parity.get("mask.0"));
        inputs.put("conditioning_scale", Tensors.full(0.9));
        checkResiduals(parity, "plain", run(Probe.CONTROLNET, parity.folder(), inputs));
        inputs.remove("conditioning_mask");
        refused("mask", Probe.CONTROLNET, parity.folder(), inputs);
      });
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"vae/sd", "vae/wide"})
  void vae(String fixture) {
    try (Parity parity = Parity.of(fixture)) {
      Scopes.run(() -> {
        Map<String, Tensor> made =
            run(
                Probe.VAE_ENCODE,
                parity.folder(),
                of("x", parity.get("x"), "noise", parity.get("eps")));
        parity.check("mean", made.get("latent_dist.mean"));
        parity.check("logvar", made.get("latent_dist.logvar"));
        parity.check("draw", made.get("latent_dist.sample"));
        Map<String, Tensor> back = run(Probe.VAE_DECODE, parity.folder(), of("z", parity.get("z")));
        parity.check("decoded", back.get("sample"));
      });
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"wan_vae/v21", "wan_vae/v22"})
  void videoAutoencoder(String fixture) {
    try (Parity parity = Parity.of(fixture)) {
      Scopes.run(() -> {
        Tensor x = WanFixture.pixels(parity);
        Map<String, Tensor> made = run(Probe.VAE_ENCODE, parity.folder(), of("x", x));
        List<Tensor> moments =
            Stream.of("latent_dist.mean", "latent_dist.logvar")
                .map(name -> Objects.requireNonNull(made.get(name)))
                .toList();
        parity.check("moments", Tensors.cat(moments, 1));
        Map<String, Tensor> back = run(Probe.VAE_DECODE, parity.folder(), of("z", parity.get("z")));
        parity.check("decoded", WanFixture.kept(Objects.requireNonNull(back.get("sample"))));
      });
    }
  }

  @Test
  void textEncoder() {
    try (Parity parity = Parity.of("clip_text/gelu")) {
      Scopes.run(() -> {
        Map<String, Tensor> inputs =
            of("input_ids", parity.get("masked.ids"), "attention_mask", parity.get("masked.mask"));
        Map<String, Tensor> made = run(Probe.TEXT_ENCODER, parity.folder(), inputs);
        parity.check("masked.hidden", made.get("last_hidden_state"));
        parity.check("masked.pooled", made.get("pooler_output"));
        parity.check("masked.embedded", made.get("hidden_states.0"));
      });
    }
  }

  /** The network of make_schedulers.py. */
  private static Tensor network(Tensor x, double t) {
    return Ops.mul(Ops.add(Ops.mul(x, 0.8), 0.003 * t).sin(), 0.9).add(Ops.mul(x, 0.05));
  }

  /** Those that do not scale what the network sees, some with noise and some with a memory. */
  @ParameterizedTest
  @ValueSource(strings = {"ddim", "ddim-eta-half", "dpm", "dpm-sde", "lcm"})
  void scheduler(String name) throws IOException {
    try (Parity parity = Parity.of("schedulers")) {
      @Nullable JsonNode reference = null;
      List<String> names = new ArrayList<>();
      for (JsonNode one :
          new JsonMapper().readTree(parity.folder().resolve("cases.json").toFile())) {
        names.add(one.get("name").asString());
        reference = one.get("name").asString().equals(name) ? one : reference;
      }
      assertThat(names).contains(name);
      JsonNode found = Objects.requireNonNull(reference);
      Files.createDirectories(folder.resolve("scheduler"));
      Files.writeString(
          folder.resolve("scheduler/scheduler_config.json"), found.get("config").toString());
      int steps = 4;
      Scopes.run(() -> {
        Tensor latents = parity.get(name + "." + steps + ".latents");
        Tensor told = parity.get(name + "." + steps + ".timesteps");
        Tensor count = Tensors.of(new long[] {steps});
        Map<String, Tensor> table =
            run(Probe.SCHEDULER_TIMESTEPS, folder, of("num_inference_steps", count));
        assertThat(Parity.distance(table.get("timesteps"), told)).isLessThan(1e-6);
        List<Tensor> answers = new ArrayList<>();
        double[] at = Tensors.toDoubles(told);
        for (int i = 0; i < steps; i++) {
          answers.add(network(latents.select(0, i), at[i]).unsqueeze(0));
        }
        Map<String, Tensor> inputs =
            of(
                "num_inference_steps",
                count,
                "timestep",
                told,
                "sample",
                latents.select(0, 0).unsqueeze(0),
                "model_output",
                Tensors.stack(answers, 0));
        double eta = found.get("step").path("eta").asDouble();
        if (eta > 0 || name.equals("lcm") || name.equals("dpm-sde")) {
          refused("variance_noise", Probe.SCHEDULER_STEP, folder, withEta(inputs, eta));
          inputs.put("variance_noise", parity.get("noise").narrow(0, 0, steps));
        }
        Tensor made =
            Objects.requireNonNull(
                run(Probe.SCHEDULER_STEP, folder, withEta(inputs, eta)).get("prev_sample"));
        Tensor expected = latents.narrow(0, 1, steps).unsqueeze(1);
        assertThat(Parity.distance(made, expected)).isLessThan(Parity.MARK);
        // The first step by itself.
        inputs.put("timestep", told.select(0, 0));
        inputs.put("model_output", answers.getFirst());
        inputs.computeIfPresent("variance_noise", (key, all) -> all.select(0, 0));
        Tensor one =
            Objects.requireNonNull(
                run(Probe.SCHEDULER_STEP, folder, withEta(inputs, eta)).get("prev_sample"));
        assertThat(one.equal(made.select(0, 0))).isTrue();
        inputs.put("timestep", Tensors.full(1.5));
        refused("not among the 4 timesteps", Probe.SCHEDULER_STEP, folder, inputs);
      });
    }
  }

  private static Map<String, Tensor> withEta(Map<String, Tensor> inputs, double eta) {
    Map<String, Tensor> all = new LinkedHashMap<>(inputs);
    if (eta > 0) {
      all.put("eta", Tensors.full(eta));
    }
    return all;
  }

  private static void refused(String words, Probe probe, Path where, Map<String, Tensor> inputs) {
    assertThatThrownBy(() -> run(probe, where, inputs))
        .isInstanceOf(UserError.class)
        .hasMessageContaining(words);
  }

  @Test
  void whatDoesNotFitIsNamed() {
    assertThatThrownBy(() -> Probe.of("unte"))
        .hasMessageContaining("it is one of unet, transformer, transformer_2, vae.encode");
    try (Parity parity = Parity.of("unet/sd1")) {
      Path there = parity.folder();
      Scopes.run(() -> {
        Map<String, Tensor> inputs = denoiser(parity);
        inputs.remove("timestep");
        refused("unet needs an input 'timestep', and the file has", Probe.UNET, there, inputs);
        inputs.put("timesteps", Tensors.full(1));
        inputs.put("timestep", Tensors.zeros(2));
        refused("unet has no input 'timesteps'", Probe.UNET, there, inputs);
        inputs.remove("timesteps");
        refused("'timestep' has shape [2], and [], [3] or [3, 1]", Probe.UNET, there, inputs);
        inputs.put("timestep", Tensors.full(5));
        inputs.put("encoder_hidden_states", Tensors.zeros(3, 7, 23));
        refused("shape [3, 7, 23], and [*, *, 24]", Probe.UNET, there, inputs);
        inputs.put("encoder_hidden_states", Tensors.zeros(2, 7, 24));
        refused("[3, *, 24]", Probe.UNET, there, inputs);
        inputs.put("encoder_hidden_states", parity.get("encoder_hidden_states"));
        inputs.put("sample", Tensors.zeros(3, 5, 9, 7));
        refused("'sample' has shape [3, 5, 9, 7]", Probe.UNET, there, inputs);
        inputs.put("sample", parity.get("sample"));
        inputs.put("mid_block_additional_residual", Tensors.zeros(1));
        refused("go together", Probe.UNET, there, inputs);
        refused("its config is of a", Probe.VAE_DECODE, there, of("z", Tensors.zeros(1, 4, 2, 2)));
        refused("there is no model directory", Probe.UNET, there.resolve("no"), denoiser(parity));
        refused("has no folder unet", Probe.UNET, folder, denoiser(parity));
        refused(
            "scheduler_config.json",
            Probe.SCHEDULER_TIMESTEPS,
            there,
            of("num_inference_steps", Tensors.full(4)));
      });
    }
    try (Parity parity = Parity.of("clip_text/gelu")) {
      Scopes.run(() ->
          refused(
              "holds -1",
              Probe.TEXT_ENCODER,
              parity.folder(),
              of("input_ids", Tensors.of(new long[] {-1}, 1, 1))));
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.createDirectories(to);
    try (Stream<Path> files = Files.list(from)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Files.copy(file, to.resolve(String.valueOf(file.getFileName())));
      }
    }
  }
}
