package io.zoetrope.checkpoint.hub;

import io.zoetrope.checkpoint.hub.CachedRepo.Lock;
import io.zoetrope.checkpoint.hub.Http.Answer;
import io.zoetrope.checkpoint.hub.HubClient.Metadata;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import java.io.IOException;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One file on its way into the blobs. It grows under a name of its own; only when its length and
 * its hash are right it becomes a blob. What a cut connection or a stopped process leaves is gone
 * on with.
 */
final class Download {
  private static final Pattern RANGE =
      Pattern.compile("bytes (\\d{1,18})-\\d{1,18}/(\\d{1,18}|\\*)");

  /** A content that is not the one announced may be a fault of the way: it is tried this often. */
  private static final int TRIES = 2;

  private static final Duration BETWEEN_LOCKS = Duration.ofMillis(200);

  private final Http http;
  private final HubClient hub;
  private final HubSettings settings;
  private final Patience patience;
  private final Traffic traffic;
  private final CachedRepo repo;
  private final ModelId id;
  private final String commit;

  Download(
      Http http,
      HubClient hub,
      HubSettings settings,
      Patience patience,
      Traffic traffic,
      CachedRepo repo,
      ModelId id,
      String commit) {
    this.http = http;
    this.hub = hub;
    this.settings = settings;
    this.patience = patience;
    this.traffic = traffic;
    this.repo = repo;
    this.id = id;
    this.commit = commit;
  }

  /** Content that is not what was announced. */
  private static final class Wrong extends Exception {
    private static final long serialVersionUID = 1L;

    Wrong(String message) {
      super(message);
    }
  }

  /**
   * Fetches a file, unless it is there.
   *
   * @throws UserError if it cannot be had, or never is what it should be
   */
  void run(HubFile file, Metadata metadata) throws IOException {
    try (Lock lock = lock(metadata.etag(), file.path())) {
      if (isThere(repo.blob(metadata.etag()), metadata.size())) {
        // Somebody else was at it, and is done.
        traffic.moved(metadata.size().orElse(0));
        return;
      }
      Path growing = repo.incomplete(metadata.etag());
      for (int attempt = 1; true; attempt++) {
        try {
          fetch(file, metadata, growing);
          check(file, metadata, growing);
          repo.admit(growing, metadata.etag());
          return;
        } catch (Wrong e) {
          traffic.moved(-Files.size(growing));
          Files.delete(growing);
          if (attempt == TRIES) {
            throw new UserError(
                Fault.UNREACHABLE,
                "%s: %s; it was deleted".formatted(file.path(), e.getMessage()),
                e);
          }
          traffic.note("%s: %s, trying once more".formatted(file.path(), e.getMessage()));
          Metadata now = hub.metadata(id, commit, file);
          if (!now.equals(metadata)) {
            throw new UserError(
                Fault.UNREACHABLE,
                "%s changed on the hub while it was downloaded".formatted(file.path()),
                "run it again");
          }
        }
      }
    }
  }

  /** Whether a blob is there and as long as it should be. */
  static boolean isThere(Path blob, OptionalLong size) {
    try {
      return Files.isRegularFile(blob) && (size.isEmpty() || Files.size(blob) == size.getAsLong());
    } catch (IOException e) {
      return false;
    }
  }

  private Lock lock(String etag, String path) throws IOException {
    Optional<Lock> lock = repo.tryLock(etag);
    if (lock.isEmpty()) {
      traffic.note("%s: another process downloads it, waiting".formatted(path));
    }
    while (lock.isEmpty()) {
      Retry.sleep(BETWEEN_LOCKS, traffic);
      lock = repo.tryLock(etag);
    }
    return lock.get();
  }

