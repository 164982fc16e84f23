package io.zoetrope.server.videos;

import static io.zoetrope.server.Wire.field;
import static io.zoetrope.server.Wire.file;
import static org.assertj.core.api.Assertions.assertThat;

import io.zoetrope.jobs.FakeRunner;
import io.zoetrope.server.SmallLook;
import io.zoetrope.server.Wire;
import io.zoetrope.server.http.ServerConfig;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What people send who mean no good: all of it is refused, in time, and nothing is left behind. */
class HostileRequestsTest {
  private static final String PROMPT = field("prompt", "a red ball");

  @TempDir Path folder;

  @SuppressWarnings("NullAway.Init") // by start
  private VideoServer server;

  private VideoServer start(String... limits) throws IOException {
    server =
        new VideoServer(
            folder,
            FakeRunner.of(Duration.ofMillis(1)),
            ServerConfig.local(0).withFetch(Set.of("films.example")).withLimits(limits));
    return server;
  }

  @AfterEach
  void stop() throws IOException {
    if (server != null) {
      server.close();
      try (Stream<Path> left = Files.list(folder.resolve("temporary"))) {
        assertThat(left).as("nothing stays of uploads").isEmpty();
      }
    }
  }

  private static void taken(String answer) {
    assertThat(answer).contains("200 OK");
  }

  private static void refused(String answer, String status, String code) {
    assertThat(answer).contains(" " + status + " ", "\"code\":\"" + code + "\"");
  }

  @Test
  void whatIsTooLargeIsRefusedByOne() throws IOException {
    start("file=60000", "parts=4", "dataUrl=60000", "body=200000", "side=256", "frames=32");
    taken(server.form(PROMPT, file("input_reference", "a.png", SmallLook.png(8, 8, 60_000))));
    refused(
        server.form(PROMPT, file("input_reference", "a.png", SmallLook.png(8, 8, 60_001))),
        "413",
        "too_large");
    taken(server.form(PROMPT, field("seed", "1"), field("fps", "8"), field("size", "64x64")));
    refused(
        server.form(
            PROMPT,
            field("seed", "1"),
            field("fps", "8"),
            field("user", "a"),
            field("size", "64x64")),
        "413",
        "too_large");
    taken(server.json(reference(60_000)));
    refused(server.json(reference(60_001)), "413", "too_large");
    taken(Wire.send(server.port(), sized(200_000)));
    refused(Wire.send(server.port(), sized(200_001)), "413", "too_large");
    taken(server.json("{\"prompt\":\"a\",\"size\":\"256x256\"}"));
    refused(server.json("{\"prompt\":\"a\",\"size\":\"258x256\"}"), "400", "invalid_size");
    taken(server.json("{\"prompt\":\"a\",\"num_frames\":32}"));
    refused(server.json("{\"prompt\":\"a\",\"num_frames\":33}"), "400", "invalid_num_frames");
    taken(server.json("{\"prompt\":\"a\",\"seconds\":\"4\"}"));
    refused(server.json("{\"prompt\":\"a\",\"seconds\":\"4.2\"}"), "400", "invalid_seconds");
    taken(server.json("{\"prompt\":\"a\",\"num_inference_steps\":200}"));
    refused(
        server.json("{\"prompt\":\"a\",\"num_inference_steps\":201}"),
        "400",
        "invalid_num_inference_steps");
    assertThat(server.get("/metrics")).contains("uploads_refused_total{reason=\"too_large\"} 4.0");
  }

  /** A picture as a URL of so many letters. */
  private static String reference(int letters) {
    String head = "data:image/png;base64,";
    int count = letters - head.length();
    String url =
        head
            + Base64.getEncoder()
                .withoutPadding()
                .encodeToString(SmallLook.png(8, 8, count * 3 / 4));
    return "{\"prompt\":\"a\",\"input_reference\":{\"image_url\":\"%s\"}}"
        .formatted(url + "A".repeat(letters - url.length()));
  }

  /** A body of so many bytes, the rest of which stands behind the last boundary. */
  private static byte[] sized(int bytes) {
    String form = "--frontier\r\nContent-Disposition: form-data" + PROMPT + "\r\n--frontier--\r\n";
    return Wire.post(
        "/v1/videos",
        "multipart/form-data; boundary=frontier",
        form + " ".repeat(bytes - form.length()));
  }

  @Test
  void promptsHaveAnEnd() throws IOException {
    start();
    String words = "ball ".repeat(6400);
    String answer = server.json("{\"prompt\":\"" + words + "\"}");
    taken(answer);
    assertThat(answer).contains("\"ignored\":[\"prompt after 2000 characters\"]");
    refused(server.json("{\"prompt\":\"" + words + "a\"}"), "400", "invalid_prompt");
    String huge = "a".repeat(10_000_000);
    refused(server.json("{\"prompt\":\"" + huge + "\"}"), "400", "invalid_prompt");
    refused(server.form(field("prompt", huge)), "400", "invalid_prompt");
    refused(server.form(field(huge.substring(0, 100_000), "a")), "400", "invalid_body");
  }

