package io.zoetrope.server.videos;

import io.zoetrope.jobs.Job;
import io.zoetrope.jobs.JobFilter;
import io.zoetrope.jobs.Runner;
import io.zoetrope.jobs.queue.JobsConfig;
import io.zoetrope.jobs.queue.StoredJobs;
import io.zoetrope.server.Contract;
import io.zoetrope.server.SmallLook;
import io.zoetrope.server.Wire;
import io.zoetrope.server.ZoetropeServer;
import io.zoetrope.server.http.ServerConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A server of a test, over jobs that are kept. */
final class VideoServer implements AutoCloseable {
  private final StoredJobs jobs;
  private final ZoetropeServer server;

  VideoServer(Path folder, Runner runner, ServerConfig config) throws IOException {
    JobsConfig kept = JobsConfig.in(folder.resolve("store"));
    jobs = StoredJobs.open(kept.withLimits(kept.limits().withFree(0)), List.of(runner)).start();
    server =
        ZoetropeServer.start(
            config.withTemporary(Files.createDirectories(folder.resolve("temporary"))),
            jobs,
            List.of(new VideoRoutes(jobs, new SmallLook(), new TestModels())));
  }

  StoredJobs jobs() {
    return jobs;
  }

  int port() {
    return server.port();
  }

  Job last() {
    return jobs.list(JobFilter.newest(1)).getFirst();
  }

  /** Sends a form to {@code /v1/videos}. */
  String form(String... parts) throws IOException {
    return held(Wire.send(port(), Wire.form("/v1/videos", parts)));
  }

  /** Sends JSON to {@code /v1/videos}. */
  String json(String body) throws IOException {
    return held(Wire.send(port(), Wire.post("/v1/videos", "application/json", body)));
  }

  /** An answer to a post to {@code /v1/videos}, held against the contract. */
  private static String held(String answer) {
    int status = Integer.parseInt(answer.substring(9, 12));
    String body = answer.substring(answer.indexOf("\r\n\r\n") + 4);
    Contract.requireAnswerAt("/v1/videos", "post", status, body);
    return answer;
  }

  String get(String path, String... headers) throws IOException {
    String[] all = java.util.Arrays.copyOf(headers, headers.length + 1);
    all[headers.length] = "Host: localhost";
    return Wire.request(port(), "GET " + path, all);
  }

  @Override
  public void close() {
    server.close();
    jobs.close();
  }
}
