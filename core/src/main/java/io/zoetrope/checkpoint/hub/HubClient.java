package io.zoetrope.checkpoint.hub;

import io.zoetrope.checkpoint.hub.Http.Answer;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.record.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** What the hub says of a model: its commit, its files, and what each of them is. */
final class HubClient {
  private static final int LONGEST_LIST = 64 << 20;
  private static final int MOST_PAGES = 1000;
  private static final Pattern NEXT = Pattern.compile("<([^>]*)>\\s*;[^,]*rel=\"?next\"?");
  private static final Pattern ETAG = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,127}");

  private final Http http;
  private final HubSettings settings;
  private final Patience patience;
  private final Traffic traffic;

  HubClient(Http http, HubSettings settings, Patience patience, Traffic traffic) {
    this.http = http;
    this.settings = settings;
    this.patience = patience;
    this.traffic = traffic;
  }

  /**
   * A model at a revision.
   *
   * @param commit that the revision is at
   */
  record Listing(String commit, List<HubFile> files) {}

  /**
   * What a file is.
   *
   * @param etag under which it goes into the cache
   * @param size bytes, if the server says
   * @param hash that its content must have; empty if the server gives none
   */
  record Metadata(String etag, OptionalLong size, Optional<ContentHash> hash) {}

  /** Asks for the commit and the files. */
  Listing list(ModelId id) {
    URI uri =
        address("/api/models/%s/revision/%s?blobs=true".formatted(id.repo(), id.encodedRevision()));
    JsonNode model = json(id, uri).body();
    String commit = model.path("sha").asString("");
    if (!ModelId.isCommit(commit)) {
      throw new UserError(
          Fault.UNREACHABLE,
          "%s gives no commit for %s".formatted(settings.endpoint(), id),
          "check HF_ENDPOINT");
    }
    Map<String, HubFile> files = new LinkedHashMap<>();
    for (JsonNode sibling : model.path("siblings")) {
      String path = sibling.path("rfilename").asString("");
      files.put(path, file(path, sibling, "blobId", "sha256"));
    }
    if (files.values().stream().anyMatch(f -> f.size().isEmpty())) {
      files.putAll(tree(id, commit, files));
    }
    files.keySet().forEach(FileNames::checkInside);
    return new Listing(commit, List.copyOf(files.values()));
  }

  /**
   * The sizes and hashes, from where older servers have them; nothing if they have them nowhere.
   */
  private Map<String, HubFile> tree(ModelId id, String commit, Map<String, HubFile> known) {
    Map<String, HubFile> files = new LinkedHashMap<>();
    Optional<URI> next =
        Optional.of(address("/api/models/%s/tree/%s?recursive=true".formatted(id.repo(), commit)));
    try {
      for (int page = 0; next.isPresent() && page < MOST_PAGES; page++) {
        Page answer = json(id, next.get());
        for (JsonNode entry : answer.body()) {
          String path = entry.path("path").asString("");
          if (entry.path("type").asString("file").equals("file") && known.containsKey(path)) {
            files.put(path, file(path, entry, "oid", "oid"));
          }
        }
        next = answer.next();
      }
    } catch (UserError e) {
      // Each file's own address has both; the list only knows them sooner.
      return files;
    }
    return files;
  }

  private static HubFile file(String path, JsonNode node, String gitName, String lfsName) {
    JsonNode lfs = node.path("lfs");
    String hash = lfs.isObject() ? lfs.path(lfsName).asString("") : node.path(gitName).asString("");
    JsonNode size = lfs.path("size").isNumber() ? lfs.path("size") : node.path("size");
    return new HubFile(
        path,
        size.isIntegralNumber() && size.asLong(0) >= 0
            ? OptionalLong.of(size.asLong(0))
            : OptionalLong.empty(),
        ContentHash.of(hash));
  }

  /** The address of a file at a commit. */
  URI resolve(ModelId id, String commit, String path) {
    String encoded =
        Arrays.stream(path.split("/", -1)).map(ModelId::encode).collect(Collectors.joining("/"));
    return address("/%s/resolve/%s/%s".formatted(id.repo(), commit, encoded));
  }

  /** A small file of JSON. */
  JsonNode content(ModelId id, String commit, String path) {
    return json(id, resolve(id, commit, path)).body();
  }

  /** Asks what a file is, without its content. */
  Metadata metadata(ModelId id, String commit, HubFile file) {
    return new Retry(patience, traffic, file.path())
        .until(() -> metadata(id, commit, file, "HEAD"));
  }

  private Metadata metadata(ModelId id, String commit, HubFile file, String method)
      throws IOException {
    Map<String, String> seen = new LinkedHashMap<>();
    // What the hub says of a large file stands on its redirect; the CDN says other things.
    Http.Signpost signpost =
        redirect -> {
          remember(redirect, seen);
          URI target = Http.target(redirect);
          return http.onHub(target)
              || !(seen.containsKey("x-linked-etag") || redirect.header("ETag").isPresent());
        };
    try (Answer answer =
        http.follow(method, resolve(id, commit, file.path()), Map.of(), signpost)) {
      remember(answer, seen);
      int status = answer.status();
      if (Busy.isBusy(status)) {
        throw Busy.of(status, answer.header("Retry-After"));
      }
      if ((status == 405 || status == 501) && method.equals("HEAD")) {
        return metadata(id, commit, file, "GET");
      }
      if (status != 200 && !answer.isRedirect()) {
        throw Refusal.of(answer, settings, id, file.path());
      }
      return metadata(id, commit, file, answer, seen);
    }
  }

  private Metadata metadata(
      ModelId id, String commit, HubFile file, Answer answer, Map<String, String> seen) {
    String said = seen.getOrDefault("x-repo-commit", commit);
    if (!said.equals(commit)) {
      throw new UserError(
          Fault.UNREACHABLE,
          "%s answers with commit %s of %s, not with %s"
              .formatted(settings.endpoint(), said, file.path(), commit),
          "check HF_ENDPOINT");
    }
    // The ETag of another host is that host's affair, even where it looks like a hash.
    boolean hub = http.onHub(answer.uri());
    Optional<String> ours =
        Optional.ofNullable(seen.get("x-linked-etag"))
            .or(() -> hub ? answer.header("ETag") : Optional.empty())
            .map(HubClient::bare);
    String etag =
        ours.or(() -> file.hash().map(ContentHash::hex))
            .or(() -> answer.header("ETag").map(HubClient::bare))
            .orElse("");
    if (!ETAG.matcher(etag).matches()) {
      throw new UserError(
          Fault.UNREACHABLE,
          "%s gives no usable ETag for %s of %s: it is no hub, or a proxy stands between"
              .formatted(settings.endpoint(), file.path(), id),
          "check HF_ENDPOINT");
    }
    OptionalLong linked = number(Optional.ofNullable(seen.get("x-linked-size")));
    if (linked.isPresent() && file.size().isPresent() && !linked.equals(file.size())) {
      throw contradiction(file, file.size().getAsLong() + " bytes", linked.getAsLong() + " bytes");
    }
    OptionalLong size = linked.isPresent() ? linked : file.size();
    if (size.isEmpty() && !answer.isRedirect()) {
      // Careless servers answer HEAD with a length of 0.
      size = number(answer.header("Content-Length").filter(n -> !n.equals("0")));
    }
    Optional<ContentHash> named = ours.flatMap(ContentHash::of);
    if (named.isPresent()
        && file.hash().isPresent()
        && named.get().kind() == file.hash().get().kind()
        && !named.equals(file.hash())) {
      throw contradiction(file, "hash " + file.hash().get().hex(), "hash " + named.get().hex());
    }
    Optional<ContentHash> sha256 =
        Stream.of(named, file.hash())
            .flatMap(Optional::stream)
            .filter(h -> h.kind() == ContentHash.Kind.SHA256)
            .findFirst();
    return new Metadata(etag, size, sha256.or(() -> named).or(file::hash));
  }

  private static UserError contradiction(HubFile file, Object listed, Object offered) {
    return new UserError(
        Fault.UNREACHABLE,
        "the hub lists %s with %s but offers it with %s".formatted(file.path(), listed, offered),
        "try again later");
  }

  private static void remember(Answer answer, Map<String, String> seen) {
    for (String name : List.of("x-linked-etag", "x-linked-size", "x-repo-commit")) {
      answer.header(name).ifPresent(value -> seen.putIfAbsent(name, value));
    }
  }

  /** An ETag without its quotes and the mark of weakness. */
  static String bare(String etag) {
    return etag.strip().replaceFirst("^W/", "").replace("\"", "");
  }

  private static OptionalLong number(Optional<String> text) {
    return text.filter(t -> t.matches("\\d{1,18}"))
        .map(t -> OptionalLong.of(Long.parseLong(t)))
        .orElseGet(OptionalLong::empty);
  }

  private record Page(JsonNode body, Optional<URI> next) {}

  private Page json(ModelId id, URI uri) {
    return new Retry(patience, traffic, settings.endpoint().toString())
        .until(() -> {
          try (Answer answer = http.follow("GET", uri, Map.of("Accept", "application/json"))) {
            if (Busy.isBusy(answer.status())) {
              throw Busy.of(answer.status(), answer.header("Retry-After"));
            }
            if (answer.status() != 200) {
              throw Refusal.of(answer, settings, id, "");
            }
            return new Page(parse(uri, text(answer)), next(answer));
          }
        });
  }

  private static JsonNode parse(URI uri, String text) {
    if (text.stripLeading().startsWith("<")) {
      throw new UserError(
          Fault.UNREACHABLE,
          "%s answers with a web page instead of data".formatted(Http.withoutQuery(uri)),
          "check HF_ENDPOINT, or log in to this network");
    }
    try {
      JsonNode node = Json.MAPPER.readTree(text);
      if (node != null && node.isContainer()) {
        return node;
      }
    } catch (JacksonException e) {
      // Falls through to the one message.
    }
    throw new UserError(
        Fault.UNREACHABLE,
        "%s answers with what is no JSON".formatted(Http.withoutQuery(uri)),
        "check HF_ENDPOINT");
  }

  private String text(Answer answer) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Optional<List<ByteBuffer>> pieces = answer.body().next(patience.stall(), traffic);
    while (pieces.isPresent()) {
      for (ByteBuffer piece : pieces.get()) {
        byte[] bytes = new byte[piece.remaining()];
        piece.get(bytes);
        out.writeBytes(bytes);
      }
      if (out.size() > LONGEST_LIST) {
        throw new UserError(
            Fault.UNREACHABLE, "the hub's list of files has no end", "check HF_ENDPOINT");
      }
      pieces = answer.body().next(patience.stall(), traffic);
    }
    return out.toString(StandardCharsets.UTF_8);
  }

  /** The next page of a long list (RFC 8288). */
  private static Optional<URI> next(Answer answer) {
    for (String link : answer.headers().allValues("Link")) {
      Matcher next = NEXT.matcher(link);
      if (next.find()) {
        try {
          return Optional.of(answer.uri().resolve(next.group(1)));
        } catch (IllegalArgumentException e) {
          return Optional.empty();
        }
      }
    }
    return Optional.empty();
  }

  private URI address(String path) {
    return URI.create(settings.endpoint() + path);
  }
}
