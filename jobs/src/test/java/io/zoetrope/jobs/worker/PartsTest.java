package io.zoetrope.jobs.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.checkpoint.hub.HubCache;
import io.zoetrope.error.UserError;
import io.zoetrope.jobs.PartRef;
import io.zoetrope.models.InstalledModels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PartsTest {
  private static void file(Path path) throws IOException {
    Files.createDirectories(path.getParent());
    Files.writeString(path, "weights");
  }

  @Test
  void whatLiesInTheirFoldersIsListedAndNothingElse(@TempDir Path folder) throws IOException {
    Path first = folder.resolve("first");
    Path second = folder.resolve("second");
    file(first.resolve("loras/grain.safetensors"));
    file(first.resolve("loras/folder/adapter_model.safetensors"));
    file(first.resolve("loras/notes.txt"));
    file(first.resolve("loras/.hidden.safetensors"));
    file(first.resolve("loras/two words.safetensors"));
    file(first.resolve("secret.safetensors"));
    file(second.resolve("loras/grain.safetensors"));
    file(second.resolve("controls/canny/config.json"));
    file(second.resolve("controls/canny.safetensors"));
    file(second.resolve("embeddings/word.safetensors"));
    file(second.resolve("embeddings/folder/word.safetensors"));
    file(second.resolve("depths/midas.onnx"));
    file(second.resolve("other/thing.safetensors"));
    InstalledModels models =
        new InstalledModels(
            List.of(first, second, folder.resolve("none")),
            new HubCache(folder.resolve("hub")),
            folder,
            folder);
    assertThat(Parts.of(models).keySet().stream().map(PartRef::text))
        .containsExactly(
            "part:loras/folder",
            "part:loras/grain",
            "part:controls/canny",
            "part:embeddings/word",
            "part:depths/midas");
    Path grain = Parts.require(models, new PartRef(PartRef.Kind.LORA, "grain"));
    assertThat(grain).isEqualTo(first.resolve("loras/grain.safetensors"));
    assertThat(Parts.bytes(grain)).isEqualTo(7);
    assertThatThrownBy(() -> Parts.require(models, new PartRef(PartRef.Kind.LORA, "notes.txt")))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("part:loras/notes.txt")
        .hasMessageNotContaining(folder.toString());
  }

  @Test
  void aNameIsNoPath() {
    for (String text :
        new String[] {
          "part:loras/../x",
          "part:loras/a/b",
          "part:loras/a\\b",
          "part:loras//x",
          "part:loras/.x",
          "part:loras/",
          "part:loras/a..b",
          "part:loras/a\u0000",
          "part:models/toybox",
          "part:LORAS/x",
          "loras/x",
          "part:loras/" + "x".repeat(101)
        }) {
      assertThat(PartRef.tryParse(text)).as(text).isEmpty();
    }
    assertThat(PartRef.tryParse("part:loras/a.b-c_1"))
        .hasValue(new PartRef(PartRef.Kind.LORA, "a.b-c_1"));
  }
}
