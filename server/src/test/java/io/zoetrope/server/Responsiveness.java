package io.zoetrope.server;

import io.zoetrope.record.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.JsonNode;

/**
 * How soon the studio answers: its start, the first preview after an order, a preview after its
 * step, and other requests while a job is made. Milliseconds.
 */
final class Responsiveness {
  private static final String ORDER =
      """
      {"order": {"task": {"kind": "generate"}, "wish": {"prompts": ["a red ball moves right"],
       "steps": 50}, "model": {"name": "toybox"}}}
      """;

  private final HttpClient client = HttpClient.newHttpClient();
  private final StudioProcess studio;
  private final Path store;

  private Responsiveness(StudioProcess studio, Path store) {
    this.studio = studio;
    this.store = store;
  }

  public static void main(String[] args) throws Exception {
    Path store = Files.createTempDirectory("responsiveness");
    try (StudioProcess studio = StudioProcess.start(store, "reads=1000000")) {
      System.out.printf("started in %s%n", studio.startMillis());
      Responsiveness measured = new Responsiveness(studio, store);
      measured.job("first job, the worker starts");
      measured.job("second job, the model is loaded");
      measured.job("third");
    }
  }

  private void job(String name) throws IOException, InterruptedException {
    HttpResponse<InputStream> events =
        client.send(request("/api/v1/events").build(), BodyHandlers.ofInputStream());
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(events.body(), StandardCharsets.UTF_8));
    long began = System.nanoTime();
    JsonNode taken =
        Json.MAPPER.readTree(
            client
                .send(
                    request("/api/v1/jobs")
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(ORDER))
                        .build(),
                    BodyHandlers.ofString())
                .body());
    String id = taken.path("id").asString();
    List<Double> answers = Collections.synchronizedList(new ArrayList<>());
    Thread asking = Thread.startVirtualThread(() -> ask(answers));
    List<Double> lags = new ArrayList<>();
    double first = 0;
    int steps = 0;
    while (true) {
      String line = lines.readLine();
      if (line == null || !line.startsWith("data: ")) {
        continue;
      }
      JsonNode data = Json.MAPPER.readTree(line.substring(6));
      if (data.has("row") && data.path("job").asString().equals(id)) {
        steps++;
        if (data.path("preview").asBoolean()) {
          int row = data.path("row").asInt();
          HttpResponse<byte[]> strip =
              client.send(
                  request("/api/v1/jobs/" + id + "/preview?step=" + row).build(),
                  BodyHandlers.ofByteArray());
          if (strip.statusCode() == 200) {
            first = first == 0 ? (System.nanoTime() - began) / 1e6 : first;
            lags.add(lag(id, row));
          }
        }
      }
      if (data.path("id").asString("").equals(id)
          && data.path("state").asString().equals("completed")) {
        break;
      }
    }
    asking.interrupt();
    System.out.printf(
        Locale.ROOT,
        "%s: done in %.0f, first preview %.0f, %s previews of %s steps, file to page %.0f (median),"
            + " other answers %.0f (median of %s), %.0f at worst%n",
        name,
        (System.nanoTime() - began) / 1e6,
        first,
        lags.size(),
        steps,
        median(lags),
        median(answers),
        answers.size(),
        answers.stream().mapToDouble(Double::doubleValue).max().orElse(0));
    lines.close();
  }

  /** From the moment that a strip was written to now. */
  private double lag(String id, int row) throws IOException {
    Path file = store.resolve("jobs").resolve(id).resolve("attempt-1/steps").resolve(row + ".webp");
    Instant written = Files.getLastModifiedTime(file).toInstant();
    return java.time.Duration.between(written, Instant.now()).toNanos() / 1e6;
  }

  private void ask(List<Double> answers) {
    List<String> paths = List.of("/api/v1/queue", "/api/v1/jobs?limit=20", "/v1/videos", "/");
    try {
      for (int i = 0; ; i++) {
        long began = System.nanoTime();
        client.send(request(paths.get(i % 4)).build(), BodyHandlers.discarding());
        answers.add((System.nanoTime() - began) / 1e6);
        Thread.sleep(50);
      }
    } catch (IOException | InterruptedException e) {
      // The job is over.
    }
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(studio.uri().resolve(path));
  }

  private static double median(List<Double> values) {
    List<Double> sorted = new ArrayList<>(values);
    Collections.sort(sorted);
    return sorted.isEmpty() ? 0 : sorted.get(sorted.size() / 2);
  }
}
