package io.zoetrope.checkpoint.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.checkpoint.hub.FakeHub.Request;
import io.zoetrope.error.UserError;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Contents that are cut, too long, too short, wrong or slow: each is survived or refused in one
 * line.
 */
class PullContentTest extends PullCase {
  @Test
  void cutAtAnyByteGoesOnThere() {
    byte[] tiny = Arrays.copyOf(BYTES, 12);
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
    // Other files may have been on their way, and are gone on with.
    assertThat(tree(folder.resolve("hub/models--org--model/blobs")))
        .noneMatch(f -> f.contains(hub.etag(WEIGHTS)));
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
          reply.body =
              ("1770\r\n" + "x".repeat(6000) + "\r\n0\r\n\r\n").getBytes(StandardCharsets.US_ASCII);
          return reply.header("Transfer-Encoding", "chunked");
        });
    refused("the server sends more than its 5000 bytes");
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
}
