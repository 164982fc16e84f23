package io.zoetrope.checkpoint.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.checkpoint.hub.FakeHub.Reply;
import io.zoetrope.error.UserError;
import io.zoetrope.progress.Phase;
import io.zoetrope.progress.Report;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A small model on a hub that misbehaves on demand, and pulls of it. */
abstract class PullCase {
  static final String CONFIG = "{\"_class_name\": \"UNet2DConditionModel\"}\n";
  static final String WEIGHTS = "unet/diffusion_pytorch_model.safetensors";
  static final byte[] BYTES = new byte[5000];

  static {
    new Random(7).nextBytes(BYTES);
  }

  @TempDir Path folder;
  final FakeHub hub = new FakeHub();
  final Map<String, String> environment = new HashMap<>();
  final Watcher watcher = new Watcher();

  static final Patience PATIENCE =
      new Patience(
          Duration.ofSeconds(2),
          Duration.ofSeconds(2),
          Duration.ofMillis(400),
          Duration.ofSeconds(5),
          1,
          4,
          Duration.ofMillis(1),
          Duration.ofSeconds(30));

  /** Remembers what it was told; stops when a number of bytes has come. */
  static class Watcher implements PullListener {
    final List<String> notes = new CopyOnWriteArrayList<>();
    final AtomicLong bytes = new AtomicLong();
    final List<PullPlan> plans = new ArrayList<>();
    long stopAt = Long.MAX_VALUE;

    @Override
    public void planned(PullPlan plan) {
      plans.add(plan);
    }

    @Override
    public void update(Report report) {
      assertThat(report.phase()).isEqualTo(Phase.DOWNLOAD);
      assertThat(report.done()).isLessThanOrEqualTo(report.total());
      bytes.set(report.done() - plans.getLast().there());
    }

    @Override
    public void note(String line) {
      notes.add(line);
    }

    @Override
    public boolean cancelled() {
      return bytes.get() >= stopAt;
    }
  }

  @BeforeEach
  void furnish() {
    hub.small("model_index.json", "{}").small("unet/config.json", CONFIG).large(WEIGHTS, BYTES);
    hub.small("unet/diffusion_pytorch_model.bin", "pickle").small("README.md", "# model");
  }

  @AfterEach
  void close() throws IOException {
    hub.close();
  }

  PullPlan pull() {
    return pull(PullRequest.of(ModelId.parse("org/model")), PATIENCE);
  }

  PullPlan pull(PullRequest request, Patience patience) {
    environment.put("HF_ENDPOINT", hub.endpoint());
    environment.putIfAbsent("HF_HUB_CACHE", folder.resolve("hub").toString());
    environment.put("HF_HOME", folder.resolve("home").toString());
    HubSettings settings = HubSettings.of(environment, folder);
    try (Pull pull = new Pull(settings, request, watcher, patience)) {
      return pull.run();
    }
  }

  void refused(String message) {
    assertThatThrownBy(this::pull)
        .isInstanceOf(UserError.class)
        .hasMessageContaining(message)
        .hasMessageNotContaining("\n")
        .hasMessageNotContaining("secret");
  }

  /** Whatever happened: each blob is what its name says, and each link leads to one. */
  void assertNothingBroken() throws IOException {
    Path repo = folder.resolve("hub/models--org--model");
    for (String name : tree(repo.resolve("blobs"))) {
      if (!name.endsWith(".incomplete")) {
        ContentHash hash = ContentHash.of(name).orElseThrow();
        assertThat(hash.matches(repo.resolve("blobs").resolve(name))).as(name).isTrue();
      }
    }
    for (String name : tree(repo.resolve("snapshots"))) {
      assertThat(repo.resolve("snapshots").resolve(name)).exists();
    }
    assertThat(repo.resolve("refs/main")).doesNotExist();
  }

  static Reply spoilt(Reply reply) {
    byte[] body = reply.body.clone();
    body[body.length / 2] ^= 1;
    reply.body = body;
    return reply;
  }

  static Reply busy(Reply reply, int status, @Nullable Integer after) {
    reply.status(status);
    return after == null ? reply : reply.header("Retry-After", String.valueOf(after));
  }

  static List<String> tree(Path root) throws IOException {
    if (!Files.exists(root)) {
      return List.of();
    }
    try (Stream<Path> files = Files.walk(root)) {
      return files
          .filter(f -> !Files.isDirectory(f))
          .map(f -> root.relativize(f).toString().replace('\\', '/'))
          .toList();
    }
  }
}
