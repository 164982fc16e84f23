package io.zoetrope.server.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.swagger.v3.parser.OpenAPIV3Parser;
import io.swagger.v3.parser.core.models.SwaggerParseResult;
import io.zoetrope.jobs.FakeRunner;
import io.zoetrope.jobs.queue.JobsConfig;
import io.zoetrope.jobs.queue.StoredJobs;
import io.zoetrope.jobs.worker.Descriptions;
import io.zoetrope.jobs.worker.MediaLimits;
import io.zoetrope.jobs.worker.MediaProcess;
import io.zoetrope.server.Contract;
import io.zoetrope.server.ZoetropeServer;
import io.zoetrope.server.hooks.HookConfig;
import io.zoetrope.server.hooks.Hooks;
import io.zoetrope.server.http.ServerConfig;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** {@code /api/v1} over a real server: every answer is held against the contract. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(60)
class ApiRoutesTest {
  private final HttpClient client = HttpClient.newHttpClient();
  private StoredJobs jobs;
  private MediaProcess media;
  private Descriptions descriptions;
  private Hooks hooks;
  private ApiRoutes api;
  private ZoetropeServer server;

  @BeforeAll
  void start(@TempDir Path folder) throws IOException {
    Path models = folder.resolve("home/models");
    Files.createDirectories(models.resolve("loras"));
    Files.createDirectories(models.resolve("controls/edges"));
    Files.writeString(models.resolve("loras/grain.safetensors"), "weights");
    Files.writeString(models.resolve("loras/.hidden.safetensors"), "weights");
    Files.writeString(models.resolve("loras/notes.txt"), "no weights");
    System.setProperty("zoetrope.home", folder.resolve("home").toString());
    JobsConfig config = JobsConfig.in(folder);
    jobs =
        StoredJobs.open(
                config.withLimits(config.limits().withFree(0)),
                List.of(FakeRunner.of(Duration.ofMillis(20))))
            .start();
    media = new MediaProcess(MediaLimits.USUAL);
    descriptions = new Descriptions();
    hooks = Hooks.start(jobs, HookConfig.NONE, job -> ApiRoutes.told(job, jobs));
    api = new ApiRoutes(jobs, media, descriptions, hooks);
    server =
        ZoetropeServer.start(
            ServerConfig.local(0).withTemporary(folder).withLimits("changes=100000"),
            jobs,
            List.of(api));
  }

  @AfterAll
  void stop() {
    api.close();
    server.close();
    hooks.close();
    jobs.close();
    media.close();
    descriptions.close();
    System.clearProperty("zoetrope.home");
  }

  private HttpResponse<String> send(String method, String path, String body)
      throws IOException, InterruptedException {
    return client.send(
        HttpRequest.newBuilder(server.uri().resolve(path))
            .header("Content-Type", "application/json")
            .method(method, HttpRequest.BodyPublishers.ofString(body))
            .build(),
        BodyHandlers.ofString());
  }

  /** Sends, and holds the answer against the contract. */
  private JsonNode ask(String method, String path, String template, String body, int status)
      throws IOException, InterruptedException {
    HttpResponse<String> answer = send(method, path, body);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    Contract.requireAnswer(
        template, method.toLowerCase(java.util.Locale.ROOT), status, answer.body());
    return answer.body().isEmpty() ? Contract.json("null") : Contract.json(answer.body());
  }

  private static String order(String prompt, int steps) {
    return """
    {"task": {"kind": "generate"}, "wish": {"prompts": ["%s"], "steps": %s}, "model": {"name": "toybox"}}\
    """
        .formatted(prompt, steps);
  }

  private JsonNode submit(String prompt) throws IOException, InterruptedException {
    return ask(
        "POST", "/api/v1/jobs", "/api/v1/jobs", "{\"order\": " + order(prompt, 4) + "}", 200);
  }

  private JsonNode job(String id) throws IOException, InterruptedException {
    return ask("GET", "/api/v1/jobs/" + id, "/api/v1/jobs/{id}", "", 200);
  }

  private JsonNode over(String id) throws IOException, InterruptedException {
    JsonNode job = job(id);
    while (List.of("queued", "running").contains(job.path("state").asString())) {
      Thread.sleep(20);
      job = job(id);
    }
    return job;
  }