  @Test
  void tenThousandPartsAreRefused() throws IOException {
    start();
    String[] parts = new String[10_000];
    Arrays.setAll(parts, i -> field("a" + i, "b"));
    refused(server.form(parts), "413", "too_large");
  }

  @Test
  void brokenFormsAreRefused() throws IOException {
    start();
    refused(server.form("; filename=\"a.png\"\r\n\r\nabc"), "400", "invalid_body");
    refused(server.form("; name=\"\"\r\n\r\nabc"), "400", "invalid_body");
    refused(server.form(PROMPT, PROMPT), "400", "invalid_prompt");
    refused(server.form(PROMPT, field("zoetrope[task", "a")), "400", "invalid_body");
    refused(server.form(PROMPT, field("zoetrope" + "[a]".repeat(20), "a")), "400", "invalid_body");
    refused(server.form(PROMPT, field("zoetrope", "{")), "400", "invalid_zoetrope");
    refused(server.form(PROMPT, field("zoetrope", "[1]")), "400", "invalid_zoetrope");
    refused(
        server.form(PROMPT, field("zoetrope[task]", "x"), field("zoetrope[task][kind]", "y")),
        "400",
        "invalid_zoetrope");
    refused(
        Wire.send(
            server.port(),
            Wire.post("/v1/videos", "multipart/form-data; boundary=frontier", "--frontier\r\nab")),
        "400",
        "invalid_body");
    refused(
        Wire.send(server.port(), Wire.post("/v1/videos", "multipart/form-data", "ab")),
        "400",
        "invalid_body");
    refused(
        Wire.send(
            server.port(),
            Wire.post("/v1/videos", "application/x-www-form-urlencoded", "prompt=a")),
        "415",
        "unsupported_media_type");
    refused(server.json("[]"), "400", "invalid_body");
  }

  @Test
  void whatIsNoTextIsRefused() throws IOException {
    start();
    refused(server.form(field("prompt", "a\u00c3\u0028")), "400", "invalid_prompt");
    refused(server.form(field("prompt", "a\0b")), "400", "invalid_prompt");
    refused(server.json("{\"prompt\":\"a\\u0000b\"}"), "400", "invalid_prompt");
    refused(server.json("{\"prompt\":\"a\\ud800b\"}"), "400", "invalid_prompt");
    refused(server.json("{\"prompt\":\"\u00c3\u0028\"}"), "400", "invalid_body");
    taken(server.json("{\"prompt\":\"\\ud83d\\ude00 \\u2028 a\\tb\"}"));
    assertThat(server.last().order().wish().prompt()).isEqualTo("\ud83d\ude00 \u2028 a\tb");
  }

  @Test
  void namesOfStrangersReachNoFile() throws IOException {
    start();
    byte[] picture = SmallLook.png(8, 8, 100);
    for (String name :
        List.of("../../../evil.png", "/etc/passwd", "C:\\\\evil", "CON", "..", "x".repeat(3000))) {
      taken(server.form(PROMPT, file("input_reference", name, picture)));
    }
    for (String path :
        List.of("/etc/passwd", "../secret", "file:///etc/passwd", "input:../../a", "job:../..")) {
      String quoted = "\"" + path + "\"";
      refused(
          server.json(
              "{\"prompt\":\"a\",\"zoetrope\":{\"task\":{\"kind\":\"generate\",\"plan\":%s}}}"
                  .formatted(quoted)),
          "400",
          "invalid_order");
      refused(
          server.json(
              "{\"prompt\":\"a\",\"zoetrope\":{\"model\":{\"loras\":[{\"file\":%s}]}}}"
                  .formatted(quoted)),
          "400",
          "invalid_order");
      refused(
          server.json("{\"prompt\":\"a\",\"model\":%s}".formatted(quoted)),
          "404",
          "model_not_found");
      refused(
          server.json(
              "{\"prompt\":\"a\",\"zoetrope\":{\"model\":{\"name\":%s}}}".formatted(quoted)),
          "404",
          "model_not_found");
      assertThat(
              server.json(
                  "{\"prompt\":\"a\",\"input_reference\":{\"file_id\":%s}}".formatted(quoted)))
          .contains(" 400 ");
    }
    for (String id :
        List.of("..%2f..%2fetc%2fpasswd", "%2e%2e", "video_../x", "video_%00", "video_01/../..")) {
      assertThat(server.get("/v1/videos/" + id)).doesNotContain("200 OK").contains("\"error\"");
      assertThat(server.get("/v1/videos/" + id + "/content")).doesNotContain("200 OK");
    }
    try (Stream<Path> all = Files.walk(folder.resolve("store"))) {
      assertThat(all.map(path -> String.valueOf(path.getFileName())))
          .noneMatch(
              name -> name.contains("evil") || name.contains("passwd") || name.contains("CON"));
    }
  }

