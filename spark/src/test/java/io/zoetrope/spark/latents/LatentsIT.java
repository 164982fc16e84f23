package io.zoetrope.spark.latents;

import static org.assertj.core.api.Assertions.assertThat;

import io.zoetrope.checkpoint.safetensors.Dtype;
import io.zoetrope.data.ClipShape;
import io.zoetrope.data.FolderDataset;
import io.zoetrope.data.toybox.Split;
import io.zoetrope.data.toybox.ToyboxDataset;
import io.zoetrope.media.VideoWriter;
import io.zoetrope.pipeline.family.ModelChoice;
import io.zoetrope.progress.Progress;
import io.zoetrope.spark.Clusters;
import io.zoetrope.spark.Sessions;
import io.zoetrope.spark.SparkSettings;
import io.zoetrope.torch.Natives;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import io.zoetrope.train.footage.LatentClips;
import io.zoetrope.train.latents.LatentEncoder;
import io.zoetrope.train.latents.LatentIndex;
import io.zoetrope.train.latents.LatentRow;
import io.zoetrope.train.latents.LatentSet;
import io.zoetrope.train.latents.LatentShards;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.LongStream;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two workers write what one process does, and only what is missing. */
class LatentsIT {
  private static final ClipShape SHAPE = new ClipShape(32, 32, 4);
  private static final int CLIPS = 10;

  @TempDir Path folder;

  private final ModelChoice model =
      ModelChoice.of(Clusters.checkout().resolve("models/toybox"), "f32");

  private void clips(int from, int to) throws IOException {
    ToyboxDataset toys = new ToyboxDataset(0, Split.TRAIN, 32, 32, 4, 8);
    Path clips = Files.createDirectories(folder.resolve("clips"));
    for (int i = from; i < to; i++) {
      VideoWriter.write(clips.resolve("%03d.mp4".formatted(i)), toys.get(i).video());
      Files.writeString(clips.resolve("%03d.txt".formatted(i)), toys.caption(i));
    }
  }

  private FolderDataset data() {
    return FolderDataset.open(folder.resolve("clips"), FolderDataset.Options.of(32, 32, 4, 8));
  }

  private static LatentShards shards(Path out) {
    return new LatentShards(out, SHAPE, 8, Dtype.BF16, 1000);
  }

  private LatentsJob.Outcome run(SparkSession spark, Path out, FolderDataset data)
      throws IOException {
    Files.createDirectories(out);
    LatentShards shards = shards(out);
    Task task = Task.of(data, shards, shards.there(), model, "f32", "cpu");
    List<LatentsJob.Part> parts = LatentsJob.parts(data.size(), 256, 1000, 2);
    assertThat(parts).hasSizeGreaterThan(2);
    return new LatentsJob(spark, out)
        .run(task, parts, spark.sparkContext().longAccumulator("clips"));
  }

  @Test
  void twoWorkersWriteWhatOneProcessDoes() throws IOException {
    Natives.load();
    clips(0, CLIPS);
    Path out = folder.resolve("out");
    // Executors live for seconds: what they compile is not worth much.
    SparkSettings two =
        Clusters.two()
            .with("spark.executor.extraJavaOptions", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC");
    try (SparkSession spark = Sessions.open(two, "latents")) {
      assertThat(run(spark, out, data())).isEqualTo(new LatentsJob.Outcome(CLIPS, CLIPS, 0));
      same(out, CLIPS);
      clips(CLIPS, CLIPS + 2);
      FolderDataset more = data();
      // Two are new. One that cannot be read any more is said, and the job goes on.
      Files.writeString(folder.resolve("clips/003.mp4"), "no video");
      assertThat(run(spark, out, more)).isEqualTo(new LatentsJob.Outcome(CLIPS + 1, 2, 1));
    }
    assertThat(Files.readString(out.resolve("problems.jsonl"))).contains("\"number\":3", "003.mp4");
    assertThat(LatentIndex.read(out).rows().stream().map(LatentRow::number))
        .hasSize(CLIPS + 1)
        .doesNotContain(3L);
  }

  /** Rows and latents are those of this process, to the bit. */
  private void same(Path out, int count) {
    try (LatentEncoder encoder = LatentEncoder.load(model);
        LatentSet set = LatentSet.open(out, SHAPE, 8)) {
      FolderDataset data = data();
      Path here = folder.resolve("here");
      List<LatentRow> own =
          shards(here)
              .encode(
                  data,
                  LongStream.range(0, count).toArray(),
                  shards(here).there(),
                  encoder,
                  (number, error) -> {
                    throw error;
                  },
                  Progress.NONE);
      LatentIndex.write(here, own);
      List<LatentRow> rows = LatentIndex.read(out).rows();
      assertThat(rows)
          .usingRecursiveFieldByFieldElementComparatorIgnoringFields("shard")
          .isEqualTo(own);
      LatentClips read = set.clips(encoder.print(), count);
      try (LatentSet ours = LatentSet.open(here, SHAPE, 8)) {
        LatentClips made = ours.clips(encoder.print(), count);
        Scopes.run(() -> {
          for (int i = 0; i < count; i++) {
            assertThat(Tensors.toFloats(read.clip_CFHW(i)))
                .isEqualTo(Tensors.toFloats(made.clip_CFHW(i)));
          }
        });
      }
    }
  }
}
