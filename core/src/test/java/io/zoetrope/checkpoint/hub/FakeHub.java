package io.zoetrope.checkpoint.hub;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A hub and its CDN on two ports of this machine, which behave well until told otherwise. Sockets
 * and nothing else, because HTTP servers refuse to lie about lengths.
 */
final class FakeHub implements AutoCloseable {
  static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";
  static final String REPO = "org/model";

  private static final JsonMapper JSON = new JsonMapper();

  private final ServerSocket hub = open();
  private final ServerSocket cdn = open();
  private final Map<String, byte[]> files = new LinkedHashMap<>();
  private final Set<String> large = new TreeSet<>();
  private final List<Fault> faults = new CopyOnWriteArrayList<>();
  private final List<Request> log = new CopyOnWriteArrayList<>();

  FakeHub() {
    Thread.ofVirtual().start(() -> serve(hub, false));
    Thread.ofVirtual().start(() -> serve(cdn, true));
  }

  /** What somebody asked for. */
  record Request(boolean cdn, String method, String path, Map<String, String> headers, Instant at) {
    /** Whether it asks for the same thing. */
    boolean isLike(Request other) {
      return cdn == other.cdn && method.equals(other.method) && path.equals(other.path);
    }

    boolean isApi() {
      return path.startsWith("/api/");
    }

    boolean isContent() {
      return method.equals("GET") && !isApi();
    }

    boolean has(String header) {
      return headers.containsKey(header);
    }
  }

  /** What it gets. */
  static final class Reply {
    int status = 200;
    final Map<String, String> headers = new LinkedHashMap<>();
    byte[] body = new byte[0];

    /** Bytes of the body after which the connection breaks; negative for none. */
    int cut = -1;

    /** Bytes sent at a time, and milliseconds between them; 0 for all at once. */
    int trickle;

    int millis;

    Reply status(int s) {
      status = s;
      body = new byte[0];
      headers.clear();
      return this;
    }

    Reply header(String name, String value) {
      headers.put(name, value);
      return this;
    }

    Reply body(String text) {
      body = text.getBytes(StandardCharsets.UTF_8);
      return this;
    }

    Reply moved() {
      status = 302;
      return this;
    }

    Reply cut(int after) {
      cut = after;
      return this;
    }
  }

  /** Changes what would be answered. */
  interface Change {
    Reply to(Request request, Reply usual) throws IOException;
  }

  private record Fault(Predicate<Request> when, AtomicInteger left, Change change) {}

  FakeHub small(String path, String content) {
    files.put(path, content.getBytes(StandardCharsets.UTF_8));
    return this;
  }

  FakeHub large(String path, byte[] content) {
    files.put(path, content);
    large.add(path);
    return this;
  }

  /** The next so many requests that match are answered otherwise. */
  void fault(int times, Predicate<Request> when, Change change) {
    faults.add(new Fault(when, new AtomicInteger(times), change));
  }

  void good() {
    faults.clear();
    log.clear();
  }

  List<Request> log() {
    return log;
  }

  String endpoint() {
    return "http://127.0.0.1:" + hub.getLocalPort();
  }

  String cdnAddress() {
    return "http://127.0.0.1:" + cdn.getLocalPort();
  }

  static String sha256(byte[] content) {
    return hash("SHA-256", content);
  }

  static String git(byte[] content) {
    byte[] head = ("blob " + content.length + "\0").getBytes(StandardCharsets.US_ASCII);
    byte[] all = Arrays.copyOf(head, head.length + content.length);
    System.arraycopy(content, 0, all, head.length, content.length);
    return hash("SHA-1", all);
  }

  String etag(String path) {
    byte[] content = Objects.requireNonNull(files.get(path));
    return large.contains(path) ? sha256(content) : git(content);
  }

