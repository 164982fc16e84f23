package io.zoetrope.checkpoint.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.checkpoint.hub.FakeHub.Reply;
import io.zoetrope.checkpoint.hub.FakeHub.Request;
import io.zoetrope.torch.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Pulls from a hub that misbehaves: each fault is survived, or refused in one clear line. */
class PullTest {
  private static final String CONFIG = "{\"_class_name\": \"UNet2DConditionModel\"}\n";
  private static final String WEIGHTS = "unet/diffusion_pytorch_model.safetensors";
  private static final byte[] BYTES = new byte[5000];

  static {
    new Random(7).nextBytes(BYTES);
  }

  @TempDir private Path folder;
  private final FakeHub hub = new FakeHub();
  private final Map<String, String> environment = new HashMap<>();
  private final Watcher watcher = new Watcher();

  private static final Patience PATIENCE =
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
  private static class Watcher implements PullListener {
    final List<String> notes = new CopyOnWriteArrayList<>();
    final AtomicLong bytes = new AtomicLong();
    final List<PullPlan> plans = new ArrayList<>();
    long stopAt = Long.MAX_VALUE;

    @Override
    public void planned(PullPlan plan) {
      plans.add(plan);
    }

    @Override
    public void moved(long n) {
      bytes.addAndGet(n);
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
  void cutAtAnyByteGoesOnThere() {
    byte[] tiny = Arrays.copyOf(BYTES, 24);
    hub.large(WEIGHTS, tiny);
    for (int at = 0; at <= tiny.length; at++) {
      int cut = at;
      environment.put("HF_HUB_CACHE", folder.resolve("cut-" + at).toString());
      hub.good();
      hub.fault(1, Request::cdn, (request, reply) -> reply.cut(cut));
      assertThat(pull().folder().resolve(WEIGHTS)).hasBinaryContent(tiny);
      List<Request> content = hub.log().stream().filter(Request::cdn).toList();
      if (at > 0 && at < tiny.length) {
        assertThat(content.getLast().headers()).containsEntry("range", "bytes=" + at + "-");
        assertThat(content.getLast().headers())
            .containsEntry("if-range", "\"cdn-" + WEIGHTS.length() + "\"");
      }
    }
  }

  @Test
  void cutAgainAndAgainStillArrives() {
    hub.fault(99, Request::cdn, (request, reply) -> reply.cut(700));
    assertThat(pull().folder().resolve(WEIGHTS)).hasBinaryContent(BYTES);
    assertThat(watcher.bytes.get()).isEqualTo(watcher.plans.getFirst().bytes());
  }

  @Test
  void cutAlwaysAtTheSameByteIsGivenUp() throws IOException {
    hub.fault(
        99,
        Request::cdn,
        (request, reply) -> {
          // Ignores the range.
          reply.status = 200;
          reply.headers.remove("Content-Range");
          reply.body = BYTES;
          return reply.cut(700);
        });
    refused("gave up on " + WEIGHTS + " after 4 attempts");
    assertNothingBroken();
  }

  @Test
  void rangeIgnoredStartsAnew() {
    hub.fault(1, Request::cdn, (request, reply) -> reply.cut(700));
    hub.fault(
        1,
        r -> r.cdn() && r.has("range"),
        (request, reply) -> {
          reply.status = 200;
          reply.headers.remove("Content-Range");
          reply.body = BYTES;
          return reply;
        });
    assertThat(pull().folder().resolve(WEIGHTS)).hasBinaryContent(BYTES);
    assertThat(watcher.bytes.get()).isEqualTo(watcher.plans.getFirst().bytes());
  }

  @ParameterizedTest
  @ValueSource(strings = {"bytes 0-4299/5000", "bytes 700-4999/9999", "nonsense"})
  void partThatWasNotAskedForStartsAnew(String range) {
    hub.fault(1, Request::cdn, (request, reply) -> reply.cut(700));
    hub.fault(
        1,
        r -> r.cdn() && r.has("range"),
        (request, reply) -> reply.header("Content-Range", range));
    assertThat(pull().folder().resolve(WEIGHTS)).hasBinaryContent(BYTES);
  }

  @Test
  void etagThatChangesOnTheWayStartsAnew() {
    byte[] other = new byte[5000];
    // The first answer has other content under another ETag; the rest of it never comes.
    hub.fault(
        1,
        Request::cdn,
        (request, reply) -> {
          reply.body = other;
          return reply.header("ETag", "\"other\"").cut(700);
        });
    assertThat(pull().folder().resolve(WEIGHTS)).hasBinaryContent(BYTES);
    assertThat(watcher.notes).isEmpty();
  }

  @Test
  void partialContentUnderAnotherEtagStartsAnew() {
    hub.fault(1, Request::cdn, (request, reply) -> reply.cut(700));
    hub.fault(
        1, r -> r.cdn() && r.has("range"), (request, reply) -> reply.header("ETag", "\"other\""));
    assertThat(pull().folder().resolve(WEIGHTS)).hasBinaryContent(BYTES);
  }

  @Test
  void wrongContentOnceIsFetchedAgain() {
    hub.fault(1, Request::cdn, (request, reply) -> spoilt(reply));
    assertThat(pull().folder().resolve(WEIGHTS)).hasBinaryContent(BYTES);
    assertThat(watcher.notes).anyMatch(n -> n.contains("has not the hash"));
    assertThat(watcher.bytes.get()).isEqualTo(watcher.plans.getFirst().bytes());
  }

  @Test
  void wrongContentNeverEntersTheCache() throws IOException {
    hub.fault(99, Request::cdn, (request, reply) -> spoilt(reply));
    refused(WEIGHTS + ": what came has not the hash");
    assertNothingBroken();
    assertThat(tree(folder.resolve("hub/models--org--model/blobs")))
        .noneMatch(f -> f.endsWith(".incomplete"));
  }

  @Test
  void wrongContentOfSmallFilesNeverEntersTheCache() throws IOException {
    hub.fault(
        99,
        r -> r.isContent() && r.path().endsWith("unet/config.json"),
        (request, reply) -> reply.body("<html>" + "x".repeat(CONFIG.length() - 6)));
    refused("unet/config.json: what came has not the hash");
    assertNothingBroken();
  }

  @Test
  void partialOfOtherContentIsFetchedAgain() throws IOException {
    pull();
    Path blobs = folder.resolve("hub/models--org--model/blobs");
    Files.delete(blobs.resolve(hub.etag(WEIGHTS)));
    Files.write(blobs.resolve(hub.etag(WEIGHTS) + ".zoetrope.incomplete"), new byte[4000]);
    assertThat(pull().folder().resolve(WEIGHTS)).hasBinaryContent(BYTES);
    Files.delete(blobs.resolve(hub.etag(WEIGHTS)));
    Files.write(blobs.resolve(hub.etag(WEIGHTS) + ".zoetrope.incomplete"), new byte[7000]);
    assertThat(pull().folder().resolve(WEIGHTS)).hasBinaryContent(BYTES);
  }

  @Test
  void tooLongIsRefused() throws IOException {
    hub.fault(
        99,
        Request::cdn,
        (request, reply) -> {
          reply.body = Arrays.copyOf(BYTES, 6000);
          return reply;
        });
    refused("offers 6000 bytes instead of 5000");
    assertNothingBroken();
  }

  @Test
  void tooLongWithoutALengthIsRefused() throws IOException {
    hub.fault(
        99,
        Request::cdn,
        (request, reply) -> {
          reply.body = ("1770\r\n" + "x".repeat(6000) + "\r\n0\r\n\r\n").getBytes();
          reply.headers.put("Transfer-Encoding", "chunked");
          return reply.header("Content-Length", "0");
        });
    assertThatThrownBy(this::pull).isInstanceOf(UserError.class);
    assertNothingBroken();
  }

  @Test
  void tooShortIsGoneOnWith() {
    hub.fault(
        1,
        Request::cdn,
        (request, reply) -> {
          reply.body = Arrays.copyOf(BYTES, 4999);
          return reply;
        });
    assertThat(pull().folder().resolve(WEIGHTS)).hasBinaryContent(BYTES);
  }

  @Test
  void tooShortForEverIsGivenUp() throws IOException {
    hub.fault(
        99,
        Request::cdn,
        (request, reply) -> {
          reply.status(200).body = Arrays.copyOf(BYTES, 4999);
          return reply;
        });
    refused("the server stops after 4999 of 5000 bytes");
    assertNothingBroken();
  }

  @ParameterizedTest
  @CsvSource({"429,0", "429,1", "503,0", "503,", "500,", "408,", "504,"})
  void busyServersAreAskedAgain(int status, Integer after) {
    long start = System.nanoTime();
    hub.fault(1, Request::isApi, (request, reply) -> busy(reply, status, after));
    hub.fault(
        1,
        r -> r.method().equals("HEAD"),
        (request, reply) -> busy(reply, status, after == null ? null : 0));
    hub.fault(2, Request::cdn, (request, reply) -> busy(reply, status, after == null ? null : 0));
    assertThat(pull().folder().resolve(WEIGHTS)).hasBinaryContent(BYTES);
    assertThat((System.nanoTime() - start) / 1e9).isGreaterThanOrEqualTo(after == null ? 0 : after);
  }

  @Test
  void retryAfterMayBeADate() {
    String past =
        DateTimeFormatter.RFC_1123_DATE_TIME.format(
            ZonedDateTime.now(ZoneOffset.UTC).minusHours(1));
    hub.fault(1, Request::cdn, (request, reply) -> reply.status(503).header("Retry-After", past));
    pull();
  }

  @Test
  void waitsThatAreTooLongAreLeftToThePerson() {
    hub.fault(1, Request::isApi, (request, reply) -> busy(reply, 429, 3600));
    refused("asks to wait 60 min: run it again then");
  }

  @Test
  void busyForEverIsGivenUp() {
    hub.fault(99, Request::isApi, (request, reply) -> busy(reply, 503, null));
    refused("after 4 attempts: the server answers 503");
  }

  @Test
  void stalledServerIsLeftAndAskedAgain() {
    hub.fault(
        1,
        Request::cdn,
        (request, reply) -> {
          reply.trickle = 3000;
          reply.millis = 600;
          return reply;
        });
    assertThat(pull().folder().resolve(WEIGHTS)).hasBinaryContent(BYTES);
    assertThat(hub.log().stream().filter(Request::cdn).toList().getLast().headers())
        .containsEntry("range", "bytes=3000-");
  }

  @Test
  void trickleIsGivenUp() throws IOException {
    Patience hasty =
        new Patience(
            Duration.ofSeconds(2),
            Duration.ofSeconds(2),
            Duration.ofSeconds(2),
            Duration.ofMillis(40),
            1 << 20,
            3,
            Duration.ofMillis(1),
            Duration.ofSeconds(1));
    hub.fault(
        99,
        Request::cdn,
        (request, reply) -> {
          reply.trickle = 1;
          reply.millis = 10;
          return reply;
        });
    assertThatThrownBy(() -> pull(PullRequest.of(ModelId.parse("org/model")), hasty))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("after 3 attempts: the server sends hardly anything");
    assertNothingBroken();
    hub.good();
    assertThat(pull().folder().resolve(WEIGHTS)).hasBinaryContent(BYTES);
  }

  @Test
  void redirectsMayBeRelativeOrAbsolute() {
    environment.put("HF_TOKEN", "hf_secret");
    String cache = "/api/resolve-cache/models/org/model/config.json";
    hub.fault(
        99,
        r -> !r.cdn() && r.path().contains("/resolve/") && r.path().endsWith("unet/config.json"),
        (request, reply) -> reply.status(307).header("Location", cache + "?etag=1"));
    hub.fault(
        99,
        r -> r.path().startsWith(cache),
        (request, reply) ->
            reply
                .status(200)
                .body(CONFIG)
                .header("ETag", "\"" + hub.etag("unet/config.json") + "\""));
    hub.fault(
        99,
        r -> !r.cdn() && r.path().contains("/resolve/") && r.path().endsWith("model_index.json"),
        (request, reply) ->
            reply
                .status(301)
                .header(
                    "Location",
                    hub.endpoint() + request.path().replace("model_index", "unet/config")));
    hub.small("model_index.json", CONFIG);
    assertThat(pull().folder().resolve("unet/config.json")).hasContent(CONFIG);
    assertThat(hub.log()).allMatch(r -> r.cdn() != r.has("authorization"));
  }

  @Test
  void redirectsInACircleAreRefused() {
    hub.fault(
        99,
        r -> r.path().endsWith("config.json"),
        (request, reply) -> reply.status(302).header("Location", request.path()));
    refused("redirects in a circle");
  }

  @Test
  void redirectsWithoutEndAreRefused() {
    hub.fault(
        99,
        r -> !r.isApi() && !r.cdn(),
        (request, reply) -> reply.status(302).header("Location", request.path() + "x"));
    refused("redirects in a circle");
  }

  @ParameterizedTest
  @ValueSource(strings = {"file:///etc/passwd", "ftp://x/y", "http://", "not an address", ""})
  void redirectsToElsewhereAreRefused(String location) {
    hub.fault(
        99,
        r -> r.path().endsWith("config.json"),
        (request, reply) -> reply.status(302).header("Location", location));
    assertThatThrownBy(this::pull).isInstanceOf(UserError.class).hasMessageContaining("redirects");
  }

  @Test
  void addressesOfTheCdnThatRanOutAreAskedForAgain() {
    hub.fault(1, Request::cdn, (request, reply) -> reply.status(403));
    assertThat(pull().folder().resolve(WEIGHTS)).hasBinaryContent(BYTES);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "401||there is no model org/model, or it is private or gated",
        "403|GatedRepo|org/model is gated: accept its licence at",
        "401|GatedRepo|and set HF_TOKEN",
        "404|RepoNotFound|there is no model org/model",
        "404|RevisionNotFound|org/model has no revision 'main'",
        "404||there is no model org/model",
        "400||the hub answers 400 for org/model"
      })
  void refusalsAreClear(int status, String code, String message) {
    hub.fault(
        99,
        Request::isApi,
        (request, reply) ->
            code == null
                ? reply.status(status)
                : reply.status(status).header("X-Error-Code", code));
    refused(message);
    assertThat(hub.log()).hasSize(1);
    assertThat(folder.resolve("hub")).doesNotExist();
  }

