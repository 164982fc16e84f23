package io.zoetrope.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.zoetrope.app.cli.terminal.Cancellation;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The command {@code pull} against a hub on this machine, and who finds what it pulled. */
class PullCommandIT {
  private static final JsonMapper JSON = new JsonMapper();
  private static final String COMMIT = "abcdef0123456789abcdef0123456789abcdef01";

  @TempDir private Path folder;
  private final Map<String, byte[]> files = new LinkedHashMap<>();
  private HttpServer server;
  private TestCli cli;

  @BeforeEach
  void open() throws IOException {
    file("model_index.json", "{}");
    file("unet/config.json", "{\"a\": 1}");
    // The smallest safetensors file: a header of two bytes, no tensors.
    file("unet/diffusion_pytorch_model.safetensors", "\2\0\0\0\0\0\0\0{}");
    file("unet/diffusion_pytorch_model.bin", "pickle");
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.start();
    cli = new TestCli(folder, environment(), new Cancellation());
  }

  @AfterEach
  void close() {
    server.stop(0);
  }

  @Test
  void pulledModelsAreFoundByName() throws IOException {
    assertThat(cli.run("models").err()).contains("no models in");
    TestCli.Outcome pulled = cli.run("pull", "tiny/model");
    assertThat(pulled.code()).as(pulled.err()).isZero();
    Path snapshot = folder.resolve("hub/models--tiny--model/snapshots/" + COMMIT);
    assertThat(pulled.out().strip()).isEqualTo(snapshot.toString());
    assertThat(pulled.err())
        .contains("tiny/model at abcdef01: 3 files")
        .contains("left out 1: pickled weights (6 bytes)");
    assertThat(cli.run("models").out()).contains("tiny/model").contains(snapshot.toString());
    assertThat(cli.run("inspect", "tiny/model").out()).contains("diffusion_pytorch_model");
    // Found; that it is no whole model is another matter.
    TestCli.Outcome made = cli.run("generate", "a ball", "-m", "tiny/model", "-o", "x.mp4");
    assertThat(made.err()).doesNotContain("zoetrope pull").doesNotContain("fault of zoetrope");
    assertThat(made.code()).isEqualTo(1);
    server.stop(0);
    assertThat(cli.run("inspect", "tiny/model@abcdef01").code()).isZero();
  }

  @Test
  void partOfAModelSaysHowToGetTheRest() {
    cli.run("pull", "tiny/model", "--include", "unet/*.json", "-q");
    assertThat(cli.run("generate", "a ball", "-m", "tiny/model", "-o", "x.mp4").err())
        .contains("tiny/model is on this disk but is no whole model: 'zoetrope pull tiny/model'");
    assertThat(cli.run("models").out()).isEmpty();
  }

  @Test
  void dryRunWritesNothing() throws IOException {
    TestCli.Outcome outcome = cli.run("pull", "tiny/model@" + COMMIT, "--dry-run", "-q");
    assertThat(outcome.code()).as(outcome.err()).isZero();
    assertThat(outcome.out()).contains("unet/config.json").contains("left out 1");
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void jsonTellsAll() throws IOException {
    TestCli.Outcome outcome = cli.run("pull", "tiny/model", "--json", "-q");
    assertThat(outcome.err()).isEmpty();
    JsonNode result = JSON.readTree(outcome.out());
    assertThat(result.path("commit").asString()).isEqualTo(COMMIT);
    assertThat(result.path("files")).hasSize(3);
    assertThat(result.path("downloaded_bytes").asLong()).isEqualTo(result.path("bytes").asLong());
    assertThat(result.at("/left_out/0/why").asString()).isEqualTo("pickled weights");
    JsonNode again = JSON.readTree(cli.run("pull", "tiny/model", "--json", "-q").out());
    assertThat(again.path("downloaded_bytes").asLong()).isZero();
  }

  @Test
  void unknownModelsAreOneLine() {
    TestCli.Outcome outcome = cli.run("pull", "tiny/other");
    assertThat(outcome.code()).isEqualTo(1);
    assertThat(outcome.errors()).hasSize(1);
    assertThat(outcome.err()).contains("there is no model tiny/other, or it is private or gated");
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void cancelledPullsSayHowToGoOn() {
    Cancellation cancellation = new Cancellation();
    cancellation.cancel();
    TestCli.Outcome outcome =
        new TestCli(folder, environment(), cancellation).run("pull", "tiny/model");
    assertThat(outcome.code()).isEqualTo(130);
    assertThat(outcome.err()).contains("nothing was downloaded yet, the same command goes on");
  }

  private Map<String, String> environment() {
    return Map.of(
        "HF_ENDPOINT",
        "http://127.0.0.1:" + server.getAddress().getPort(),
        "HF_HOME",
        folder.toString());
  }

  private void file(String path, String content) {
    files.put(path, content.getBytes(StandardCharsets.ISO_8859_1));
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getPath();
      String resolve = "/tiny/model/resolve/" + COMMIT + "/";
      if (path.startsWith("/api/models/tiny/model/revision/")) {
        send(exchange, 200, listing().getBytes(StandardCharsets.UTF_8));
      } else if (path.startsWith(resolve) && files.containsKey(path.substring(resolve.length()))) {
        byte[] content = Objects.requireNonNull(files.get(path.substring(resolve.length())));
        exchange.getResponseHeaders().add("ETag", "\"" + git(content) + "\"");
        exchange.getResponseHeaders().add("X-Repo-Commit", COMMIT);
        send(exchange, 200, content);
      } else {
        send(exchange, 404, new byte[0]);
      }
    }
  }

  private String listing() {
    ObjectNode model = JSON.createObjectNode().put("sha", COMMIT);
    files.forEach((path, content) ->
        model
            .withArray("/siblings")
            .addObject()
            .put("rfilename", path)
            .put("size", content.length)
            .put("blobId", git(content)));
    return model.toString();
  }

  private static void send(HttpExchange exchange, int status, byte[] body) throws IOException {
    boolean head = exchange.getRequestMethod().equals("HEAD");
    exchange.sendResponseHeaders(status, head || body.length == 0 ? -1 : body.length);
    if (!head) {
      exchange.getResponseBody().write(body);
    }
  }

  private static String git(byte[] content) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-1");
      digest.update(("blob " + content.length + "\0").getBytes(StandardCharsets.US_ASCII));
      return HexFormat.of().formatHex(digest.digest(content));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
