package io.zoetrope.studio;

import io.zoetrope.checkpoint.hub.HubCache;
import io.zoetrope.checkpoint.hub.HubSettings;
import io.zoetrope.checkpoint.hub.ModelId;
import io.zoetrope.checkpoint.hub.Pull;
import io.zoetrope.checkpoint.hub.PullListener;
import io.zoetrope.checkpoint.hub.PullRequest;
import io.zoetrope.models.InstalledModels;
import io.zoetrope.pipeline.family.Families;
import io.zoetrope.progress.Report;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Which models there are by name, and how others come. A name is, in this order: the path of a
 * model's folder or {@code .safetensors} file; a folder in one of those that {@code
 * ZOETROPE_MODELS} names, or in {@code models}; a model on the class path, such as {@code toybox}
 * of {@code io.zoetrope:zoetrope-model-toybox}, which is unpacked into the user's cache the first
 * time; {@code ORG/NAME} or {@code ORG/NAME@REVISION} of the Hugging Face hub, downloaded before.
 *
 * <p>Any number of threads may use it.
 */
public final class Models {
  private Models() {}

  /**
   * The folder or file of a model. Nothing is downloaded.
   *
   * @return empty if there is none of that name
   * @throws io.zoetrope.error.UserError if one is there and cannot be read or unpacked
   */
  public static Optional<Path> find(String name) {
    return InstalledModels.here().find(name);
  }

  /** The folders of all models by name, but for those of the class path. */
  public static Map<String, Path> installed() {
    InstalledModels here = InstalledModels.here();
    Map<String, Path> all = new LinkedHashMap<>();
    for (Path model : here.inRoots()) {
      all.putIfAbsent(String.valueOf(model.getFileName()), model);
    }
    for (HubCache.Snapshot snapshot : here.hub().snapshots()) {
      if (InstalledModels.isModel(snapshot.folder())) {
        all.putIfAbsent(snapshot.id().toString(), snapshot.folder());
      }
    }
    return all;
  }

  /**
   * Downloads a model of the Hugging Face hub into the cache that other programs share, and goes on
   * where an earlier download was cut. What is there is not fetched again. Reads {@code HF_HOME},
   * {@code HF_TOKEN} and {@code HF_ENDPOINT}.
   *
   * @param id {@code ORG/NAME} or {@code ORG/NAME@REVISION}
   * @param watcher told of {@link io.zoetrope.progress.Phase#DOWNLOAD} in bytes, from the threads
   *     that download, one call at a time
   * @return its folder
   * @throws io.zoetrope.error.UserError if there is no such model, this version cannot run it, or
   *     it cannot be had
   * @throws java.util.concurrent.CancellationException if the watcher cancels, or this thread is
   *     interrupted; what came so far is kept
   */
  public static Path pull(String id, Watcher watcher) {
    Watching watching = Watching.of(watcher, () -> false);
    PullRequest request = PullRequest.of(ModelId.parse(id));
    HubSettings settings = HubSettings.of(System.getenv(), Path.of(""));
    return watching.run(() -> {
      try (Pull pull = new Pull(settings, request, new Listener(watching))) {
        return pull.run().folder();
      }
    });
  }

  /** As {@link #pull(String, Watcher)}, told to nobody. */
  public static Path pull(String id) {
    return pull(id, update -> {});
  }

  /** Refuses what no family runs before gigabytes of it come. */
  private record Listener(Watching watching) implements PullListener {
    @Override
    public boolean asksKind() {
      return true;
    }

    @Override
    public void kind(ModelId id, String kind) {
      Families.ALL.requireRuns(id, kind);
    }

    @Override
    public void update(Report report) {
      watching.update(report);
    }

    @Override
    public boolean cancelled() {
      return watching.cancelled();
    }
  }
}
