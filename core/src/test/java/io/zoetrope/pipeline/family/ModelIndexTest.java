package io.zoetrope.pipeline.family;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ModelIndexTest {
  @TempDir Path folder;

  private Path model(String name, String index) throws IOException {
    Path model = Files.createDirectories(folder.resolve(name));
    Files.writeString(model.resolve("model_index.json"), index);
    return model;
  }

  @Test
  void aRefinerIsTheModelBesideThatIsNamed() throws IOException {
    Path model = model("small", "{\"refiner\": \"large\"}");
    assertThat(ModelIndex.refiner(model)).isEmpty();
    Path large = model("large", "{}");
    assertThat(ModelIndex.refiner(model)).contains(large);
    assertThat(ModelIndex.refiner(large)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"{}", "{\"refiner\": \"\"}", "{\"refiner\": \" \"}", "{\"refiner\": 3}"})
  void orThereIsNone(String index) throws IOException {
    assertThat(ModelIndex.refiner(model("model", index))).isEmpty();
  }

  @Test
  void checkpointsInOneFileNameNone() throws IOException {
    Path file = Files.createFile(folder.resolve("model.safetensors"));
    assertThat(ModelIndex.refiner(file)).isEmpty();
  }

  @Test
  void soIsAModelOfFewSteps() throws IOException {
    Path model = model("slow", "{\"fast\": \"quick\"}");
    assertThat(ModelIndex.fast(model)).isEmpty();
    Path quick = model("quick", "{}");
    assertThat(ModelIndex.fast(model)).contains(quick);
    assertThat(ModelIndex.fast(quick)).isEmpty();
  }

  @Test
  void theBundledModelHasOne() {
    Path bundled = Path.of("..", "models", "toybox").toAbsolutePath().normalize();
    assertThat(ModelIndex.refiner(bundled)).contains(bundled.resolveSibling("toybox-refiner"));
    assertThat(ModelIndex.fast(bundled)).contains(bundled.resolveSibling("toybox-turbo"));
  }
}
