package io.zoetrope.spark.latents;

import io.zoetrope.app.cli.Result;
import io.zoetrope.app.cli.Verb;
import io.zoetrope.app.cli.terminal.Cancellation;
import io.zoetrope.app.cli.terminal.Session;
import io.zoetrope.app.latents.LatentsOptions;
import io.zoetrope.data.FolderDataset;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.spark.Sessions;
import io.zoetrope.spark.SparkOptions;
import io.zoetrope.torch.Natives;
import io.zoetrope.train.latents.LatentEncoder;
import io.zoetrope.train.latents.LatentIndex;
import io.zoetrope.train.latents.LatentShards;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.LongAccumulator;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code zoetrope spark latents}. */
@Command(
    name = "latents",
    description = {
      "Encodes the clips of a folder as 'zoetrope latents' does, on a cluster: latents in shards,"
          + " and an index in Parquet.",
      "All executors must see FOLDER, DIR and the model by these paths. A clip that cannot be read"
          + " becomes a line in DIR/problems.jsonl."
    })
public final class LatentsVerb extends Verb {
  private static final long SECONDS_BETWEEN_LINES = 5;

  @Mixin private final LatentsOptions options = new LatentsOptions();
  @Mixin private final SparkOptions spark = new SparkOptions();

  public LatentsVerb(Session session) {
    super(session);
  }

  @Override
  protected Result run() throws Exception {
    Path source = options.source(session()).toAbsolutePath().normalize();
    Natives.load();
    LatentShards shards;
    String print;
    long clipBytes;
    try (LatentEncoder encoder = LatentEncoder.load(options.choice(session()))) {
      shards = options.shards(session(), encoder);
      print = encoder.print();
      clipBytes = shards.clipBytes(encoder.autoencoder().grid());
    }
    Path folder = shards.folder().toAbsolutePath().normalize();
    requireOurs(folder);
    FolderDataset data = FolderDataset.open(source, options.clips(shards));
    note(data.summary());
    Files.createDirectories(folder);
    shards.sweep();
    Task task =
        Task.of(
            data,
            shards,
            shards.there(),
            options.choice(session()),
            options.compute(),
            options.device());
    try (SparkSession open = Sessions.open(spark.settings(), "zoetrope latents")) {
      int cores = Integer.parseInt(open.sparkContext().getConf().get("spark.task.cpus", "1"));
      int slots = Math.max(1, open.sparkContext().defaultParallelism() / cores);
      List<LatentsJob.Part> parts = LatentsJob.parts(data.size(), clipBytes, shards.bytes(), slots);
      LatentsJob.Outcome outcome = watched(open, folder, task, parts);
      return result(folder, print, outcome);
    }
  }

  /** Says how far it is, and stops it when it is told to. */
  private LatentsJob.Outcome watched(
      SparkSession open, Path folder, Task task, List<LatentsJob.Part> parts) throws Exception {
    LongAccumulator done = open.sparkContext().longAccumulator("clips");
    Cancellation cancellation = session().cancellation();
    AtomicLong said = new AtomicLong(System.nanoTime());
    try (Cancellation.Stretch stretch = cancellation.stretch();
        ScheduledExecutorService watch =
            Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().factory())) {
      var _ =
          watch.scheduleAtFixedRate(
              () -> {
                if (cancellation.cancelled()) {
                  open.sparkContext().cancelAllJobs();
                }
                if (System.nanoTime() - said.get()
                    > TimeUnit.SECONDS.toNanos(SECONDS_BETWEEN_LINES)) {
                  said.set(System.nanoTime());
                  note("encoding %s/%s".formatted(done.value(), task.data().size()));
                }
              },
              200,
              200,
              TimeUnit.MILLISECONDS);
      try {
        return new LatentsJob(open, folder).run(task, parts, done);
      } catch (RuntimeException e) {
        if (cancellation.cancelled()) {
          throw new CancellationException("stopped; shards that are whole stay");
        }
        throw e;
      } finally {
        watch.shutdownNow();
      }
    }
  }

  private static void requireOurs(Path folder) {
    if (Files.exists(folder.resolve(LatentIndex.LINES))) {
      throw new UserError(
          Fault.OCCUPIED,
          "folder '%s' has an index of 'zoetrope latents'".formatted(folder),
          "remove %s, and the shards stay in use".formatted(LatentIndex.LINES));
    }
  }

  private static Result result(Path folder, String print, LatentsJob.Outcome outcome) {
    Path index = folder.resolve(LatentIndex.PARQUET);
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    fields.put("index", index.toString());
    fields.put("clips", outcome.clips());
    fields.put("encoded", outcome.fresh());
    fields.put("there", outcome.clips() - outcome.fresh());
    fields.put("problems", outcome.problems());
    fields.put("model", print);
    String text =
        "%s: %s clips, %s encoded, %s there before%s"
            .formatted(
                index,
                outcome.clips(),
                outcome.fresh(),
                outcome.clips() - outcome.fresh(),
                outcome.problems() == 0
                    ? ""
                    : "; %s cannot be read: see problems.jsonl".formatted(outcome.problems()));
    return new Result(outcome.problems() == 0 ? 0 : 1, text, fields);
  }
}
