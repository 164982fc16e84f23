package io.zoetrope.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.zoetrope.error.UserError;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Words by programs and services of the user's. */
class DescriberTest {
  @TempDir Path folder;

  private Path clip() throws IOException {
    return Files.writeString(folder.resolve("a clip.mp4"), "bytes");
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void aProgramIsCalledWithTheFileAndPrintsALine() throws IOException {
    Path clip = clip();
    assertThat(Describer.of("echo  'it shows' ").describe(clip))
        .isEqualTo("it shows " + clip.toAbsolutePath());
    assertThat(Describer.of("printf 'a\\n  red\\tball\\n%s'").expand("rolls"))
        .isEqualTo("a red ball rolls");
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void whatGoesWrongNamesTheClipAndTheReason() throws IOException {
    Path clip = clip();
    refused("ls -Q /nowhere", clip, "ls failed on a clip.mp4 with exit code 2: ", "/nowhere");
    refused("true", clip, "true says nothing of a clip.mp4");
    refused("no-such-program-here", clip, "cannot start 'no-such-program-here'");
    assertThatThrownBy(() -> Describer.of("  ")).isInstanceOf(UserError.class);
    assertThatThrownBy(() -> Describer.of("http://a b")).hasMessageContaining("is no address");
  }

  private static void refused(String who, Path clip, String... said) {
    assertThatThrownBy(() -> Describer.of(who).describe(clip))
        .isInstanceOf(UserError.class)
        .hasMessageContainingAll(said);
  }

  @Test
  void aServiceIsSentTheFile() throws IOException {
    List<String> heard = new ArrayList<>();
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          String type = exchange.getRequestHeaders().getFirst("Content-Type");
          String body =
              new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
          heard.add(type + "|" + body);
          String path = exchange.getRequestURI().getPath();
          boolean json = path.equals("/json");
          exchange
              .getResponseHeaders()
              .add("Content-Type", json ? "application/json" : "text/plain");
          byte[] answer =
              (json ? "{\"caption\": \"a r\u00e9d ball\"}" : "a red ball,\nstill\n")
                  .getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(path.equals("/busy") ? 503 : 200, answer.length);
          exchange.getResponseBody().write(answer);
          exchange.close();
        });
    server.start();
    try {
      String base = "http://localhost:" + server.getAddress().getPort();
      assertThat(Describer.of(base + "/json").describe(clip())).isEqualTo("a r\u00e9d ball");
      assertThat(Describer.of(base + "/text").expand("ball")).isEqualTo("a red ball, still");
      assertThat(heard).containsExactly("video/mp4|bytes", "text/plain; charset=utf-8|ball");
      refused(base + "/busy", clip(), "answers 503 for a clip.mp4: a red ball,");
    } finally {
      server.stop(0);
    }
    refused("http://localhost:1/", clip(), "http://localhost:1/ cannot be reached");
  }
}