  private static String hash(String algorithm, byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance(algorithm).digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  String listing(boolean withSizes) {
    ObjectNode model = JSON.createObjectNode().put("id", REPO).put("sha", COMMIT);
    files.forEach((path, content) -> {
      ObjectNode file = model.withArray("/siblings").addObject().put("rfilename", path);
      if (withSizes) {
        file.put("size", content.length);
        if (large.contains(path)) {
          file.put("blobId", "f".repeat(40))
              .putObject("lfs")
              .put("sha256", sha256(content))
              .put("size", content.length)
              .put("pointerSize", 130);
        } else {
          file.put("blobId", git(content));
        }
      }
    });
    return model.toString();
  }

  private Reply usual(Request request) {
    Reply reply = new Reply();
    if (request.cdn()) {
      String path = decode(request.path().substring(1));
      reply.header("ETag", "\"cdn-" + path.length() + "\"");
      return ranged(request, reply, files.getOrDefault(path, new byte[0]));
    }
    if (request.path().equals("/api/models/" + REPO + "/revision/main?blobs=true")) {
      return reply.header("Content-Type", "application/json").body(listing(true));
    }
    String prefix = "/" + REPO + "/resolve/" + COMMIT + "/";
    String path =
        request.path().startsWith(prefix) ? decode(request.path().substring(prefix.length())) : "";
    if (!files.containsKey(path)) {
      return reply
          .status(404)
          .header("X-Error-Code", request.isApi() ? "RepoNotFound" : "EntryNotFound");
    }
    reply.header("X-Repo-Commit", COMMIT);
    if (large.contains(path)) {
      return reply
          .header("X-Linked-Etag", "\"" + etag(path) + "\"")
          .header("X-Linked-Size", String.valueOf(Objects.requireNonNull(files.get(path)).length))
          .header("Location", cdnAddress() + "/" + path + "?Expires=1&Signature=secret")
          .body("Found. Redirecting")
          .moved();
    }
    return ranged(
        request,
        reply.header("ETag", "\"" + etag(path) + "\""),
        Objects.requireNonNull(files.get(path)));
  }

  private static Reply ranged(Request request, Reply reply, byte[] content) {
    String range = request.headers().get("range");
    String condition = request.headers().get("if-range");
    reply.body = content;
    if (range == null || (condition != null && !condition.equals(reply.headers.get("ETag")))) {
      return reply;
    }
    int from = Integer.parseInt(range.replaceAll("bytes=(\\d+)-.*", "$1"));
    if (from >= content.length) {
      return reply.status(416).header("Content-Range", "bytes */" + content.length);
    }
    reply.status = 206;
    reply.header(
        "Content-Range", "bytes %s-%s/%s".formatted(from, content.length - 1, content.length));
    reply.body = Arrays.copyOfRange(content, from, content.length);
    return reply;
  }

  private void serve(ServerSocket server, boolean isCdn) {
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
        Thread.ofVirtual().start(() -> answer(socket, isCdn));
      } catch (IOException e) {
        return;
      }
    }
  }

  private void answer(Socket socket, boolean isCdn) {
    try (socket) {
      socket.setTcpNoDelay(true);
      Request request = read(socket.getInputStream(), isCdn);
      log.add(request);
      Reply reply = usual(request);
      for (Fault fault : faults) {
        if (fault.when().test(request) && fault.left().getAndDecrement() > 0) {
          reply = fault.change().to(request, reply);
          break;
        }
      }
      write(socket, request, reply);
    } catch (IOException | InterruptedException e) {
      // The client has gone.
    }
  }

  private static void write(Socket socket, Request request, Reply reply)
      throws IOException, InterruptedException {
    OutputStream out = socket.getOutputStream();
    StringBuilder head =
        new StringBuilder("HTTP/1.1 " + reply.status + " x\r\nConnection: close\r\n");
    if (!reply.headers.containsKey("Transfer-Encoding")) {
      reply.headers.putIfAbsent("Content-Length", String.valueOf(reply.body.length));
    }
    reply.headers.forEach(
        (name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
    out.write(head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
    if (!request.method().equals("HEAD")) {
      byte[] body =
          reply.cut >= 0
              ? Arrays.copyOf(reply.body, Math.min(reply.cut, reply.body.length))
              : reply.body;
      int step = reply.trickle > 0 ? reply.trickle : Math.max(1, body.length);
      for (int at = 0; at < body.length; at += step) {
        out.write(body, at, Math.min(step, body.length - at));
        out.flush();
        Thread.sleep(reply.millis);
      }
    }
    out.flush();
  }

  private static Request read(InputStream in, boolean isCdn) throws IOException {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    while (!head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
      int b = in.read();
      if (b < 0) {
        throw new IOException("no request");
      }
      head.write(b);
    }
    List<String> lines =
        new ArrayList<>(head.toString(StandardCharsets.ISO_8859_1).lines().toList());
    String[] first = lines.removeFirst().split(" ", -1);
    Map<String, String> headers = new LinkedHashMap<>();
    for (String line : lines) {
      int colon = line.indexOf(':');
      if (colon > 0) {
        headers.put(
            line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
      }
    }
    return new Request(isCdn, first[0], first[1], headers, Instant.now());
  }

  private static String decode(String path) {
    return URLDecoder.decode(path.replaceAll("\\?.*", ""), StandardCharsets.UTF_8);
  }

  private static ServerSocket open() {
    try {
      return new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() throws IOException {
    hub.close();
    cdn.close();
  }
}