  private void fetch(HubFile file, Metadata metadata, Path growing) throws IOException, Wrong {
    try (FileChannel out =
        FileChannel.open(growing, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      Transfer transfer = new Transfer(out, metadata.size(), patience, traffic);
      Retry retry = new Retry(patience, traffic, file.path());
      if (metadata.hash().isEmpty()) {
        // Where no hash will tell, the server has to.
        transfer.validator(Optional.of("\"" + metadata.etag() + "\""));
      }
      while (!transfer.isWhole()) {
        long best = transfer.best();
        try {
          attempt(file, metadata, transfer);
        } catch (Transfer.Cut e) {
          if (transfer.best() > best) {
            retry.gained();
          }
          retry.failed(e.reason());
        }
      }
      out.force(true);
    }
  }

  /** One request for what is missing. */
  private void attempt(HubFile file, Metadata metadata, Transfer transfer)
      throws IOException, Wrong, Transfer.Cut {
    Map<String, String> headers = new LinkedHashMap<>();
    if (transfer.have() > 0) {
      headers.put("Range", "bytes=" + transfer.have() + "-");
      transfer.validator().ifPresent(etag -> headers.put("If-Range", etag));
    }
    URI uri = hub.resolve(id, commit, file.path());
    Answer answer;
    try {
      answer = http.follow("GET", uri, headers);
    } catch (IOException e) {
      throw new Transfer.Cut(e);
    }
    try (answer) {
      Optional<String> strong = answer.header("ETag").filter(etag -> !etag.startsWith("W/"));
      switch (answer.status()) {
        case 200 -> {
          checkEtag(metadata, answer);
          transfer.restart();
        }
        case 206 -> {
          checkEtag(metadata, answer);
          Optional<String> before = transfer.validator();
          boolean same = before.isEmpty() || strong.isEmpty() || before.equals(strong);
          if (!same || !continues(answer, transfer, metadata)) {
            transfer.restart();
            throw new Transfer.Cut(new IOException("the server sends another part than asked for"));
          }
        }
        case 416 -> {
          transfer.restart();
          throw new Transfer.Cut(new IOException("the server has no such part"));
        }
        default -> refuse(answer, file);
      }
      OptionalLong length = answer.headers().firstValueAsLong("Content-Length");
      long expected = metadata.size().orElse(-1) - transfer.have();
      if (metadata.size().isPresent() && length.isPresent() && length.getAsLong() > expected) {
        throw new Wrong(
            "the server offers %s bytes instead of %s"
                .formatted(transfer.have() + length.getAsLong(), metadata.size().getAsLong()));
      }
      if (answer.header("Content-Encoding").filter(c -> !c.equals("identity")).isPresent()) {
        throw new Wrong("the server sends it compressed, though asked not to");
      }
      transfer.validator(strong);
      boolean within = transfer.read(answer.body());
      if (!within) {
        throw new Wrong(
            "the server sends more than its %s bytes".formatted(metadata.size().orElse(0)));
      }
    }
  }

  /** A file that the hub sends by itself must be the one that it spoke of. */
  private void checkEtag(Metadata metadata, Answer answer) throws Wrong {
    Optional<String> etag = answer.header("ETag").map(HubClient::bare);
    if (metadata.hash().isPresent()) {
      return;
    }
    if (http.onHub(answer.uri()) && etag.isPresent() && !etag.get().equals(metadata.etag())) {
      throw new Wrong("the server sends another version than it announced");
    }
    if (answer.header("Content-Type").filter(t -> t.startsWith("text/html")).isPresent()) {
      throw new Wrong("the server sends a web page instead");
    }
  }

  private static boolean continues(Answer answer, Transfer transfer, Metadata metadata) {
    Matcher range = RANGE.matcher(answer.header("Content-Range").orElse(""));
    if (!range.matches() || Long.parseLong(range.group(1)) != transfer.have()) {
      return false;
    }
    return metadata.size().isEmpty()
        || range.group(2).equals("*")
        || Long.parseLong(range.group(2)) == metadata.size().getAsLong();
  }

  private void refuse(Answer answer, HubFile file) throws Transfer.Cut {
    if (Busy.isBusy(answer.status())) {
      throw new Transfer.Cut(Busy.of(answer.status(), answer.header("Retry-After")));
    }
    if (!http.onHub(answer.uri())) {
      // The addresses of a CDN run out; the hub gives a new one when asked again.
      throw new Transfer.Cut(
          new IOException("%s answers %s".formatted(answer.uri().getHost(), answer.status())));
    }
    throw Refusal.of(answer, settings, id, file.path());
  }

  private static void check(HubFile file, Metadata metadata, Path growing)
      throws IOException, Wrong {
    if (metadata.hash().isEmpty()) {
      return;
    }
    ContentHash hash = metadata.hash().get();
    if (!hash.matches(growing)) {
      throw new Wrong(
          "what came has not the hash %s… that the hub announced"
              .formatted(hash.hex().substring(0, 12)));
    }
  }
}
