package io.zoetrope.server.page;

import static org.assertj.core.api.Assertions.assertThat;

import io.zoetrope.server.TestJobs;
import io.zoetrope.server.http.HttpServer;
import io.zoetrope.server.http.ServerConfig;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PageRoutesTest {
  /**
   * What a document or a module has loaded: {@code from './store.js'}, {@code src="/page/x.js"}.
   */
  private static final Pattern LOADS =
      Pattern.compile(
          "(?:\\bfrom ?|\\bimport ?|src=|href=)['\"](?<path>[^'\"$#\\s]+)['\"]", Pattern.MULTILINE);

  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  @TempDir static Path folder;
  private static HttpServer server;

  @BeforeAll
  static void start() {
    ServerConfig config = ServerConfig.local(0).withTemporary(folder);
    server = HttpServer.start(config, TestJobs.none(), List.of(new PageRoutes()));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static HttpResponse<String> get(String path, String... headers)
      throws IOException, InterruptedException {
    HttpRequest.Builder request = HttpRequest.newBuilder(server.uri().resolve(path));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return CLIENT.send(request.build(), BodyHandlers.ofString());
  }

  @Test
  void allThatThePageLoadsIsServedHereAndByPath() throws Exception {
    Map<String, String> seen = new TreeMap<>();
    Deque<String> next = new ArrayDeque<>(List.of("/"));
    while (!next.isEmpty()) {
      String path = next.pop();
      HttpResponse<String> answer = get(path);
      assertThat(answer.statusCode()).as(path).isEqualTo(200);
      seen.put(path, answer.body());
      Matcher loads = LOADS.matcher(path.endsWith(".css") ? "" : answer.body());
      while (loads.find()) {
        URI loaded = URI.create(path).resolve(loads.group("path"));
        assertThat(loaded.getHost()).as("%s loads %s", path, loaded).isNull();
        assertThat(loads.group("path")).as("in %s", path).matches("\\.{0,2}/.*");
        if (!seen.containsKey(loaded.getPath())) {
          next.add(loaded.getPath());
        }
      }
    }
    assertThat(seen)
        .containsKeys("/page/main.js", "/page/parts/plan.js", "/page/lib/lit-html/lit-html.js")
        .hasSizeGreaterThan(40);
    assertThat(get("/page/main.js").headers().firstValue("Content-Type").orElseThrow())
        .startsWith("text/javascript");
  }

  @Test
  void nothingInTheDocumentNeedsAWeakerPolicy() throws Exception {
    HttpResponse<String> page = get("/");

    assertThat(page.headers().firstValue("Content-Security-Policy"))
        .hasValueSatisfying(policy ->
            assertThat(policy).startsWith("default-src 'self';").doesNotContain("unsafe"));
    assertThat(page.body()).doesNotContain("style=", "<style", "onclick", "onload");
    assertThat(Pattern.compile("<script(?![^>]*\\ssrc=)").matcher(page.body()).find()).isFalse();
  }

  @Test
  void whatTheBrowserHasIsNotSentAgain() throws Exception {
    String tag = get("/page/main.js").headers().firstValue("ETag").orElseThrow();

    HttpResponse<String> again = get("/page/main.js", "If-None-Match", tag);

    assertThat(again.statusCode()).isEqualTo(304);
    assertThat(again.body()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/page/none.js",
        "/page/PageRoutes.class",
        "/page/%2e%2e/http/Gate.class",
        "/page/lib/lit/package.json",
        "/page/lib/other/index.js",
        "/page/lib/lit-html/../lit/index.txt"
      })
  void whatIsNotOfThePageIsNotServed(String path) throws Exception {
    assertThat(get(path).statusCode()).isIn(400, 404);
  }

  @Test
  void modulesOfLitNameEachOtherByPath() {
    assertThat(
            Library.byPath(
                "import\"@lit/reactive-element\";export*from\"lit-html\";"
                    + "import{a as b}from\"lit-element/lit-element.js\";import{c}from\"../d.js\";"))
        .isEqualTo(
            "import\"/page/lib/reactive-element/reactive-element.js\";"
                + "export*from\"/page/lib/lit-html/lit-html.js\";"
                + "import{a as b}from\"/page/lib/lit-element/lit-element.js\";"
                + "import{c}from\"../d.js\";");
  }
}
