package io.zoetrope.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.zoetrope.checkpoint.safetensors.Safetensors;
import io.zoetrope.checkpoint.safetensors.SafetensorsFile;
import io.zoetrope.torch.RandomStream;
import io.zoetrope.torch.RandomStreams;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code --lora} with a tiny model, and LoRAs of random numbers for its transformer. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LoraCommandIT {
  private Path folder = Path.of("");
  private TestCli cli = new TestCli(Path.of(""));

  @BeforeAll
  void furnish(@TempDir Path shared) throws IOException {
    folder = shared;
    cli = TinyModel.train(folder, 3);
    Path weights;
    try (Stream<Path> found = Files.walk(folder.resolve("runs/video/model/transformer"))) {
      weights = found.filter(f -> f.toString().endsWith(".safetensors")).findFirst().orElseThrow();
    }
    Scopes.run(() -> {
      Map<String, Tensor> peft = new LinkedHashMap<>();
      Map<String, Tensor> kohya = new LinkedHashMap<>();
      Map<String, Tensor> part = new LinkedHashMap<>();
      RandomStreams streams = new RandomStreams(3);
      try (SafetensorsFile file = Safetensors.open(weights)) {
        file.entries()
            .forEach((name, entry) -> {
              if (name.endsWith(".weight") && entry.shape().size() == 2) {
                String layer = name.substring(0, name.length() - ".weight".length());
                try (RandomStream random = streams.stream(name)) {
                  Tensor down = random.normal(2, entry.shape().get(1));
                  Tensor up = random.normal(entry.shape().get(0), 2);
                  peft.put("transformer." + layer + ".lora_A.weight", down);
                  peft.put("transformer." + layer + ".lora_B.weight", up);
                  String flat = "lora_unet_" + layer.replace('.', '_');
                  kohya.put(flat + ".lora_down.weight", down);
                  kohya.put(flat + ".lora_up.weight", up);
                  kohya.put(flat + ".alpha", Tensors.full(2));
                }
              }
            });
      }
      part.putAll(peft);
      part.put("transformer.elsewhere.lora_A.weight", Tensors.zeros(1, 2));
      part.put("transformer.elsewhere.lora_B.weight", Tensors.zeros(2, 1));
      Map<String, Tensor> other =
          Map.of(
              "unet.elsewhere.lora_A.weight", Tensors.zeros(1, 2),
              "unet.elsewhere.lora_B.weight", Tensors.zeros(2, 1));
      Safetensors.write(folder.resolve("peft.safetensors"), peft, Map.of());
      Safetensors.write(folder.resolve("kohya.safetensors"), kohya, Map.of());
      Safetensors.write(folder.resolve("part.safetensors"), part, Map.of());
      Safetensors.write(folder.resolve("other.safetensors"), other, Map.of());
    });
    Files.writeString(folder.resolve("text.safetensors"), "this is no safetensors file");
  }

  private TestCli.Outcome run(String... args) {
    return cli.run(
        Stream.concat(
                Stream.of("generate", "a red ball", "-m", "model", "--steps", "2", "-s", "3"),
                Stream.of(args))
            .toArray(String[]::new));
  }

  private List<byte[]> frames(String name, String... args) throws IOException {
    TestCli.Outcome outcome =
        run(
            Stream.concat(Stream.of("-q", "--no-metadata", "-o", name + "/"), Stream.of(args))
                .toArray(String[]::new));
    assertThat(outcome.code()).as(outcome.err()).isZero();
    try (Stream<Path> files = Files.list(folder.resolve(name))) {
      List<byte[]> all = new ArrayList<>();
      for (Path file : files.sorted().toList()) {
        all.add(Files.readAllBytes(file));
      }
      return all;
    }
  }

  @Test
  void dialectsAgreeAndScaleZeroIsNothing() throws IOException {
    List<byte[]> plain = frames("plain");
    List<byte[]> peft = frames("peft", "--lora", "peft.safetensors:0.5");
    assertThat(peft.getFirst()).isNotEqualTo(plain.getFirst());
    assertThat(frames("kohya", "--lora", "kohya.safetensors:0.5")).containsExactlyElementsOf(peft);
    assertThat(frames("zero", "--lora", "kohya.safetensors:0")).containsExactlyElementsOf(plain);
    assertThat(frames("both", "--lora", "peft.safetensors:0.5", "--lora", "part.safetensors:-0.5"))
        .as("they add up")
        .isNotEqualTo(peft);
  }

  @Test
  void whatWasUsedIsSaid() throws IOException {
    TestCli.Outcome outcome = run("--json", "--lora", "part.safetensors:-1");
    assertThat(outcome.code()).as(outcome.err()).isZero();
    JsonNode lora = new JsonMapper().readTree(outcome.out()).at("/loras/0");
    assertThat(lora.path("file").asString()).endsWith("part.safetensors");
    assertThat(lora.path("scale").asDouble()).isEqualTo(-1);
    assertThat(lora.path("used").asInt()).isEqualTo(lora.path("layers").asInt() - 1).isPositive();
    assertThat(outcome.err())
        .contains("part.safetensors: " + lora.path("used").asInt() + " of ")
        .contains("the model has no 'elsewhere'");
  }

  @Test
  void whatCannotBeUsedIsAnError() {
    fails("other.safetensors", "none of its 1 layers is in the model, first 'elsewhere'");
    fails("text.safetensors", "is text ('this is no safetensors file'), not safetensors");
    fails("nowhere.safetensors", "no such file");
    fails(".", "has 5 safetensors files: name one, as kohya.safetensors, other.safetensors");
  }

  private void fails(String lora, String cause) {
    TestCli.Outcome outcome = run("-o", "no.mp4", "--lora", lora);
    assertThat(outcome.code()).isEqualTo(1);
    assertThat(outcome.err()).contains(cause).hasLineCount(1);
    assertThat(folder.resolve("no.mp4")).doesNotExist();
  }
}
