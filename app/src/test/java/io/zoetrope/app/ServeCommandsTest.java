package io.zoetrope.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.zoetrope.app.cli.terminal.Cancellation;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The studio by its commands: it starts, is used and stops. */
@Timeout(120)
class ServeCommandsTest {
  @TempDir Path folder;

  private final Cancellation cancellation = new Cancellation();
  private final HttpClient client = HttpClient.newHttpClient();

  private TestCli.Outcome run(String... words) {
    return new TestCli(folder, Map.of("HOME", folder.toString()), cancellation).run(words);
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private HttpResponse<String> get(int port, String path, String... headers)
      throws InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path));
    if (headers.length > 0) {
      request.headers(headers);
    }
    long end = System.nanoTime() + 20_000_000_000L;
    while (true) {
      try {
        return client.send(request.build(), BodyHandlers.ofString());
      } catch (IOException e) {
        assertThat(System.nanoTime()).as("it does not start: %s", e).isLessThan(end);
        Thread.sleep(50);
      }
    }
  }

  @Test
  void theStudioStartsIsThereAndStops() throws Exception {
    int port = freePort();
    CompletableFuture<TestCli.Outcome> studio =
        CompletableFuture.supplyAsync(
            () -> run("serve", "--port", String.valueOf(port), "--drain", "1"));
    assertThat(get(port, "/health/live").statusCode()).isEqualTo(200);
    assertThat(get(port, "/").body()).contains("<html");
    assertThat(get(port, "/api/v1/queue").body()).contains("\"paused\":false");
    assertThat(get(port, "/v1/videos").body()).contains("\"object\":\"list\"");
    TestCli.Outcome second = run("serve", "--port", String.valueOf(freePort()));
    assertThat(second.code()).isEqualTo(1);
    assertThat(second.err()).hasLineCount(1).contains("another process");
    cancellation.cancel();
    TestCli.Outcome outcome = studio.get();
    assertThat(outcome.code()).as(outcome.err()).isZero();
    assertThat(outcome.err())
        .contains("http://127.0.0.1:" + port)
        .contains(folder.resolve(".local/share/zoetrope").toString());
    assertThat(outcome.out()).contains("stopped");
  }

  @Test
  void whoOthersCanReachNeedsTokens() throws Exception {
    TestCli.Outcome bare = run("serve", "--host", "0.0.0.0", "--port", "0");
    assertThat(bare.code()).isEqualTo(1);
    assertThat(bare.err()).hasLineCount(1).contains("token");
    TestCli.Outcome added = run("tokens", "add", "anna", "--role", "read");
    assertThat(added.code()).as(added.err()).isZero();
    String token = added.out().strip();
    assertThat(run("tokens").out()).contains("anna").doesNotContain(token);
    int port = freePort();
    CompletableFuture<TestCli.Outcome> studio =
        CompletableFuture.supplyAsync(
            () -> run("serve", "--host", "0.0.0.0", "--port", String.valueOf(port)));
    assertThat(get(port, "/api/v1/queue").statusCode()).isEqualTo(401);
    assertThat(get(port, "/api/v1/queue", "Authorization", "Bearer " + token).statusCode())
        .isEqualTo(200);
    assertThat(run("tokens", "rm", "anna").code()).isZero();
    cancellation.cancel();
    assertThat(studio.get().code()).isZero();
    assertThat(run("tokens").out()).doesNotContain("anna");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          serve --port 70000              | 2 | 0 to 65535
          serve --auth all                | 2 | auto, tokens or none
          serve --devices gpu             | 2 | cuda:N
          serve --heap lots               | 2 | as 1g
          serve --drain -1                | 2 | 0 to 86400
          serve --limit frames=0          | 2 | frames
          serve --limit frame=3           | 2 | frames
          serve --limit frames            | 2 | limit
          serve --name a/b                | 2 | letters
          serve --database mysql://x      | 2 | jdbc:postgresql
          serve --webhook-host example.org | 2 | ZOETROPE_WEBHOOK_SECRET
          serve --no-workers --heap 2g    | 2 | --no-workers
          serve --host no.such.host.here --auth none | 1 | listen
          serve --store file.txt/x        | 1 | file.txt
          worker --devices cpu,tpu        | 2 | cuda:N
          worker --port 3                 | 2 | unknown option
          tokens make anna                | 2 | tokens add NAME
          tokens add                      | 2 | tokens add NAME
          tokens add anna --role boss     | 2 | read, make or admin
          tokens add ../x                 | 1 | letters
          tokens rm anna                  | 1 | no token
          tokens --role read              | 2 | goes with
          """)
  void whatMakesNoSenseIsSaidInOneLine(String line, int code, String words) throws IOException {
    java.nio.file.Files.writeString(folder.resolve("file.txt"), "a file");
    cancellation.cancel(); // whatever starts stops at once
    TestCli.Outcome outcome = run(line.split(" "));
    assertThat(outcome.code()).as(outcome.err()).isEqualTo(code);
    assertThat(outcome.err()).hasLineCount(1).contains(words);
  }
}
