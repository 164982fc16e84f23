package io.zoetrope.checkpoint.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.checkpoint.hub.FakeHub.Request;
import io.zoetrope.error.UserError;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Answers that are busy, redirect, refuse or are nonsense: each is survived or refused in one line.
 */
class PullAnswerTest extends PullCase {
  @ParameterizedTest
  @CsvSource({"429,0", "429,1", "503,0", "503,1", "503,", "500,", "408,", "504,"})
  void busyServersAreAskedAgainAfterAsLongAsTheySay(int status, @Nullable Integer after) {
    List<Request> refused = new CopyOnWriteArrayList<>();
    FakeHub.Change busy =
        (request, reply) -> {
          refused.add(request);
          return busy(reply, status, after);
        };
    hub.fault(1, Request::isApi, busy);
    hub.fault(1, r -> r.method().equals("HEAD"), busy);
    hub.fault(2, Request::cdn, busy);
    assertThat(pull().folder().resolve(WEIGHTS)).hasBinaryContent(BYTES);
    assertThat(refused).hasSize(4);
    for (Request request : refused) {
      assertThat(Duration.between(request.at(), again(request).at()))
          .as("%s %s", request.method(), request.path())
          .isGreaterThanOrEqualTo(Duration.ofSeconds(after == null ? 0 : after));
    }
  }

  /** The next request for the same thing. */
  private Request again(Request request) {
    return hub.log().stream()
        .filter(r -> r.isLike(request) && r.at().isAfter(request.at()))
        .findFirst()
        .orElseThrow(() -> new AssertionError("asked but once: " + request));
  }

  @ParameterizedTest
  @ValueSource(ints = {-3600, 2})
  void retryAfterMayBeADate(int seconds) {
    // Dates of HTTP have whole seconds.
    Instant until = Instant.now().plusSeconds(seconds).truncatedTo(ChronoUnit.SECONDS);
    String date = DateTimeFormatter.RFC_1123_DATE_TIME.format(until.atZone(ZoneOffset.UTC));
    List<Request> refused = new CopyOnWriteArrayList<>();
    hub.fault(
        1,
        Request::cdn,
        (request, reply) -> {
          refused.add(request);
          return reply.status(503).header("Retry-After", date);
        });
    pull();
    assertThat(refused).hasSize(1);
    // Clocks that wait and clocks that tell the time differ by some milliseconds.
    assertThat(again(refused.getFirst()).at()).isAfterOrEqualTo(until.minusMillis(50));
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
        new PullRequest(ModelId.parse("org/model"), List.of("*"), List.of(), Optional.empty(), 2);
    assertThatThrownBy(() -> pull(all, PATIENCE))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("Windows")
        .hasMessageContaining("an exclusion leaves it out");
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
}