  @Test
  void theContractIsWholeOpenApi() {
    SwaggerParseResult parsed = new OpenAPIV3Parser().readContents(Contract.document().toString());
    assertThat(parsed.getMessages()).isEmpty();
    assertThat(parsed.getOpenAPI().getPaths()).hasSizeGreaterThan(25);
  }

  @Test
  void anOrderBecomesAVideo() throws Exception {
    JsonNode taken = submit("a red ball moves right");
    JsonNode job = over(taken.path("id").asString());
    assertThat(job.path("state").asString()).isEqualTo("completed");
    assertThat(job.path("progress").asInt()).isEqualTo(100);
    assertThat(job.path("seed").isIntegralNumber()).isTrue();
    assertThat(job.path("video").asString()).endsWith("/content");
    HttpResponse<String> strip =
        send("GET", job.path("previews").asString() + job.path("preview_step").asInt(), "");
    assertThat(strip.statusCode()).isEqualTo(200);
    assertThat(strip.headers().firstValue("Content-Type").orElse("")).startsWith("image/webp");
    assertThat(strip.headers().firstValue("Cache-Control").orElse("")).contains("immutable");
  }

  @Test
  void severalOrdersAreTakenTogetherOrNotAtAll() throws Exception {
    String good = "{\"batch\": \"grid\", \"order\": " + order("one of two", 2) + "}";
    JsonNode two = ask("POST", "/api/v1/jobs", "/api/v1/jobs", "[" + good + "," + good + "]", 200);
    assertThat(two.path("jobs").size()).isEqualTo(2);
    String bad = good.replace("toybox", "nothing");
    ask("POST", "/api/v1/jobs", "/api/v1/jobs", "[" + good + "," + bad + "]", 404);
    JsonNode batch = ask("GET", "/api/v1/jobs?batch=grid", "/api/v1/jobs", "", 200);
    assertThat(batch.path("jobs").size()).isEqualTo(2);
    assertThat(batch.path("has_more").asBoolean()).isFalse();
  }

