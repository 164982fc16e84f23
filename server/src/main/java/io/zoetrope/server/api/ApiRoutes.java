package io.zoetrope.server.api;

import io.zoetrope.jobs.Job;
import io.zoetrope.jobs.Jobs;
import io.zoetrope.jobs.worker.Descriptions;
import io.zoetrope.jobs.worker.MediaProcess;
import io.zoetrope.server.hooks.Hooks;
import io.zoetrope.server.http.Role;
import io.zoetrope.server.http.RouteGroup;
import io.zoetrope.server.http.Routes;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** All of {@code /api/v1} but the log-in, and {@code /openapi.yaml}. */
public final class ApiRoutes implements RouteGroup, AutoCloseable {
  private final EventRoutes events;
  private final List<RouteGroup> groups;

  /**
   * Over jobs.
   *
   * @param media opens what strangers send
   * @param descriptions says which models there are
   * @param hooks tells of jobs that are over
   */
  public ApiRoutes(Jobs jobs, MediaProcess media, Descriptions descriptions, Hooks hooks) {
    Supplier<Stream<String>> models =
        () ->
            Stream.concat(
                    descriptions.usualModel().stream(),
                    descriptions.models().stream()
                        .filter(model -> model.fault().isEmpty())
                        .map(Descriptions.Model::name))
                .distinct();
    OrderDesk desk =
        new OrderDesk(models, () -> descriptions.parts().stream().map(Descriptions.Part::ref));
    events = new EventRoutes(jobs);
    groups =
        List.of(
            new JobRoutes(jobs, desk, hooks),
            events,
            new InputRoutes(jobs, media, new Recall(jobs, models)),
            new PlanRoutes(),
            new ModelRoutes(descriptions, desk, new Experience(jobs)),
            new QueueRoutes(jobs));
  }

  @Override
  public void add(Routes routes) {
    groups.forEach(group -> group.add(routes));
    routes.get(
        "/openapi.yaml",
        Role.NOBODY,
        ctx -> {
          ctx.contentType("application/yaml");
          ctx.result(contract());
        });
  }

  /** What is told of a job that is over. */
  public static Map<String, Object> told(Job job, Jobs jobs) {
    return Map.of("type", "job." + job.state().text(), "data", JobJson.of(job, jobs));
  }

  /** What is promised, as OpenAPI. */
  static byte[] contract() throws IOException {
    try (InputStream in =
        Optional.ofNullable(ApiRoutes.class.getResourceAsStream("/io/zoetrope/server/openapi.yaml"))
            .orElseThrow(() -> new IOException("openapi.yaml is not on the class path"))) {
      return in.readAllBytes();
    }
  }

  /** Says good-bye to those who look on; their streams end within a second. */
  @Override
  public void close() {
    events.close();
  }
}
