package io.zoetrope.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.error.UserError;
import io.zoetrope.jobs.Jobs;
import io.zoetrope.jobs.JobsException;
import io.zoetrope.server.TestJobs;
import io.zoetrope.server.Wire;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HttpServerTest {
  @TempDir Path folder;
  private final List<AutoCloseable> open = new ArrayList<>();
  private final List<String> ailments = new CopyOnWriteArrayList<>();
  private final Jobs jobs = TestJobs.none(ailments);

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable each : open) {
      each.close();
    }
  }

  private int start(ServerConfig config) {
    HttpServer server = HttpServer.start(config, jobs, List.of(HttpServerTest::routes));
    open.add(server);
    return server.port();
  }

  private ServerConfig local(String... limits) {
    return ServerConfig.local(0).withTemporary(folder).withLimits(limits);
  }

  private static void routes(Routes routes) {
    routes.get("/read", Role.READ, ctx -> ctx.json(Map.of("ok", true)));
    routes.post("/ask", Role.READ, ctx -> ctx.json(Map.of("ok", true)));
    routes.post("/make", Role.MAKE, ctx -> ctx.json(Map.of("ok", true)));
    routes.post("/admin", Role.ADMIN, ctx -> ctx.json(Map.of("ok", true)));
    routes.post("/json", Role.MAKE, ctx -> ctx.json(Bodies.json(ctx, routes.config())));
    routes.post(
        "/raw",
        Role.MAKE,
        ctx -> {
          try (InputStream in =
              Bodies.stream(ctx, routes.config(), routes.config().limits().body())) {
            ctx.json(Map.of("bytes", in.readAllBytes().length));
          }
        });
    routes.post(
        "/form",
        Role.MAKE,
        ctx -> {
          try (Form form = Form.read(ctx, routes.config())) {
            ctx.json(form.parts().stream().map(p -> p.name() + ":" + p.length()).toList());
          }
        });
    routes.get(
        "/broken",
        Role.READ,
        ctx -> {
          throw new IllegalStateException("/secret/path of a stack");
        });
    routes.get(
        "/error",
        Role.READ,
        ctx -> {
          throw new StackOverflowError();
        });
    routes.get(
        "/jobs/{kind}",
        Role.READ,
        ctx -> {
          throw new JobsException(JobsException.Kind.valueOf(ctx.pathParam("kind")), "so it is");
        });
  }

  private static final String HERE = "Host: localhost";

  @Test
  void answersEveryErrorInOneForm() throws Exception {
    int port = start(local());
    assertThat(Wire.request(port, "GET /nowhere", HERE))
        .contains(
            "404 Not Found", "application/json", "\"type\":\"not_found_error\"", "unsupported");
    assertThat(Wire.request(port, "DELETE /read", HERE))
        .contains("405 Method", "Allow: GET", "\"param\":null");
    assertThat(Wire.request(port, "GET /broken", HERE))
        .contains("500 Server", "\"code\":\"internal\"", "x-should-retry: false")
        .doesNotContain("secret", "IllegalState", "at io.");
    assertThat(Wire.request(port, "GET /error", HERE))
        .contains("500 Server", "\"code\":\"internal\"")
        .doesNotContain("StackOverflow");
  }

  @Test
  void mapsWhatJobsSay() throws Exception {
    int port = start(local());
    Map<JobsException.Kind, String> all =
        Map.of(
            JobsException.Kind.NOT_FOUND, "404 video_not_found",
            JobsException.Kind.EXPIRED, "410 expired",
            JobsException.Kind.NOT_READY, "404 video_not_ready",
            JobsException.Kind.QUEUE_FULL, "429 queue_full",
            JobsException.Kind.DRAINING, "503 draining",
            JobsException.Kind.KEY_REUSED, "422 idempotency_key_reused",
            JobsException.Kind.INVALID, "400 invalid_order",
            JobsException.Kind.TOO_LARGE, "413 too_large",
            JobsException.Kind.NO_SPACE, "503 disk_full",
            JobsException.Kind.DATABASE, "503 database_unavailable");
    assertThat(all).hasSize(JobsException.Kind.values().length);
    for (var each : all.entrySet()) {
      String answer = Wire.request(port, "GET /jobs/" + each.getKey(), HERE);
      String[] expected = each.getValue().split(" ");
      assertThat(answer).contains(" " + expected[0] + " ", "\"code\":\"" + expected[1] + "\"");
      if (expected[0].equals("429") || expected[0].equals("503")) {
        assertThat(answer).contains("Retry-After: ", "retry-after-ms: ");
      }
    }
  }

  @Test
  void headersGuardEveryAnswer() throws Exception {
    int port = start(local());
    for (String path : List.of("/read", "/nowhere", "/%00")) {
      assertThat(Wire.request(port, "GET " + path, HERE))
          .contains("Content-Security-Policy: default-src 'self'", "nosniff")
          .doesNotContain("Access-Control", "Server: ");
    }
  }

  @Test
  void largeHeadersAreRefused() throws Exception {
    int port = start(local());
    assertThat(Wire.request(port, "GET /read", HERE, "X-A: " + "a".repeat(7_900)))
        .contains("200 OK");
    assertThat(Wire.request(port, "GET /read", HERE, "X-A: " + "a".repeat(8_300)))
        .contains(" 431 ", "\"type\":\"invalid_request_error\"");
  }

  @Test
  void namesThatPointHereAreRefused() throws Exception {
    int port = start(local().withNames(Set.of("films.example")));
    for (String host :
        List.of("localhost", "localhost:" + port, "127.0.0.1:1", "[::1]:8", "films.example")) {
      assertThat(Wire.request(port, "GET /read", "Host: " + host)).contains("200 OK");
    }
    for (String host :
        List.of(
            "evil.example",
            "localhost.evil.example",
            "127.0.0.1.evil.example",
            "localhost:80@evil",
            "")) {
      assertThat(Wire.request(port, "GET /read", "Host: " + host)).doesNotContain("200 OK");
    }
    assertThat(Wire.request(port, "GET /read", "Host: evil.example"))
        .contains("403 Forbidden", "permission_error", "bad_origin");
  }

  @Test
  void pagesOfOthersAreRefused() throws Exception {
    int port = start(local().withOrigins(Set.of("https://films.example")));
    String host = "Host: localhost:" + port;
    String ours = "Origin: http://localhost:" + port;
    String json = "Content-Type: application/json";
    assertThat(Wire.request(port, "POST /make", host, ours, json)).contains("200 OK");
    assertThat(Wire.request(port, "POST /make", host, ours, "X-Zoetrope: 1")).contains("200 OK");
    assertThat(Wire.request(port, "POST /make", host, "Origin: https://films.example", json))
        .contains("200 OK");
    assertThat(Wire.request(port, "POST /make", host)).as("no browser").contains("200 OK");
    assertThat(Wire.request(port, "GET /read", host, "Sec-Fetch-Site: cross-site"))
        .as("a link")
        .contains("200 OK");
    for (List<String> headers :
        List.of(
            List.of("Origin: https://evil.example", json),
            List.of("Origin: null", json),
            List.of("Origin: http://localhost:1", json),
            List.of(ours, "Content-Type: text/plain"),
            List.of(ours, "Content-Type: multipart/form-data; boundary=a"),
            List.of(ours),
            List.of("Sec-Fetch-Site: cross-site", json),
            List.of("Sec-Fetch-Site: same-site", "Content-Type: text/plain"),
            List.of("Cookie: zoetrope_session=a"))) {
      List<String> all = new ArrayList<>(headers);
      all.add(host);
      assertThat(Wire.request(port, "POST /make", all.toArray(String[]::new)))
          .as("%s", headers)
          .contains("403 Forbidden", "bad_origin");
    }
    assertThat(Wire.request(port, "OPTIONS /make", host, "Origin: https://evil.example"))
        .doesNotContain("Access-Control");
    assertThat(Wire.request(port, "OPTIONS /make", host, "Origin: https://films.example"))
        .contains("204 No", "Access-Control-Allow-Origin: https://films.example");
  }

  @Test
  void othersNeedAToken() {
    ServerConfig open = local().withHost("0.0.0.0");
    assertThatThrownBy(() -> start(open))
        .isInstanceOf(UserError.class)
        .hasMessage(
            "others can reach 0.0.0.0, and there is no token: make one, or say that nobody needs"
                + " one");
    start(open.withLogin(ServerConfig.Login.NONE));
    Tokens.of(jobs).create("me", Role.READ);
    start(open);
  }

  @Test
  void tokensOpenWhatTheirRoleMay() throws Exception {
    Tokens tokens = Tokens.of(jobs);
    Map<String, String> secrets =
        Map.of(
            "read", tokens.create("r", Role.READ),
            "make", tokens.create("m", Role.MAKE),
            "admin", tokens.create("a", Role.ADMIN));
    int port = start(local().withLogin(ServerConfig.Login.TOKENS));
    Map<String, List<String>> may =
        Map.of(
            "read", List.of("GET /read"),
            "make", List.of("GET /read", "POST /make"),
            "admin", List.of("GET /read", "POST /make", "POST /admin"));
    for (String request : List.of("GET /read", "POST /make", "POST /admin")) {
      for (var secret : secrets.entrySet()) {
        String answer =
            Wire.request(port, request, HERE, "Authorization: Bearer " + secret.getValue());
        assertThat(answer)
            .as("%s by %s", request, secret.getKey())
            .contains(
                may.getOrDefault(secret.getKey(), List.of()).contains(request)
                    ? "200 OK"
                    : "wrong_role");
      }
      assertThat(Wire.request(port, request, HERE)).contains("401 Unauth", "invalid_token");
      for (String wrong : List.of("", "zt_", "r", secrets.get("read") + "x", "' or 1=1")) {
        assertThat(Wire.request(port, request, HERE, "Authorization: Bearer " + wrong))
            .contains("401 Unauth", "authentication_error");
      }
    }
    assertThat(Wire.request(port, "GET /health/live", HERE)).contains("200 OK");
    assertThat(Wire.request(port, "GET /metrics", HERE)).contains("401 Unauth");
    assertThat(jobs.shelf("tokens").get("m").orElseThrow())
        .doesNotContain(String.valueOf(secrets.get("make")).substring(3));
    tokens.remove("m");
    Thread.sleep(1100);
    assertThat(
            Wire.request(
                port,
                "GET /read",
                HERE,
                "Authorization: Bearer " + String.valueOf(secrets.get("make"))))
        .contains("401 Unauth");
  }

  @Test
  void browsersTradeATokenForACookie() throws Exception {
    String secret = Tokens.of(jobs).create("m", Role.MAKE);
    int port = start(local().withLogin(ServerConfig.Login.TOKENS));
    String json = "Content-Type: application/json";
    String body = "{\"token\":\"" + secret + "\"}";
    String answer =
        Wire.request(
            port,
            "POST /api/v1/session",
            HERE,
            json,
            "Content-Length: " + body.length() + "\r\n\r\n" + body);
    assertThat(answer)
        .contains("200 OK", "HttpOnly", "SameSite=Strict", "\"role\":\"make\"")
        .doesNotContain(secret);
    String cookie = "Cookie: " + answer.replaceAll("(?s).*Set-Cookie: ([^;]+);.*", "$1");
    assertThat(Wire.request(port, "GET /read", HERE, cookie)).contains("200 OK");
    assertThat(Wire.request(port, "GET /api/v1/session", HERE, cookie)).contains("\"needed\":true");
    assertThat(Wire.request(port, "POST /make", HERE, cookie, json)).contains("200 OK");
    assertThat(Wire.request(port, "POST /make", HERE, cookie)).contains("bad_origin");
    assertThat(Wire.request(port, "DELETE /api/v1/session", HERE, cookie, "X-Zoetrope: 1"))
        .contains("204 No");
    assertThat(Wire.request(port, "GET /read", HERE, cookie)).contains("401 Unauth");
    assertThat(
            Wire.request(
                port,
                "POST /api/v1/session",
                HERE,
                json,
                "Content-Length: 14\r\n\r\n{\"token\":\"no\"}"))
        .contains("401 Unauth");
  }

  @Test
  void whoAsksTooOftenWaits() throws Exception {
    int port = start(local("changes=3", "reads=5"));
    for (int i = 0; i < 3; i++) {
      assertThat(Wire.request(port, "POST /make", HERE)).contains("200 OK");
    }
    assertThat(Wire.request(port, "POST /make", HERE))
        .contains("429 Too", "rate_limit_error", "Retry-After: ", "retry-after-ms: ");
    assertThat(Wire.request(port, "POST /ask", HERE)).contains("200 OK");
    for (int i = 0; i < 4; i++) {
      assertThat(Wire.request(port, "GET /read", HERE)).contains("200 OK");
    }
    assertThat(Wire.request(port, "GET /read", HERE)).contains("429 Too");
    assertThat(Wire.request(port, "GET /health/live", HERE)).contains("200 OK");
  }

  @Test
  void streamsAreCounted() {
    Streams streams = new Streams(2);
    Streams.Place one = streams.take();
    Streams.Place two = streams.take();
    assertThatThrownBy(streams::take).isInstanceOf(HttpError.class);
    one.close();
    one.close();
    assertThat(streams.open()).isOne();
    streams.take();
    assertThatThrownBy(streams::take).isInstanceOf(HttpError.class);
    two.close();
  }

  @Test
  void healthIsThatOfTheJobs() throws Exception {
    int port = start(local());
    assertThat(Wire.request(port, "GET /health/ready", HERE)).contains("200 OK");
    ailments.add("no worker lives");
    assertThat(Wire.request(port, "GET /health/ready", HERE))
        .contains("503 Service", "no worker lives");
    assertThat(Wire.request(port, "GET /health/live", HERE)).contains("200 OK");
    Wire.request(port, "GET /nowhere", HERE);
    assertThat(Wire.request(port, "GET /metrics", HERE))
        .contains("route=\"/health/ready\",status=\"503\"", "route=\"none\"", "jvm_memory_used");
  }

  @Test
  void jsonIsStrict() throws Exception {
    int port = start(local());
    assertThat(
            Wire.send(port, Wire.post("/json", "application/json; charset=utf-8", "{\"a\":[1]}")))
        .contains("200 OK", "{\"a\":[1]}");
    for (String body :
        List.of(
            "",
            "{",
            "{} {}",
            "{\"a\":1,\"a\":2}",
            "[".repeat(100),
            "\u00ff\u00fe",
            "{\"a\":\"\u00c3\u0028\"}",
            "NaN")) {
      assertThat(Wire.send(port, Wire.post("/json", "application/json", body)))
          .as(body)
          .contains("400 Bad", "invalid_body");
    }
    assertThat(Wire.send(port, Wire.post("/json", "text/json", "{}")))
        .contains("415 Unsupported", "unsupported_media_type");
    String large = "{\"a\":\"" + "a".repeat((1 << 20) - 8) + "\"}";
    assertThat(Wire.send(port, Wire.post("/json", "application/json", large))).contains("200 OK");
    assertThat(Wire.send(port, Wire.post("/json", "application/json", large + " ")))
        .contains("413 ", "too_large");
  }
}
