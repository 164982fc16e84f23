package io.zoetrope.checkpoint.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.checkpoint.hub.FakeHub.Request;
import io.zoetrope.error.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** Pulls as such: what they leave on the disk, whom they ask, how they stop. */
class PullTest extends PullCase {
  @Test
  void layoutIsThatOfTheHubsOwnTools() throws IOException {
    PullPlan plan = pull();
    Path repo = folder.resolve("hub/models--org--model");
    assertThat(plan.folder()).isEqualTo(repo.resolve("snapshots").resolve(FakeHub.COMMIT));
    assertThat(tree(repo.resolve("blobs")))
        .containsExactlyInAnyOrder(
            hub.etag("model_index.json"), hub.etag("unet/config.json"), hub.etag(WEIGHTS));
    assertThat(tree(plan.folder()))
        .containsExactlyInAnyOrder("model_index.json", "unet/config.json", WEIGHTS);
    assertThat(Files.readSymbolicLink(plan.folder().resolve(WEIGHTS)))
        .hasToString("../../../blobs/" + hub.etag(WEIGHTS));
    assertThat(Files.readSymbolicLink(plan.folder().resolve("model_index.json")))
        .hasToString("../../blobs/" + hub.etag("model_index.json"));
    assertThat(repo.resolve("refs/main")).hasContent(FakeHub.COMMIT);
    assertThat(folder.resolve("hub/CACHEDIR.TAG")).exists();
    assertThat(plan.folder().resolve(WEIGHTS)).hasBinaryContent(BYTES);
    assertThat(watcher.bytes.get()).isEqualTo(plan.bytes());
    assertThat(new HubCache(folder.resolve("hub")).find(ModelId.parse("org/model")))
        .contains(plan.folder());
    assertThat(plan.leftOut().stream().map(l -> l.path() + ": " + l.why()))
        .containsExactlyInAnyOrder(
            "unet/diffusion_pytorch_model.bin: pickled weights", "README.md: not used");
  }

  @Test
  void anotherPipelineIsNamedBeforeItComes() throws IOException {
    hub.small("model_index.json", "{\"_class_name\": \"FluxPipeline\"}");
    List<String> kinds = new ArrayList<>();
    environment.put("HF_ENDPOINT", hub.endpoint());
    environment.put("HF_HUB_CACHE", folder.resolve("hub").toString());
    PullListener strict =
        new PullListener() {
          @Override
          public boolean asksKind() {
            return true;
          }

          @Override
          public void kind(ModelId id, String kind) {
            kinds.add(kind);
            throw new UserError(id + " is a " + kind);
          }
        };
    PullRequest request = PullRequest.of(ModelId.parse("org/model"));
    try (Pull pull = new Pull(HubSettings.of(environment, folder), request, strict, PATIENCE)) {
      assertThatThrownBy(pull::run).hasMessage("org/model is a FluxPipeline");
      assertThatThrownBy(pull::plan).hasMessage("org/model is a FluxPipeline");
    }
    assertThat(kinds).containsExactly("FluxPipeline", "FluxPipeline");
    assertThat(folder.resolve("hub/models--org--model")).doesNotExist();
    assertThat(hub.log()).noneMatch(Request::cdn);
    PullRequest some =
        new PullRequest(
            ModelId.parse("org/model"), List.of("*.json"), List.of(), Optional.empty(), 1);
    try (Pull pull = new Pull(HubSettings.of(environment, folder), some, strict, PATIENCE)) {
      assertThat(pull.run().files()).hasSize(2);
    }
  }

  @Test
  void secondPullAsksForTheListAlone() {
    pull();
    hub.good();
    assertThat(pull().there()).isEqualTo(watcher.plans.getFirst().bytes());
    assertThat(hub.log()).hasSize(1).allMatch(Request::isApi);
  }

