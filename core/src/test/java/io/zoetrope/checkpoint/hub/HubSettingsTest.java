package io.zoetrope.checkpoint.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.error.UserError;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Environment variables, names of models and patterns, as the hub's own tools read them. */
class HubSettingsTest {
  @TempDir private Path folder;

  @Test
  void theCacheIsWhereTheFirstVariableSays() {
    assertThat(cache()).isEqualTo(folder.resolve(".cache/huggingface/hub"));
    assertThat(cache("XDG_CACHE_HOME", "/x")).isEqualTo(Path.of("/x/huggingface/hub"));
    assertThat(cache("HF_HOME", "/h", "XDG_CACHE_HOME", "/x")).isEqualTo(Path.of("/h/hub"));
    assertThat(cache("HUGGINGFACE_HUB_CACHE", "/old", "HF_HOME", "/h")).isEqualTo(Path.of("/old"));
    assertThat(cache("HF_HUB_CACHE", "/new", "HUGGINGFACE_HUB_CACHE", "/old"))
        .isEqualTo(Path.of("/new"));
    assertThat(cache("HF_HUB_CACHE", "~/models")).isEqualTo(folder.resolve("models"));
    assertThat(cache("HF_HUB_CACHE", "$DISK/${SUB}/m", "DISK", "/d", "SUB", "s"))
        .isEqualTo(Path.of("/d/s/m"));
    assertThat(cache("HF_HUB_CACHE", "here")).isEqualTo(folder.resolve("here"));
  }

  @Test
  void theTokenIsTheVariableOrAFile() throws IOException {
    assertThat(settings().token()).isEmpty();
    Files.createDirectories(folder.resolve(".cache/huggingface"));
    Files.writeString(folder.resolve(".cache/huggingface/token"), "hf_home\n");
    assertThat(settings().token()).contains("hf_home");
    Files.writeString(folder.resolve("mine"), "hf_file");
    assertThat(settings("HF_TOKEN_PATH", "mine").token()).contains("hf_file");
    assertThat(settings("HF_TOKEN", " hf_variable ").token()).contains("hf_variable");
    assertThat(settings("HF_HUB_DISABLE_IMPLICIT_TOKEN", "1").token()).isEmpty();
    assertThatThrownBy(() -> settings("HF_TOKEN", "two words"))
        .isInstanceOf(UserError.class)
        .hasMessageNotContaining("two words");
  }

  @Test
  void theEndpointIsAnAddress() {
    assertThat(settings().endpoint()).isEqualTo(URI.create("https://huggingface.co"));
    assertThat(settings("HF_ENDPOINT", "https://mirror.example/hf//").endpoint())
        .isEqualTo(URI.create("https://mirror.example/hf"));
    for (String bad : List.of("mirror", "ftp://x", "https://", "http://a b", "https://x?y=1")) {
      assertThatThrownBy(() -> settings("HF_ENDPOINT", bad))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("HF_ENDPOINT");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "org/name,org/name,main,models--org--name",
    "gpt2,gpt2,main,models--gpt2",
    "org/na.me_1-x@fp16,org/na.me_1-x,fp16,models--org--na.me_1-x",
    "org/name@refs/pr/1,org/name,refs/pr/1,models--org--name",
    "https://huggingface.co/org/name,org/name,main,models--org--name",
    "https://huggingface.co/org/name/tree/v1,org/name,v1,models--org--name"
  })
  void namesOfModels(String text, String repo, String revision, String cached) {
    ModelId id = ModelId.parse(text);
    assertThat(id).isEqualTo(new ModelId(repo, revision));
    assertThat(id.folder()).isEqualTo(cached);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "a/b/c",
        "/a",
        "a/",
        "-a/b",
        "a/b.",
        "a/..",
        "../b",
        "a/b--c",
        "a b/c",
        "a/b.git",
        "a/b@",
        "a/b@..",
        "a/b@x/../y",
        "a/b@/x",
        "a/b@x/",
        "a/b@.x",
        "a/b@x y",
        "a/b@x./y",
        "C:\\models",
        "a\nb/c"
      })
  void namesThatAreNone(String text) {
    assertThat(ModelId.tryParse(text)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "*.json,unet/config.json,true",
    "unet/*,unet/a/b.txt,true",
    "unet/,unet/config.json,true",
    "unet/,vae/config.json,false",
    "?ae/*,vae/config.json,true",
    "[uv]*/config.json,vae/config.json,true",
    "[!v]*,vae/config.json,false",
    "a.json,axjson,false",
    "config.json,unet/config.json,false",
    "[,[,true",
    "(a)+,(a)+,true"
  })
  void patterns(String glob, String path, boolean matches) {
    assertThat(Globs.of(List.of(glob)).match(path)).isEqualTo(matches);
  }

  private Path cache(String... variables) {
    return settings(variables).cache();
  }

  private HubSettings settings(String... variables) {
    Map<String, String> environment = new java.util.HashMap<>();
    environment.put("HOME", folder.toString());
    for (int i = 0; i < variables.length; i += 2) {
      environment.put(variables[i], variables[i + 1]);
    }
    return HubSettings.of(environment, folder);
  }
}
