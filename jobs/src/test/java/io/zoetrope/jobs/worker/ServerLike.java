package io.zoetrope.jobs.worker;

import io.zoetrope.jobs.Runner;
import io.zoetrope.jobs.Store;
import io.zoetrope.pipeline.order.VideoOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Does what a server does with orders, then looks at what is in its process. */
public final class ServerLike {
  private ServerLike() {}

  /** Makes a video in a folder, and names native libraries that should not be here. */
  public static void main(String[] args) throws Exception {
    VideoOrder order =
        VideoOrder.parse(
            "order",
            """
            {"task": {"kind": "generate"},
             "wish": {"prompts": ["a red ball"], "seed": 1, "steps": 2, "frames": 2},
             "model": {"name": "toybox"}}
            """);
    try (WorkerProcess worker = new WorkerProcess(WorkerSettings.on("cpu"));
        Descriptions descriptions = new Descriptions()) {
      Runner.Outcome outcome =
          worker.run(
              Attempts.of(new Store(Path.of(args[0])), order), new Watched(() -> Runner.Signal.GO));
      System.out.println("made " + outcome.getClass().getSimpleName());
      descriptions.models().forEach(model -> System.out.println("models " + model.name()));
    }
    List<String> maps = Files.readAllLines(Path.of("/proc/self/maps"));
    maps.stream()
        .filter(line -> line.matches(".*(torch|avcodec|avformat|avutil|jnijavacpp|openblas).*"))
        .forEach(line -> System.out.println("maps " + line));
  }
}
