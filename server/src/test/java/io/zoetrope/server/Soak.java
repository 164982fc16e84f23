package io.zoetrope.server;

import io.zoetrope.record.Json;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/**
 * Many small jobs by many clients: order, wait, fetch, delete. Prints what the processes hold after
 * a tenth and after all of them, which should be the same.
 *
 * <pre>Soak JOBS CLIENTS [HEAP [live]]</pre>
 *
 * <p>HEAP is what the server may have, 1g if it is not said. With {@code live} its heap is
 * collected before each reading, and what is left of it is printed, too.
 */
final class Soak {
  private static final String ORDER =
      """
      {"order": {"task": {"kind": "generate"}, "wish": {"prompts": ["a red ball moves right"],
       "size": {"width": 32, "height": 32}, "frames": 4, "steps": 1, "guidance": 1},
       "model": {"name": "toybox"}}}
      """;

  private final StudioProcess studio;
  private final HttpClient client = HttpClient.newHttpClient();
  private final AtomicInteger done = new AtomicInteger();
  private final AtomicInteger refused = new AtomicInteger();

  private final boolean live;

  private Soak(StudioProcess studio, boolean live) {
    this.studio = studio;
    this.live = live;
  }

  public static void main(String[] args) throws Exception {
    int jobs = Integer.parseInt(args[0]);
    int clients = Integer.parseInt(args[1]);
    Path store = Files.createTempDirectory("soak");
    String heap = args.length > 2 ? args[2] : "1g";
    boolean live = args.length > 3 && args[3].equals("live");
    try (StudioProcess studio =
        StudioProcess.start(heap, store, "changes=1000000", "reads=1000000")) {
      new Soak(studio, live).run(jobs, clients, store);
    }
  }

  private void run(int jobs, int clients, Path store) throws Exception {
    long began = System.nanoTime();
    many(jobs / 10, clients);
    print("after " + done, store);
    many(jobs - jobs / 10, clients);
    print("after " + done, store);
    System.out.printf(
        Locale.ROOT, "%.0f s, %s refused%n", (System.nanoTime() - began) / 1e9, refused);
  }

  private void many(int jobs, int clients) throws InterruptedException {
    AtomicInteger left = new AtomicInteger(jobs);
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < clients; i++) {
      threads.add(
          Thread.startVirtualThread(() -> {
            while (left.getAndDecrement() > 0) {
              one();
            }
          }));
    }
    for (Thread thread : threads) {
      thread.join();
    }
  }

  private void one() {
    try {
      HttpResponse<String> taken = send("POST", "/api/v1/jobs", ORDER);
      while (taken.statusCode() == 429) {
        refused.incrementAndGet();
        Thread.sleep(
            1000 * Long.parseLong(taken.headers().firstValue("Retry-After").orElseThrow()));
        taken = send("POST", "/api/v1/jobs", ORDER);
      }
      String id = node(taken).path("id").asString();
      JsonNode job = node(send("GET", "/api/v1/jobs/" + id, ""));
      while (List.of("queued", "running").contains(job.path("state").asString())) {
        Thread.sleep(100);
        job = node(send("GET", "/api/v1/jobs/" + id, ""));
      }
      HttpResponse<String> video = send("GET", "/v1/videos/" + id + "/content", "");
      if (video.statusCode() != 200) {
        throw new IllegalStateException(job.toString());
      }
      send("DELETE", "/api/v1/jobs/" + id, "");
      done.incrementAndGet();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private HttpResponse<String> send(String method, String path, String body)
      throws IOException, InterruptedException {
    return client.send(
        HttpRequest.newBuilder(studio.uri().resolve(path))
            .header("Content-Type", "application/json")
            .method(method, HttpRequest.BodyPublishers.ofString(body))
            .build(),
        BodyHandlers.ofString());
  }

  private static JsonNode node(HttpResponse<String> answer) {
    return Json.MAPPER.readTree(answer.body());
  }

  private void print(String when, Path store) throws IOException {
    if (live) {
      System.out.printf(Locale.ROOT, "%s: server's objects %.2f MB%n", when, studio.live() / 1e3);
    }
    studio
        .held()
        .forEach((name, held) ->
            System.out.printf(
                Locale.ROOT,
                "%s: %s %.1f MB, %s handles, %s threads%n",
                when,
                name,
                held.kilobytes() / 1e3,
                held.handles(),
                held.threads()));
    try (Stream<Path> files = Files.walk(store)) {
      System.out.printf(
          Locale.ROOT,
          "%s: %.1f MB on disk%n",
          when,
          files.filter(Files::isRegularFile).mapToLong(file -> file.toFile().length()).sum() / 1e6);
    }
  }
}
