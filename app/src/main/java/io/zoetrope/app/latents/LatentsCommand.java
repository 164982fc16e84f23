package io.zoetrope.app.latents;

import io.zoetrope.app.cli.Result;
import io.zoetrope.app.cli.Verb;
import io.zoetrope.app.cli.terminal.Session;
import io.zoetrope.app.cli.terminal.StepProgress;
import io.zoetrope.data.ClipDataset;
import io.zoetrope.data.FolderDataset;
import io.zoetrope.data.TarDataset;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.torch.Natives;
import io.zoetrope.train.latents.LatentEncoder;
import io.zoetrope.train.latents.LatentIndex;
import io.zoetrope.train.latents.LatentRow;
import io.zoetrope.train.latents.LatentShards;
import io.zoetrope.train.latents.LatentShards.Place;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code zoetrope latents}. */
@Command(
    name = "latents",
    description = {
      "Encodes the clips of a folder ahead of training: latents in shards, and an index.",
      "A recipe learns from them by data: {kind: latents, path: DIR}. What is there is not encoded"
          + " again."
    })
public final class LatentsCommand extends Verb {
  @Mixin private final LatentsOptions options = new LatentsOptions();

  public LatentsCommand(Session session) {
    super(session);
  }

  @Override
  protected Result run() {
    Path source = options.source(session());
    boolean folder = Files.isDirectory(source) || !TarDataset.isTar(source);
    List<Path> tars = folder ? List.of() : TarDataset.tars(source.toString());
    Natives.load();
    try (LatentEncoder encoder = LatentEncoder.load(options.choice(session()))) {
      LatentShards shards = options.shards(session(), encoder);
      requireOurs(shards.folder());
      FolderDataset.Options clips = options.clips(shards);
      if (folder) {
        FolderDataset data = FolderDataset.open(source, clips);
        note(data.summary());
        return encode(data, shards, encoder);
      }
      try (TarDataset data = TarDataset.open(tars, clips, 0)) {
        note(data.summary());
        return encode(data, shards, encoder);
      }
    }
  }

  /** A cluster's index is the cluster's to write. */
  private static void requireOurs(Path folder) {
    if (Files.exists(folder.resolve(LatentIndex.PARQUET))) {
      throw new UserError(
          Fault.OCCUPIED,
          "folder '%s' has an index of Spark's".formatted(folder),
          "go on by 'zoetrope spark latents'");
    }
  }

  private static String counted(long count, String what) {
    return count + " " + what + (count == 1 ? "" : "s");
  }

  private Result encode(ClipDataset data, LatentShards shards, LatentEncoder encoder) {
    shards.sweep();
    Map<String, Place> there = shards.there();
    List<LatentRow> rows;
    try (StepProgress progress = new StepProgress(session(), output(), "encoding")) {
      rows =
          shards.encode(
              data,
              LongStream.range(0, data.size()).toArray(),
              there,
              encoder,
              (number, error) -> {
                throw error;
              },
              progress);
    }
    LatentIndex index = LatentIndex.write(shards.folder(), rows);
    long known = rows.stream().filter(row -> there.containsKey(row.key())).count();
    long files = rows.stream().map(LatentRow::shard).distinct().count();
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    fields.put("index", index.table().toString());
    fields.put("clips", rows.size());
    fields.put("encoded", rows.size() - known);
    fields.put("there", known);
    fields.put("shards", files);
    fields.put("model", encoder.print());
    return Result.of(
        "%s: %s in %s, %s encoded, %s there before"
            .formatted(
                index.table(),
                counted(rows.size(), "clip"),
                counted(files, "shard"),
                rows.size() - known,
                known),
        fields);
  }
}