  @Test
  void withoutLinksThereAreFiles() throws IOException {
    environment.put("HF_HUB_DISABLE_SYMLINKS", "1");
    Path file = pull().folder().resolve(WEIGHTS);
    assertThat(Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)).isTrue();
    assertThat(file).hasBinaryContent(BYTES);
    hub.good();
    pull();
    assertThat(hub.log()).hasSize(1);
  }

  @Test
  void tokenGoesToTheHubOnly() {
    environment.put("HF_TOKEN", "hf_secret");
    pull();
    assertThat(hub.log().stream().filter(Request::cdn)).isNotEmpty();
    assertThat(hub.log()).allMatch(r -> r.cdn() ? !r.has("authorization") : r.has("authorization"));
    assertThat(HubSettings.of(environment, folder).toString()).doesNotContain("hf_secret");
  }

  @Test
  void stoppedPullGoesOnAndBreaksNothing() throws IOException {
    pull();
    byte[] next = new byte[300_000];
    new Random(8).nextBytes(next);
    hub.large(WEIGHTS, next);
    hub.good();
    hub.fault(
        1,
        Request::cdn,
        (request, reply) -> {
          reply.trickle = 50_000;
          reply.millis = 60;
          return reply;
        });
    Files.delete(folder.resolve("hub/models--org--model/refs/main"));
    watcher.bytes.set(0);
    watcher.stopAt = 100_000;
    assertThatThrownBy(this::pull).isInstanceOf(CancellationException.class);
    assertNothingBroken();
    assertThat(folder.resolve("hub/models--org--model/refs/main")).doesNotExist();
    long kept =
        Files.size(
            folder
                .resolve("hub/models--org--model/blobs")
                .resolve(hub.etag(WEIGHTS) + ".zoetrope.incomplete"));
    assertThat(kept).isGreaterThanOrEqualTo(100_000);
    watcher.stopAt = Long.MAX_VALUE;
    hub.good();
    PullPlan plan = pull();
    assertThat(plan.there()).isGreaterThanOrEqualTo(kept);
    assertThat(plan.folder().resolve(WEIGHTS)).hasBinaryContent(next);
    assertThat(hub.log())
        .anyMatch(
            r -> r.cdn() && r.headers().getOrDefault("range", "").equals("bytes=" + kept + "-"));
  }

  @Test
  void oneFailureStopsTheOthers() {
    for (int i = 0; i < 12; i++) {
      hub.large("unet/part-%s.safetensors".formatted(i), Arrays.copyOf(BYTES, 1000 + i));
    }
    hub.fault(99, r -> r.cdn() && r.path().contains("part-11"), (request, reply) -> spoilt(reply));
    refused("unet/part-11.safetensors: what came has not the hash");
  }

  @Test
  void severalAtOnceButNoMore() {
    for (int i = 0; i < 12; i++) {
      hub.large("unet/part-%s.safetensors".formatted(i), Arrays.copyOf(BYTES, 1000 + i));
    }
    AtomicInteger now = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    hub.fault(
        99,
        Request::cdn,
        (request, reply) -> {
          most.accumulateAndGet(now.incrementAndGet(), Math::max);
          LockSupport.parkNanos(20_000_000);
          now.decrementAndGet();
          return reply;
        });
    pull(
        new PullRequest(ModelId.parse("org/model"), List.of(), List.of(), Optional.empty(), 3),
        PATIENCE);
    assertThat(most.get()).isBetween(2, 3);
  }

  @Test
  void aSecondPullAtTheSameTimeWaits() throws Exception {
    hub.fault(
        1,
        Request::cdn,
        (request, reply) -> {
          reply.trickle = 1000;
          reply.millis = 20;
          return reply;
        });
    Thread other = Thread.ofPlatform().start(this::pull);
    Instant deadline = Instant.now().plusSeconds(60);
    while (hub.log().stream().noneMatch(Request::cdn) && Instant.now().isBefore(deadline)) {
      Thread.sleep(2);
    }
    assertThat(pull().folder().resolve(WEIGHTS)).hasBinaryContent(BYTES);
    other.join();
    assertThat(hub.log().stream().filter(Request::cdn)).hasSize(1);
  }

  @Test
  void fullDisksAreSaidBefore() {
    hub.fault(
        99,
        Request::isApi,
        (request, reply) -> reply.body(hub.listing(true).replace("5000", "5000000000000000")));
    hub.fault(
        99,
        r -> r.method().equals("HEAD") && r.path().endsWith(WEIGHTS),
        (request, reply) -> reply.header("X-Linked-Size", "5000000000000000"));
    refused("org/model needs 5000000.0 GB more, but");
    assertThat(hub.log()).noneMatch(Request::cdn);
  }

  @Test
  void offlineIsRespected() {
    environment.put("HF_HUB_OFFLINE", "1");
    refused("HF_HUB_OFFLINE is set: unset it to download org/model");
    assertThat(hub.log()).isEmpty();
  }

  @Test
  void noServerIsSaid() throws IOException {
    hub.close();
    refused("the connection was refused");
  }
}