  @Test
  void nothingIsGotFromElsewhere() throws IOException {
    start();
    for (String url :
        List.of(
            "http://127.0.0.1/a.png",
            "https://127.0.0.1/a.png",
            "https://localhost/a.png",
            "https://0177.0.0.1/a.png",
            "https://2130706433/a.png",
            "https://0x7f.1/a.png",
            "https://[::1]/a.png",
            "https://[::ffff:127.0.0.1]/a.png",
            "https://169.254.169.254/latest/meta-data",
            "http://films.example/a.png",
            "https://films.example:8443/a.png",
            "https://me@films.example/a.png",
            "https://films.example@127.0.0.1/a.png",
            "https://films.example.evil.example/a.png",
            "https://films.example/not-there.png",
            "file:///etc/passwd",
            "ftp://films.example/a.png",
            "data:image/png,abc",
            "data:")) {
      refused(
          server.json(
              "{\"prompt\":\"a\",\"input_reference\":{\"image_url\":\"%s\"}}".formatted(url)),
          "400",
          "unsupported_url");
    }
    refused(
        server.json("{\"prompt\":\"a\",\"input_reference\":\"data:image/png;base64,&&&&\"}"),
        "400",
        "invalid_media");
  }

  @Test
  void endlessBodiesAreCutOff() throws Exception {
    start("body=300000");
    for (String type : List.of("application/json", "multipart/form-data; boundary=frontier")) {
      try (Socket socket = new Socket("127.0.0.1", server.port())) {
        socket.setSoTimeout(10_000);
        OutputStream out = socket.getOutputStream();
        out.write(
            ("POST /v1/videos HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\nContent-Type: "
                    + type
                    + "\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII));
        byte[] head =
            "36\r\n--frontier\r\nContent-Disposition: form-data; name=\"b\"\r\n\r\n\r\n"
                .getBytes(StandardCharsets.US_ASCII);
        out.write(
            type.startsWith("multi") ? head : "1\r\n\"\r\n".getBytes(StandardCharsets.US_ASCII));
        byte[] chunk = ("1000\r\n" + "a".repeat(4096) + "\r\n").getBytes(StandardCharsets.US_ASCII);
        long sent = 0;
        try {
          while (sent < 200_000_000) {
            out.write(chunk);
            sent += chunk.length;
          }
        } catch (SocketException e) {
          assertThat(e).as("the server closed it").isNotNull();
        }
        assertThat(sent).isLessThan(200_000_000);
      }
    }
  }

  @Test
  void slowBodiesAreCutOff() throws Exception {
    start("idleSeconds=1", "slowest=1000");
    for (boolean silent : List.of(true, false)) {
      long begin = System.nanoTime();
      try (Socket socket = new Socket("127.0.0.1", server.port())) {
        socket.setSoTimeout(10_000);
        OutputStream out = socket.getOutputStream();
        out.write(
            "POST /v1/videos HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n"
                .getBytes(StandardCharsets.US_ASCII));
        Thread drip =
            Thread.startVirtualThread(() -> {
              try {
                while (!silent) {
                  out.write(' ');
                  Thread.sleep(100);
                }
              } catch (IOException | InterruptedException e) {
                return;
              }
            });
        assertThat(Wire.read(socket.getInputStream())).contains(" 408 ", "too_slow");
        drip.interrupt();
      }
      assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(8));
    }
  }

  @Test
  void memoryStaysFlat() throws Exception {
    start();
    byte[] picture = SmallLook.png(8, 8, 100);
    upload(picture);
    long before = used();
    try (var pool = Executors.newFixedThreadPool(4)) {
      Callable<String> one = () -> upload(picture);
      for (Future<String> done : pool.invokeAll(Collections.nCopies(6, one))) {
        assertThat(done.get()).contains("200 OK");
      }
    }
    for (int i = 0; i < 2; i++) {
      taken(server.json(reference(15_000_000)));
    }
    assertThat(used() - before).isLessThan(12L << 20);
  }

  private static long used() throws InterruptedException {
    Runtime runtime = Runtime.getRuntime();
    long least = Long.MAX_VALUE;
    for (int i = 0; i < 3; i++) {
      System.gc();
      Thread.sleep(50);
      least = Math.min(least, runtime.totalMemory() - runtime.freeMemory());
    }
    return least;
  }

  /** 20 MB that nobody holds. */
  private String upload(byte[] picture) throws IOException {
    byte[] zeros = new byte[1 << 20];
    byte[] form = Wire.form("/v1/videos", PROMPT, file("input_reference", "a", picture));
    String text = new String(form, StandardCharsets.ISO_8859_1);
    int end = text.lastIndexOf("\r\n--frontier--");
    int length = form.length - text.indexOf("\r\n\r\n") - 4 + 20 * zeros.length;
    String head =
        text.substring(0, end).replaceFirst("Content-Length: \\d+", "Content-Length: " + length);
    try (Socket socket = new Socket("127.0.0.1", server.port())) {
      socket.setSoTimeout(30_000);
      OutputStream out = socket.getOutputStream();
      out.write(head.getBytes(StandardCharsets.ISO_8859_1));
      for (int i = 0; i < 20; i++) {
        out.write(zeros);
      }
      out.write(text.substring(end).getBytes(StandardCharsets.ISO_8859_1));
      return Wire.read(socket.getInputStream());
    }
  }
}