  @Test
  void gatedFilesAreClear() {
    hub.fault(
        99,
        r -> r.path().contains("/resolve/"),
        (request, reply) -> reply.status(403).header("X-Error-Code", "GatedRepo"));
    environment.put("HF_TOKEN", "hf_secret");
    refused("org/model is gated and your token may not read it: accept its licence at");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "<!DOCTYPE html><html>log in</html>|answers with a web page instead of data",
        "{\"sha\": \"|answers with what is no JSON",
        "{}|gives no commit",
        "{\"sha\": \"../../x\"}|gives no commit",
        "\"text\"|answers with what is no JSON",
        "''|answers with what is no JSON"
      })
  void answersThatAreNoListAreRefused(String body, String message) {
    hub.fault(99, Request::isApi, (request, reply) -> reply.body(body));
    refused(message);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "../evil.json",
        "unet/../../evil.json",
        "/etc/evil.json",
        "C:/evil.json",
        "C:evil.json",
        "..\\evil.json",
        "a//b.json",
        "./a.json",
        "a\u0000b.json",
        "a\nb.json",
        ""
      })
  void namesThatLeadOutAreRefused(String name) throws IOException {
    hub.small(name, "{}");
    refused("nothing of this model is taken");
    assertThat(tree(folder)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"NUL", "unet/aux.json", "com1.txt", "ab:c.json", "a?.json", "dot./a.json"})
  void namesThatWindowsCannotHoldAreRefused(String name) throws IOException {
    hub.small(name, "{}");
    PullRequest all =
        new PullRequest(
            ModelId.parse("org/model"), List.of("*"), List.of(), java.util.Optional.empty(), 2);
    assertThatThrownBy(() -> pull(all, PATIENCE))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("Windows")
        .hasMessageContaining("--exclude");
    assertThat(tree(folder)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"../../../evil", "a/b", ".", "", "a b"})
  void etagsThatAreNoNamesAreRefused(String etag) throws IOException {
    hub.fault(
        99,
        r -> r.path().endsWith("config.json"),
        (request, reply) -> reply.header("ETag", "\"" + etag + "\""));
    refused("no usable ETag");
    assertThat(tree(folder)).isEmpty();
  }

  @Test
  void etagThatIsNotTheListedHashIsRefused() {
    hub.fault(
        99,
        r -> r.path().endsWith("config.json"),
        (request, reply) -> reply.header("ETag", "\"" + "a".repeat(40) + "\""));
    refused("the hub lists unet/config.json with hash");
  }

  @Test
  void anotherCommitIsRefused() {
    hub.fault(
        99,
        r -> r.path().endsWith("config.json"),
        (request, reply) -> reply.header("X-Repo-Commit", "b".repeat(40)));
    refused("answers with commit bbbb");
  }

  @Test
  void listWithoutSizesIsEnough() {
    hub.fault(
        99,
        Request::isApi,
        (request, reply) ->
            request.path().contains("/tree/") ? reply : reply.body(hub.listing(false)));
    assertThat(pull().folder().resolve(WEIGHTS)).hasBinaryContent(BYTES);
    assertThat(hub.log()).anyMatch(r -> r.path().contains("/tree/" + FakeHub.COMMIT));
  }

  @Test
  void treeGivesSizesAndHashesPageByPage() {
    hub.fault(
        1,
        r -> r.path().contains("/revision/"),
        (request, reply) -> reply.body(hub.listing(false)));
    hub.fault(
        1,
        r -> r.path().contains("/tree/"),
        (request, reply) ->
            reply
                .status(200)
                .body("[{\"type\":\"directory\",\"path\":\"unet\",\"size\":0}]")
                .header("Link", "</api/models/org/model/tree/x?cursor=2>; rel=\"next\""));
    hub.fault(
        1,
        r -> r.path().endsWith("cursor=2"),
        (request, reply) ->
            reply
                .status(200)
                .body(
                    "[{\"type\":\"file\",\"path\":\"%s\",\"size\":5000,\"oid\":\"x\",\"lfs\":{\"oid\":\"%s\",\"size\":5000}}]"
                        .formatted(WEIGHTS, "c".repeat(64))));
    refused("with hash " + "c".repeat(64));
  }

  @Test
  void serversThatKnowNoHeadAreAskedOtherwise() {
    hub.fault(99, r -> r.method().equals("HEAD"), (request, reply) -> reply.status(405));
    assertThat(pull().folder().resolve(WEIGHTS)).hasBinaryContent(BYTES);
  }

  @Test
  void etagsThatAreNoHashesAreSaid() {
    hub.fault(
        99,
        Request::isApi,
        (request, reply) ->
            request.path().contains("/tree/") ? reply : reply.body(hub.listing(false)));
    hub.fault(
        99,
        r -> r.path().endsWith("unet/config.json"),
        (request, reply) -> reply.header("ETag", "W/\"abc-1\""));
    assertThat(pull().folder().resolve("unet/config.json")).hasContent(CONFIG);
    assertThat(watcher.notes).anyMatch(n -> n.contains("only its length was checked"));
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
      hub.large("unet/part-%d.safetensors".formatted(i), Arrays.copyOf(BYTES, 1000 + i));
    }
    hub.fault(99, r -> r.cdn() && r.path().contains("part-11"), (request, reply) -> spoilt(reply));
    refused("unet/part-11.safetensors: what came has not the hash");
  }

  @Test
  void severalAtOnceButNoMore() {
    for (int i = 0; i < 12; i++) {
      hub.large("unet/part-%d.safetensors".formatted(i), Arrays.copyOf(BYTES, 1000 + i));
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
        new PullRequest(
            ModelId.parse("org/model"), List.of(), List.of(), java.util.Optional.empty(), 3),
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
    while (hub.log().stream().noneMatch(Request::cdn)) {
      Thread.onSpinWait();
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

  private PullPlan pull() {
    return pull(PullRequest.of(ModelId.parse("org/model")), PATIENCE);
  }

  private PullPlan pull(PullRequest request, Patience patience) {
    environment.put("HF_ENDPOINT", hub.endpoint());
    environment.putIfAbsent("HF_HUB_CACHE", folder.resolve("hub").toString());
    environment.put("HF_HOME", folder.resolve("home").toString());
    HubSettings settings = HubSettings.of(environment, folder);
    try (Pull pull = new Pull(settings, request, watcher, patience)) {
      return pull.run();
    }
  }

  private void refused(String message) {
    assertThatThrownBy(this::pull)
        .isInstanceOf(UserError.class)
        .hasMessageContaining(message)
        .satisfies(e -> assertThat(e.getMessage().lines()).hasSize(1))
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("secret"));
  }

  /** Whatever happened: each blob is what its name says, and each link leads to one. */
  private void assertNothingBroken() throws IOException {
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

  private static Reply spoilt(Reply reply) {
    byte[] body = reply.body.clone();
    body[body.length / 2] ^= 1;
    reply.body = body;
    return reply;
  }

  private static Reply busy(Reply reply, int status, Integer after) {
    reply.status(status);
    return after == null ? reply : reply.header("Retry-After", String.valueOf(after));
  }

  private static List<String> tree(Path root) throws IOException {
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
