package io.zoetrope.server.videos;

import static io.zoetrope.server.Wire.field;
import static io.zoetrope.server.Wire.file;
import static org.assertj.core.api.Assertions.assertThat;

import io.zoetrope.jobs.Job;
import io.zoetrope.jobs.JobState;
import io.zoetrope.pipeline.order.AnimateSpec;
import io.zoetrope.pipeline.order.InterpolateSpec;
import io.zoetrope.pipeline.order.RestyleSpec;
import io.zoetrope.record.Json;
import io.zoetrope.server.Contract;
import io.zoetrope.server.HandRunner;
import io.zoetrope.server.SmallLook;
import io.zoetrope.server.Wire;
import io.zoetrope.server.http.ServerConfig;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class VideoRoutesTest {
  @TempDir Path folder;
  private final HandRunner runner = new HandRunner();
  private final HttpClient http = HttpClient.newHttpClient();
  private VideoServer server;

  @BeforeEach
  void start() throws IOException {
    server = new VideoServer(folder, runner, ServerConfig.local(0).withLimits("idleSeconds=1"));
  }

  @AfterEach
  void stop() {
    http.close();
    server.close();
  }

  private HttpResponse<byte[]> get(String path, String... headers) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path));
    if (headers.length > 0) {
      request.headers(headers);
    }
    var answer = http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    if (!path.contains("/characters")) {
      String body = new String(answer.body(), StandardCharsets.UTF_8);
      Contract.requireAnswerAt(path, "get", answer.statusCode(), body);
    }
    return answer;
  }

  private static void eventually(BooleanSupplier is) throws InterruptedException {
    long end = System.nanoTime() + 20_000_000_000L;
    while (!is.getAsBoolean()) {
      assertThat(System.nanoTime()).as("it is so in time").isLessThan(end);
      Thread.sleep(10);
    }
  }

  private Job made(byte[] video) throws Exception {
    server.json("{\"prompt\":\"a red ball\"}");
    Job job = server.last();
    runner.done(video);
    eventually(() -> server.jobs().require(job.id()).state() == JobState.COMPLETED);
    return server.jobs().require(job.id());
  }

  @Test
  void everyKeyIsThereInEveryState() throws Exception {
    List<String> standard =
        List.of(
            "id",
            "object",
            "model",
            "status",
            "progress",
            "created_at",
            "completed_at",
            "expires_at",
            "prompt",
            "size",
            "seconds",
            "remixed_from_video_id",
            "error",
            "zoetrope");
    String answer = server.json("{\"prompt\":\"a red ball\"}");
    JsonNode queued = Json.MAPPER.readTree(answer.substring(answer.indexOf("\r\n\r\n")));
    assertThat(queued.propertyNames()).containsExactlyElementsOf(standard);
    assertThat(queued.path("zoetrope").propertyNames())
        .containsExactly(
            "task",
            "seed",
            "frames",
            "fps",
            "steps",
            "phase",
            "step",
            "eta_seconds",
            "queue_position",
            "attempt",
            "ignored",
            "preview",
            "notes");
    Job job = server.last();
    runner.done(SmallLook.mp4(100));
    eventually(() -> server.jobs().require(job.id()).state() == JobState.COMPLETED);
    JsonNode done = Json.MAPPER.readTree(get("/v1/videos/" + job.id()).body());
    assertThat(done.propertyNames()).containsExactlyElementsOf(standard);
    assertThat(done.path("seconds").asString()).isEqualTo("2");
    assertThat(done.path("completed_at").isIntegralNumber()).isTrue();
    JsonNode list = Json.MAPPER.readTree(get("/v1/videos").body());
    assertThat(list.propertyNames())
        .containsExactly("object", "data", "first_id", "last_id", "has_more");
    JsonNode empty = Json.MAPPER.readTree(get("/v1/videos?order=asc&after=" + job.id()).body());
    assertThat(empty.path("first_id").isNull()).isTrue();
    assertThat(get("/v1/videos/characters").statusCode()).isEqualTo(404);
    assertThat(new String(get("/v1/videos/characters/a").body(), StandardCharsets.UTF_8))
        .contains("\"code\":\"unsupported\"");
  }

  @Test
  void partsOfAFileMayBeAskedFor() throws Exception {
    byte[] video = SmallLook.mp4(200_000);
    String path = "/v1/videos/" + made(video).id() + "/content";
    var whole = get(path, "Accept", "application/binary");
    assertThat(whole.statusCode()).isEqualTo(200);
    assertThat(whole.headers().firstValue("Content-Type")).contains("video/mp4");
    assertThat(whole.body()).isEqualTo(video);
    String etag = whole.headers().firstValue("ETag").orElseThrow();

    var part = get(path, "Range", "bytes=100-199");
    assertThat(part.statusCode()).isEqualTo(206);
    assertThat(part.headers().firstValue("Content-Range")).contains("bytes 100-199/200000");
    assertThat(part.body()).isEqualTo(Arrays.copyOfRange(video, 100, 200));
    assertThat(get(path, "Range", "bytes=-10").body())
        .isEqualTo(Arrays.copyOfRange(video, 199_990, 200_000));
    assertThat(get(path, "Range", "bytes=199999-").body()).hasSize(1);
    assertThat(get(path, "Range", "bytes=0-999999").body()).hasSize(200_000);
    var beyond = get(path, "Range", "bytes=200000-");
    assertThat(beyond.statusCode()).isEqualTo(416);
    assertThat(beyond.headers().firstValue("Content-Range")).contains("bytes */200000");
    for (String odd : List.of("bytes=a-b", "frames=1-2", "bytes=5-1")) {
      assertThat(get(path, "Range", odd).statusCode()).isIn(200, 416);
    }
    assertThat(get(path, "Range", "bytes=0-1", "If-Range", etag).statusCode()).isEqualTo(206);
    assertThat(get(path, "Range", "bytes=0-1", "If-Range", "\"other\"").statusCode())
        .isEqualTo(200);
    var same = get(path, "If-None-Match", etag);
    assertThat(same.statusCode()).isEqualTo(304);
    assertThat(same.body()).isEmpty();
    assertThat(get(path + "?variant=poster").statusCode()).isEqualTo(400);
    HttpRequest head =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
            .HEAD()
            .build();
    var length = http.send(head, HttpResponse.BodyHandlers.ofByteArray());
    assertThat(length.headers().firstValue("Content-Length")).contains("200000");
  }

  @Test
  void whatBecomesOfJobsIsCounted() throws Exception {
    Job job = made(SmallLook.mp4(100));
    server.jobs().pause();
    server.json("{\"prompt\":\"another\"}");
    eventually(() -> metrics().contains("state=\"completed\""));
    assertThat(metrics())
        .contains(
            "zoetrope_jobs_total{model=\"toybox\",state=\"completed\",task=\"generate\"} 1.0",
            "zoetrope_jobs_total{model=\"toybox\",state=\"queued\",task=\"generate\"} 2.0",
            "zoetrope_queue_depth 1.0",
            "zoetrope_job_seconds_count{phase=\"queued\"} 1",
            "zoetrope_job_seconds_count{phase=\"all\"} 1",
            "zoetrope_http_requests_seconds_count{method=\"POST\",route=\"/v1/videos\",status=\"200\"} 2");
    assertThat(job.id().text()).startsWith("video_");
  }

  private String metrics() {
    try {
      return new String(get("/metrics").body(), StandardCharsets.UTF_8);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void whoWaitsGetsTheVideo() throws Exception {
    byte[] video = SmallLook.mp4(50_000);
    Thread worker =
        Thread.startVirtualThread(() -> {
          try {
            Thread.sleep(2500); // longer than a connection may be silent
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          runner.done(video);
        });
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + "/v1/videos/sync"))
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString("{\"prompt\":\"a\"}"))
            .build();
    var answer = http.send(request, HttpResponse.BodyHandlers.ofByteArray());
    worker.join();
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo(video);
    assertThat(answer.headers().firstValue("X-Video-Id")).contains(server.last().id().text());

    runner.fail(io.zoetrope.jobs.JobError.of("worker_lost", "three workers were lost"));
    var failed = http.send(request, HttpResponse.BodyHandlers.ofString());
    assertThat(failed.statusCode()).isEqualTo(500);
    assertThat(failed.headers().firstValue("x-should-retry")).contains("false");
    assertThat(failed.body()).contains("worker_lost");
  }

  @Test
  void whoHangsUpDoesNotWantItAnyMore() throws Exception {
    try (Socket socket = new Socket("127.0.0.1", server.port())) {
      socket
          .getOutputStream()
          .write(Wire.post("/v1/videos/sync", "application/json", "{\"prompt\":\"a\"}"));
      eventually(() -> server.jobs().queue().running().size() == 1);
    }
    Job job = server.last();
    eventually(() -> server.jobs().require(job.id()).state() == JobState.CANCELLED);
  }

  @Test
  void referencesDecideTheTask() throws Exception {
    byte[] picture = SmallLook.png(8, 8, 100);
    String url = "data:image/png;base64," + Base64.getEncoder().encodeToString(picture);
    String prompt = field("prompt", "a red ball");
    server.form(prompt, file("input_reference", "a.png", picture));
    assertThat(server.last().order().task()).isInstanceOf(AnimateSpec.class);
    server.form(prompt, file("input_reference", "a.mp4", SmallLook.mp4(100)));
    assertThat(server.last().order().task()).isInstanceOf(RestyleSpec.class);
    server.form(prompt, field("image_reference", "{\"image_url\":\"%s\"}".formatted(url)));
    assertThat(server.last().order().task()).isInstanceOf(AnimateSpec.class);
    server.form(
        prompt,
        file("input_reference", "a.png", picture),
        field("zoetrope[task][kind]", "interpolate"),
        field(
            "zoetrope[task][last]",
            server.last().order().task() instanceof AnimateSpec a ? a.image().path() : ""));
    assertThat(server.last().order().task()).isInstanceOf(InterpolateSpec.class);
    server.form(
        prompt,
        file("input_reference", "a.mp4", SmallLook.mp4(100)),
        field("zoetrope", "{\"task\":{\"kind\":\"restyle\",\"strength\":0.3}}"),
        field("extra_params", "{\"seed\":9}"));
    assertThat(((RestyleSpec) server.last().order().task()).strength()).isEqualTo(0.3);
    assertThat(server.last().order().wish().seed()).contains(9L);
    assertThat(
            server.form(
                prompt,
                file("input_reference", "a.png", picture),
                field("zoetrope[task]", "generate")))
        .contains("invalid_input_reference");
    assertThat(
            server.form(
                prompt, file("input_reference", "a", "plan".getBytes(StandardCharsets.UTF_8))))
        .contains("invalid_media");
    assertThat(server.form(prompt, file("video", "a.mp4", SmallLook.mp4(100))))
        .contains("unknown_parameter");
  }

  @Test
  void deletingEndsWhatIsMade() throws Exception {
    server.json("{\"prompt\":\"a\"}");
    Job job = server.last();
    eventually(() -> server.jobs().queue().running().size() == 1);
    HttpRequest delete =
        HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:" + server.port() + "/v1/videos/" + job.id()))
            .DELETE()
            .build();
    var gone = http.send(delete, HttpResponse.BodyHandlers.ofString());
    assertThat(gone.body())
        .isEqualTo(
            "{\"id\":\"%s\",\"object\":\"video.deleted\",\"deleted\":true}".formatted(job.id()));
    assertThat(get("/v1/videos/" + job.id()).statusCode()).isEqualTo(404);
    eventually(() -> server.jobs().queue().running().isEmpty());
  }
}
