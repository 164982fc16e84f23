package io.zoetrope.server.page;

import io.zoetrope.jobs.Jobs;
import io.zoetrope.jobs.queue.JobsConfig;
import io.zoetrope.jobs.queue.StoredJobs;
import io.zoetrope.jobs.worker.Descriptions;
import io.zoetrope.jobs.worker.MediaLimits;
import io.zoetrope.jobs.worker.MediaProcess;
import io.zoetrope.server.ZoetropeServer;
import io.zoetrope.server.api.ApiRoutes;
import io.zoetrope.server.hooks.HookConfig;
import io.zoetrope.server.hooks.Hooks;
import io.zoetrope.server.http.ServerConfig;
import io.zoetrope.server.videos.ServedModels;
import io.zoetrope.server.videos.VideoRoutes;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A whole server whose videos are made by {@link PageRunner}. */
final class TestStudio implements AutoCloseable {
  private final StoredJobs jobs;
  private final MediaProcess media = new MediaProcess(MediaLimits.USUAL);
  private final Descriptions descriptions = new Descriptions();
  private final Hooks hooks;
  private final ApiRoutes api;
  private final ZoetropeServer server;

  TestStudio(Path folder) {
    jobs = StoredJobs.open(JobsConfig.in(folder), List.of(new PageRunner())).start();
    ServerConfig config =
        ServerConfig.local(0).withTemporary(folder).withLimits("changes=100000", "reads=100000");
    hooks = Hooks.start(jobs, HookConfig.NONE, job -> ApiRoutes.told(job, jobs));
    api = new ApiRoutes(jobs, media, descriptions, hooks);
    server =
        ZoetropeServer.start(
            config,
            jobs,
            List.of(api, new VideoRoutes(jobs, media, new Served(descriptions)), new PageRoutes()));
  }

  /** The models of this machine, as {@code /v1/videos} asks for them. */
  private record Served(Descriptions descriptions) implements ServedModels {
    @Override
    public List<Model> list() {
      return descriptions.models().stream().flatMap(model -> served(model).stream()).toList();
    }

    @Override
    public Optional<Model> usual() {
      return descriptions.usualModel().flatMap(this::find);
    }

    private static Optional<Model> served(Descriptions.Model model) {
      return model
          .usual()
          .map(u -> new Model(model.name(), u.width(), u.height(), u.frames(), u.fps()));
    }
  }

  URI uri() {
    return server.uri();
  }

  Jobs jobs() {
    return jobs;
  }

  @Override
  public void close() {
    api.close();
    server.close();
    hooks.close();
    jobs.close();
    media.close();
    descriptions.close();
  }
}
