package io.zoetrope.checkpoint.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A cache that huggingface_hub made (reference/make_hub.py) is understood. */
class HubCacheTest {
  private static final String OLD = "1".repeat(40);
  private static final String NEW = "2".repeat(40);

  @TempDir private Path folder;

  @BeforeEach
  void restore() throws IOException {
    try (InputStream in = HubCacheTest.class.getResourceAsStream("/reference/hub/cache.json")) {
      for (JsonNode entry : new JsonMapper().readTree(Objects.requireNonNull(in)).path("cache")) {
        Path path = folder.resolve(entry.path("path").asString());
        Files.createDirectories(path.getParent());
        if (entry.has("link")) {
          Files.createSymbolicLink(path, Path.of(entry.path("link").asString()));
        } else {
          Files.write(path, Base64.getDecoder().decode(entry.path("content").asString()));
        }
      }
    }
  }

  @Test
  void modelsAreFoundByBranchTagAndCommit() {
    assertThat(find("tiny/model")).endsWith(Path.of("snapshots", NEW));
    assertThat(find("tiny/model@main")).endsWith(Path.of("snapshots", NEW));
    assertThat(find("tiny/model@v1")).endsWith(Path.of("snapshots", OLD));
    assertThat(find("tiny/model@" + OLD)).endsWith(Path.of("snapshots", OLD));
    assertThat(find("tiny/model@11111111")).endsWith(Path.of("snapshots", OLD));
    assertThat(find("tiny/model").resolve("unet/config.json")).content().contains("UNet2D");
  }

  @Test
  void whatIsNotThereIsNot() {
    HubCache cache = new HubCache(folder);
    for (String id : new String[] {"tiny/other", "tiny/model@v2", "tiny/model@1111", "model"}) {
      assertThat(cache.find(ModelId.parse(id))).as(id).isEmpty();
    }
    assertThat(new HubCache(folder.resolve("nowhere")).find(ModelId.parse("a/b"))).isEmpty();
    assertThat(new HubCache(folder.resolve("nowhere")).snapshots()).isEmpty();
  }

  @Test
  void allSnapshotsAreListed() throws IOException {
    Files.createDirectories(folder.resolve("datasets--tiny--data/snapshots/" + OLD));
    Files.createDirectories(folder.resolve("blobs/aa"));
    Files.createDirectories(folder.resolve("models--tiny--model/snapshots/" + "3".repeat(40)));
    assertThat(new HubCache(folder).snapshots().stream().map(s -> s.id().toString()))
        .containsExactly("tiny/model@v1", "tiny/model", "tiny/model@33333333");
  }

  @Test
  void theOnlySnapshotIsFoundWithoutARef() throws IOException {
    String pinned = "0123456789abcdef0123456789abcdef01234567";
    Path snapshots = folder.resolve("models--acme--tiny/snapshots");
    Path there = Files.createDirectories(snapshots.resolve(pinned));
    HubCache cache = new HubCache(folder);
    ModelId id = ModelId.parse("acme/tiny");
    assertThat(cache.only(id).map(HubCache.Snapshot::folder)).contains(there);
    assertThat(cache.only(id).map(s -> s.id().toString())).contains("acme/tiny@01234567");
    // A ref to what was cleared away is none.
    Path refs = Files.createDirectories(folder.resolve("models--acme--tiny/refs"));
    Files.writeString(refs.resolve("main"), NEW);
    assertThat(cache.find(id)).isEmpty();
    assertThat(cache.only(id).map(HubCache.Snapshot::folder)).contains(there);
    assertThat(cache.only(ModelId.parse("acme/tiny@v1"))).isEmpty();
    assertThat(cache.only(ModelId.parse("acme/other"))).isEmpty();
    Files.createDirectories(snapshots.resolve("89abcdef" + "0".repeat(32)));
    assertThatThrownBy(() -> cache.only(id))
        .hasMessage("acme/tiny is here as acme/tiny@01234567 and acme/tiny@89abcdef: name one");
    Files.writeString(refs.resolve("main"), pinned);
    assertThat(cache.only(id)).isEmpty();
    assertThat(cache.find(id)).contains(there);
  }

  @Test
  void refsThatLeadElsewhereAreNotFollowed() throws IOException {
    Files.writeString(folder.resolve("models--tiny--model/refs/main"), "../../../..");
    assertThat(new HubCache(folder).find(ModelId.parse("tiny/model"))).isEmpty();
  }

  private Path find(String id) {
    return new HubCache(folder).find(ModelId.parse(id)).orElseThrow();
  }
}