  @Test
  void oneKeyIsOneJob() throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(server.uri().resolve("/api/v1/jobs"))
            .header("Content-Type", "application/json")
            .header("Idempotency-Key", "once")
            .POST(HttpRequest.BodyPublishers.ofString("{\"order\": " + order("once", 2) + "}"))
            .build();
    JsonNode first = Contract.json(client.send(request, BodyHandlers.ofString()).body());
    JsonNode again = Contract.json(client.send(request, BodyHandlers.ofString()).body());
    assertThat(again.path("id")).isEqualTo(first.path("id"));
  }

  @Test
  void whatPeopleWriteBesideAJobIsKept() throws Exception {
    String id = submit("a blue star falls").path("id").asString();
    over(id);
    JsonNode changed =
        ask(
            "PATCH",
            "/api/v1/jobs/" + id,
            "/api/v1/jobs/{id}",
            "{\"star\": true, \"board\": \"stars\", \"note\": \"the good one\"}",
            200);
    assertThat(changed.path("star").asBoolean()).isTrue();
    JsonNode found =
        ask("GET", "/api/v1/jobs?star=true&board=stars&q=GOOD", "/api/v1/jobs", "", 200);
    assertThat(found.path("jobs").size()).isEqualTo(1);
    JsonNode boards = ask("GET", "/api/v1/boards", "/api/v1/boards", "", 200);
    assertThat(boards.path("boards").toString()).contains("stars");
    ask("DELETE", "/api/v1/jobs/" + id, "/api/v1/jobs/{id}", "", 204);
    ask("GET", "/api/v1/jobs/" + id, "/api/v1/jobs/{id}", "", 404);
  }

  @Test
  void aQueueThatStandsCanBeReordered() throws Exception {
    ask("POST", "/api/v1/queue", "/api/v1/queue", "{\"paused\": true}", 200);
    try {
      String first = submit("waits first").path("id").asString();
      String second = submit("waits second").path("id").asString();
      JsonNode moved =
          ask(
              "PATCH",
              "/api/v1/jobs/" + second,
              "/api/v1/jobs/{id}",
              "{\"position\": 1, \"order\": " + order("waits no more", 2) + "}",
              200);
      assertThat(moved.path("queue_position").asInt()).isEqualTo(1);
      assertThat(moved.path("prompt").asString()).isEqualTo("waits no more");
      JsonNode queue = ask("GET", "/api/v1/queue", "/api/v1/queue", "", 200);
      assertThat(queue.path("paused").asBoolean()).isTrue();
      assertThat(queue.path("waiting").get(0).asString()).isEqualTo(second);
      JsonNode cancelled =
          ask("POST", "/api/v1/jobs/" + first + "/cancel", "/api/v1/jobs/{id}/cancel", "", 200);
      assertThat(cancelled.path("state").asString()).isEqualTo("cancelled");
      JsonNode again =
          ask("POST", "/api/v1/jobs/" + first + "/retry", "/api/v1/jobs/{id}/retry", "", 200);
      assertThat(again.path("state").asString()).isEqualTo("queued");
    } finally {
      ask("POST", "/api/v1/queue", "/api/v1/queue", "{\"paused\": false}", 200);
    }
  }

  @Test
  void aDraftIsFinished() throws Exception {
    JsonNode draft =
        ask(
            "POST",
            "/api/v1/jobs",
            "/api/v1/jobs",
            "{\"draft_rows\": 2, \"order\": " + order("a draft", 5) + "}",
            200);
    String id = draft.path("id").asString();
    assertThat(over(id).path("state").asString()).isEqualTo("draft");
    ask("POST", "/api/v1/jobs/" + id + "/continue", "/api/v1/jobs/{id}/continue", "", 200);
    assertThat(over(id).path("state").asString()).isEqualTo("completed");
  }

  @Test
  void presetsAreKept() throws Exception {
    ask("PUT", "/api/v1/presets/calm", "/api/v1/presets/{name}", order("a calm sea", 25), 200);
    JsonNode presets = ask("GET", "/api/v1/presets", "/api/v1/presets", "", 200);
    assertThat(presets.toString()).contains("a calm sea");
    ask("DELETE", "/api/v1/presets/calm", "/api/v1/presets/{name}", "", 204);
    ask("DELETE", "/api/v1/presets/calm", "/api/v1/presets/{name}", "", 404);
  }

  @Test
  void modelsSayWhatTheyCanDo() throws Exception {
    JsonNode models = ask("GET", "/api/v1/models", "/api/v1/models", "", 200);
    assertThat(models.path("default").asString()).isEqualTo("toybox");
    JsonNode toybox = models.path("models").get(0);
    assertThat(toybox.path("usual").path("frames").asInt()).isEqualTo(16);
    assertThat(toybox.path("tasks").toString()).contains("animate", "roll");
  }

  @Test
  void whatIsPutIntoModelsIsNamedByTheServersList() throws Exception {
    JsonNode models = ask("GET", "/api/v1/models", "/api/v1/models", "", 200);
    List<String> refs = new ArrayList<>();
    models.path("parts").forEach(part -> refs.add(part.path("ref").asString()));
    assertThat(refs).containsExactly("part:loras/grain", "part:controls/edges");
    assertThat(models.path("annotators").toString()).contains("canny");
    JsonNode taken =
        ask(
            "POST",
            "/api/v1/jobs",
            "/api/v1/jobs",
            """
            {"order": {"task": {"kind": "generate"}, "wish": {"prompts": ["a ball"], "steps": 2},
             "model": {"name": "toybox", "loras": [{"file": "part:loras/grain", "scale": 0.5}]}}}
            """,
            200);
    JsonNode made = over(taken.path("id").asString());
    JsonNode lora = made.path("order").path("model").path("loras").get(0);
    assertThat(lora.path("file").asString()).isEqualTo("part:loras/grain");
    assertThat(lora.path("scale").asDouble()).isEqualTo(0.5);
  }

  @Test
  void anEstimateSaysSizeAndMemory() throws Exception {
    JsonNode estimate =
        ask(
            "POST",
            "/api/v1/estimate",
            "/api/v1/estimate",
            "{\"order\": " + order("a red ball", 7) + "}",
            200);
    assertThat(estimate.path("fits").asBoolean()).isTrue();
    assertThat(estimate.path("steps").asInt()).isEqualTo(7);
    assertThat(estimate.path("bytes").asLong()).isGreaterThan(100_000_000);
  }

  @Test
  void anEstimateGoesByWhatLikeOrdersTook() throws Exception {
    JsonNode made = over(submit("a red ball").path("id").asString());
    double took = made.path("completed_at").asDouble() - made.path("started_at").asDouble();
    JsonNode same = estimate(order("a blue ball", 4));
    JsonNode longer = estimate(order("a blue ball", 8));
    assertThat(same.path("seconds").asDouble()).isBetween(0.0, took + 1.1);
    assertThat(longer.path("seconds").asDouble())
        .isCloseTo(2 * same.path("seconds").asDouble(), within(0.21));
    JsonNode other =
        estimate(order("a ball", 4).replace("\"steps\"", "\"sampler\": \"euler\", \"steps\""));
    assertThat(other.path("seconds").isNull()).as("by another sampler").isTrue();
  }

  private JsonNode estimate(String order) throws IOException, InterruptedException {
    return ask("POST", "/api/v1/estimate", "/api/v1/estimate", "{\"order\": " + order + "}", 200);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          POST   | /api/v1/jobs        | {}                                  | 400 | order
          POST   | /api/v1/jobs        | []                                  | 400 | 1 to 256
          POST   | /api/v1/jobs        | {"order": 3}                        | 400 | order
          POST   | /api/v1/jobs        | {"order": ORDER, "prio": 1}         | 400 | prio
          POST   | /api/v1/jobs        | {"order": ORDER, "draft_rows": 0}   | 400 | draft_rows
          POST   | /api/v1/jobs        | {"order": ORDER, "priority": 1.5}   | 400 | priority
          POST   | /api/v1/jobs        | {"order": ORDER, "webhook": "https://example.org/x"} | 400 | webhooks go
          POST   | /api/v1/jobs        | {"order": FILE}                     | 400 | input:SHA256
          POST   | /api/v1/jobs        | {"order": LORA}                     | 400 | part:loras/NAME
          POST   | /api/v1/estimate    | {"order": LORA}                     | 400 | part:loras/NAME
          POST   | /api/v1/jobs        | {"order": PUT "loras": [{"file": "part:loras/none"}]}}}            | 404 | no 'part:loras/none'
          POST   | /api/v1/estimate    | {"order": PUT "loras": [{"file": "part:loras/none"}]}}}            | 404 | no 'part:loras/none'
          POST   | /api/v1/jobs        | {"order": PUT "loras": [{"file": "part:loras/.hidden"}]}}}         | 400 | part:loras/NAME
          POST   | /api/v1/jobs        | {"order": PUT "loras": [{"file": "part:loras/../controls/edges"}]}}} | 400 | part:loras/NAME
          POST   | /api/v1/jobs        | {"order": PUT "loras": [{"file": "part:loras//etc/passwd"}]}}}     | 400 | part:loras/NAME
          POST   | /api/v1/jobs        | {"order": PUT "loras": [{"file": "part:loras/grain.safetensors"}]}}} | 404 | there is no
          POST   | /api/v1/jobs        | {"order": PUT "loras": [{"file": "part:controls/edges"}]}}}        | 400 | model.loras[0].file is named as part:loras/NAME
          POST   | /api/v1/jobs        | {"order": PUT "loras": [{"file": "part:loras/grain", "scale": 101}]}}} | 400 | scale
          POST   | /api/v1/jobs        | {"order": PUT "tokenizer": "part:loras/grain"}}}                   | 400 | parts are put into a model
          POST   | /api/v1/jobs        | {"order": PUT "vae": "/etc/passwd"}}}                              | 400 | input:SHA256
          POST   | /api/v1/jobs        | {"order": PUT "embeddings": [{"file": "/etc/passwd"}]}}}           | 400 | part:embeddings/NAME
          POST   | /api/v1/jobs        | {"order": PUT "controls": [{"net": "part:controls/edges", "shown": {"path": "/etc/passwd"}}]}}} | 400 | input:SHA256
          POST   | /api/v1/jobs        | {"order": PUT "controls": [{"net": "part:controls/edges", "shown": {"path": "part:loras/grain"}}]}}} | 400 | input:SHA256
          POST   | /api/v1/jobs        | {"order": PUT "controls": [{"net": "part:controls/edges", "shown": {"path": "input:NONE"}}]}}} | 404 | upload it
          POST   | /api/v1/jobs        | {"order": PUT "pictures": {"adapter": "part:loras/grain", "shown": [{"picture": {"path": "input:NONE"}}]}}}} | 400 | part:adapters/NAME
          POST   | /api/v1/jobs        | {"order": PUT "pictures": {"shown": [{"picture": {"path": "/etc/passwd"}}]}}}} | 400 | input:SHA256
          POST   | /api/v1/jobs        | {"order": LONG}                     | 400 | say it in 2000
          POST   | /api/v1/estimate    | {"order": FILE}                     | 400 | input:SHA256
          POST   | /api/v1/jobs        | {"order": PLACE}                    | 404 | no model
          POST   | /api/v1/jobs        | {"order": UPLOAD}                   | 404 | upload
          GET    | /api/v1/jobs?state=done | ''                              | 400 | queued
          GET    | /api/v1/jobs?limit=0    | ''                              | 400 | limit
          GET    | /api/v1/jobs/video_x    | ''                              | 404 | no such job
          POST   | /api/v1/queue       | {"paused": "yes"}                   | 400 | true or false
          POST   | /api/v1/queue       | {}                                  | 400 | paused
          POST   | /api/v1/plans/draw  | {"task": "dream"}                   | 400 | generate
          POST   | /api/v1/plans/draw  | {"task": "loop", "frames": 1}       | 400 | at least 2
          POST   | /api/v1/plans/draw  | {"frames": 4, "given": {"4": 0}}    | 400 | frame
          POST   | /api/v1/plans/draw  | {"frames": 4, "start": [1, 1]}      | 400 | start
          POST   | /api/v1/plans/draw  | {"prompts": {"starts": [0, 1], "blend": 4}} | 400 | nearer
          GET    | /api/v1/inputs/../../etc/passwd | ''                      | 404 | ''
          GET    | /api/v1/inputs/0    | ''                                  | 404 | upload
          """)
  void whatMakesNoSenseIsSaidInOneLine(
      String method, String path, String body, int status, String words) throws Exception {
    String sent =
        body.replace(
                "PUT",
                "{\"task\": {\"kind\": \"generate\"}, \"wish\": {\"prompts\": [\"x\"]},"
                    + " \"model\": {\"name\": \"toybox\",")
            .replace("NONE", "0".repeat(64))
            .replace("LONG", order("x".repeat(2001), 2))
            .replace("ORDER", order("a ball", 2))
            .replace(
                "FILE",
                "{\"task\": {\"kind\": \"animate\", \"image\": {\"path\": \"/etc/passwd\"}},"
                    + " \"wish\": {\"prompts\": [\"x\"]}, \"model\": {\"name\": \"toybox\"}}")
            .replace(
                "UPLOAD",
                "{\"task\": {\"kind\": \"animate\", \"image\": {\"path\": \"input:%s\"}},"
                        .formatted("0".repeat(64))
                    + " \"wish\": {\"prompts\": [\"x\"]}, \"model\": {\"name\": \"toybox\"}}")
            .replace(
                "LORA",
                "{\"task\": {\"kind\": \"generate\"}, \"wish\": {\"prompts\": [\"x\"]}, \"model\":"
                    + " {\"name\": \"toybox\", \"loras\": [{\"file\": \"/tmp/x.safetensors\"}]}}")
            .replace(
                "PLACE",
                "{\"task\": {\"kind\": \"generate\"}, \"wish\": {\"prompts\": [\"x\"]}, \"model\":"
                    + " {\"name\": \"../../models/toybox\"}}");
    HttpResponse<String> answer = send(method, path, sent);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    JsonNode error = Contract.json(answer.body()).path("error");
    assertThat(error.path("message").asString()).contains(words).doesNotContain("\n", "Exception");
    assertThat(error.path("type").asString()).isNotEmpty();
  }

  @Test
  void plansAreDrawnAsTasksDoIt() throws Exception {
    JsonNode drawn =
        ask(
            "POST",
            "/api/v1/plans/draw",
            "/api/v1/plans/draw",
            """
            {"task": "generate", "frames": 6, "steps": 4, "given": {"0": 0, "5": 0.25},
             "start": [1, 1, 1, 1, 0.5, 1], "delay": 1, "prompts": {"starts": [0, 3], "blend": 2}}
            """,
            200);
    JsonNode levels = drawn.path("levels");
    assertThat(levels.size()).isEqualTo(5 + 5);
    assertThat(IntStream.range(0, 10).mapToDouble(r -> levels.get(r).get(0).asDouble()))
        .containsOnly(0.0);
    assertThat(IntStream.range(0, 10).mapToDouble(r -> levels.get(r).get(5).asDouble()))
        .containsOnly(0.25);
    assertThat(levels.get(0).get(4).asDouble()).isEqualTo(0.5);
    assertThat(drawn.path("given").toString()).isEqualTo("[true,false,false,false,true,true]");
    assertThat(drawn.path("weights").get(5).get(1).asDouble()).isEqualTo(1);
    JsonNode checked =
        ask(
            "POST",
            "/api/v1/plans/check",
            "/api/v1/plans/check",
            "{\"plan\": " + drawn.path("plan") + "}",
            200);
    assertThat(checked.path("faults").size()).isZero();
  }

  @Test
  void faultsOfAPlanStandAtTheirCells() throws Exception {
    JsonNode checked =
        ask(
            "POST",
            "/api/v1/plans/check",
            "/api/v1/plans/check",
            """
            {"plan": {"format": "zoetrope-plan-1", "given": [0],
                      "levels": [[0, 1, 0.5], [0, 1.5, 0.2], [0, 1, 0]]}}
            """,
            200);
    List<String> cells = new ArrayList<>();
    checked.path("faults").forEach(f -> cells.add(f.path("row") + "," + f.path("frame")));
    assertThat(cells).containsExactlyInAnyOrder("0,2", "1,1", "2,1");
  }

  @Test
  void whoComesBackGetsTheEventsThatWereMissed() throws Exception {
    long before = jobs.newestEvent();
    String id = submit("seen later").path("id").asString();
    over(id);
    int told = told(before, id);
    List<String> all = events(before, id, told);
    List<String> types = all.stream().filter(line -> line.startsWith("event: ")).toList();
    assertThat(types).contains("event: job", "event: step");
    List<Long> numbers =
        all.stream()
            .filter(line -> line.startsWith("id: "))
            .map(line -> Long.valueOf(line.substring(4)))
            .toList();
    assertThat(numbers).isSorted().doesNotHaveDuplicates();
    List<String> rest = events(numbers.get(2), id, told - 3);
    assertThat(rest).contains("id: " + numbers.get(3)).doesNotContain("id: " + numbers.get(2));
    assertThat(all.stream().filter(line -> line.startsWith("data: ")))
        .allSatisfy(line -> assertThat(Contract.json(line.substring(6)).isObject()).isTrue());
  }

  /** How many events of a job there are by now. */
  private int told(long after, String id) {
    return Math.toIntExact(
        jobs.events(after).stream()
            .filter(event -> event.job().filter(job -> job.text().equals(id)).isPresent())
            .count());
  }

  /** Lines of a stream until there are so many of data. */
  private List<String> events(long after, String id, int wanted) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(server.uri() + "api/v1/events?job=" + id))
            .header("Last-Event-ID", String.valueOf(after))
            .build();
    HttpResponse<InputStream> answer = client.send(request, BodyHandlers.ofInputStream());
    assertThat(answer.headers().firstValue("Content-Type").orElse(""))
        .startsWith("text/event-stream");
    List<String> lines = new ArrayList<>();
    try (BufferedReader reader =
        new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8))) {
      int data = 0;
      while (data < wanted) {
        String line = reader.readLine();
        lines.add(line);
        data += line.startsWith("data: ") ? 1 : 0;
      }
    }
    return lines;
  }
}
