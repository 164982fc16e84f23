package io.zoetrope.train.latents;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.checkpoint.safetensors.Dtype;
import io.zoetrope.checkpoint.safetensors.Safetensors;
import io.zoetrope.checkpoint.safetensors.SafetensorsFile;
import io.zoetrope.data.ClipDataset;
import io.zoetrope.data.ClipShape;
import io.zoetrope.data.FolderDataset;
import io.zoetrope.data.toybox.Split;
import io.zoetrope.data.toybox.ToyboxDataset;
import io.zoetrope.error.UserError;
import io.zoetrope.media.VideoWriter;
import io.zoetrope.pipeline.TinyModel;
import io.zoetrope.pipeline.family.ModelChoice;
import io.zoetrope.progress.Progress;
import io.zoetrope.progress.Report;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import io.zoetrope.train.TrainingListener;
import io.zoetrope.train.footage.LatentClips;
import io.zoetrope.train.method.Method;
import io.zoetrope.train.method.Methods;
import io.zoetrope.train.recipe.Recipe;
import io.zoetrope.train.run.TrainingRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Latents that are there before training, and training that learns from them. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LatentShardsTest {
  private static final ClipShape SHAPE = new ClipShape(16, 16, 4);
  private static final int CLIPS = 6;

  private Path folder = Path.of("");
  private Path clips = Path.of("");
  private Path model = Path.of("");

  @BeforeAll
  void furnish(@TempDir Path empty) throws IOException {
    folder = empty;
    clips = Files.createDirectory(folder.resolve("clips"));
    ToyboxDataset toys = new ToyboxDataset(0, Split.TRAIN, 24, 16, 8, 8);
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < CLIPS; i++) {
      VideoWriter.write(clips.resolve(i + ".mp4"), toys.get(i).video());
      lines.append("{\"file_name\": \"%s.mp4\", \"text\": \"%s\"}\n".formatted(i, toys.caption(i)));
    }
    Files.writeString(clips.resolve("captions.jsonl"), lines);
    model = TinyModel.write(folder.resolve("model"));
  }

  private static FolderDataset.Options options() {
    return FolderDataset.Options.of(16, 16, 4, 8).windows(2).crop(FolderDataset.Crop.RANDOM);
  }

  private FolderDataset data() {
    return FolderDataset.open(clips, options());
  }

  private static long[] all(ClipDataset data) {
    return LongStream.range(0, data.size()).toArray();
  }

  private LatentEncoder encoder() {
    return LatentEncoder.load(ModelChoice.of(model, "f32"));
  }

  private static void stop(long number, UserError error) {
    throw error;
  }

  /** Writes all clips, a few in a shard. */
  private LatentIndex write(Path out, Dtype dtype) {
    LatentShards shards = new LatentShards(out, SHAPE, 8, dtype, 2000);
    try (LatentEncoder encoder = encoder()) {
      FolderDataset data = data();
      return LatentIndex.write(
          out,
          shards.encode(
              data, all(data), shards.there(), encoder, LatentShardsTest::stop, Progress.NONE));
    }
  }

  @Test
  void shardsHoldWhatTheAutoencoderMakes() {
    Path out = folder.resolve("whole");
    LatentIndex index = write(out, Dtype.F32);
    assertThat(index.rows()).hasSize(2 * CLIPS);
    assertThat(index.rows().stream().map(LatentRow::shard).distinct().count()).isGreaterThan(2);
    LatentRow row = index.rows().get(3);
    assertThat(row.source()).isEqualTo("1.mp4");
    assertThat(row.shape()).isEqualTo("4x4x4x4");
    assertThat(row.crop()).startsWith("16x16+").endsWith("+0");
    assertThat(LatentIndex.read(out)).isEqualTo(index);
    Scopes.run(() -> {
      try (LatentEncoder encoder = encoder();
          LatentSet set = LatentSet.open(out, SHAPE, 8);
          SafetensorsFile shard = Safetensors.open(out.resolve(row.shard()))) {
        assertThat(shard.metadata()).containsEntry("model", encoder.print());
        FolderDataset data = data();
        LatentClips read = set.clips(encoder.print(), 2 * CLIPS);
        for (int i = 0; i < 2 * CLIPS; i++) {
          float[] made =
              Tensors.toFloats(
                  LatentClips.encoded(
                      encoder.autoencoder(), data.get(i), i, Dtype.F32.scalarType()));
          assertThat(Tensors.toFloats(read.clip_CFHW(i))).isEqualTo(made);
          assertThat(set.caption(i)).isEqualTo(data.caption(i));
          assertThat(set.origin(i)).isEqualTo(data.origin(i));
        }
      }
    });
  }

  @Test
  void whatIsThereIsNotEncodedAgain() throws IOException {
    Path out = folder.resolve("again");
    // A run that is stopped keeps what it has encoded; no index names anything yet.
    LatentShards shards = new LatentShards(out, SHAPE, 8, Dtype.BF16, 600);
    List<Long> seen = new ArrayList<>();
    Progress fifth =
        new Progress() {
          @Override
          public void update(Report report) {
            seen.add(report.done());
          }

          @Override
          public boolean cancelled() {
            return seen.size() == 5;
          }
        };
    FolderDataset data = data();
    try (LatentEncoder encoder = encoder()) {
      assertThatThrownBy(() ->
              shards.encode(
                  data, all(data), shards.there(), encoder, LatentShardsTest::stop, fifth))
          .isInstanceOf(CancellationException.class);
    }
    assertThat(LatentIndex.find(out)).isEmpty();
    Set<String> kept = shards.there().keySet();
    List<Path> before = list(out);
    LatentIndex index = write(out, Dtype.BF16);
    assertThat(list(out)).containsAll(before);
    assertThat(index.rows()).hasSize(2 * CLIPS);
    assertThat(index.rows().subList(0, 5).stream().map(LatentRow::key).collect(Collectors.toSet()))
        .isEqualTo(kept);
    // The same as in one go.
    LatentIndex once = write(folder.resolve("once"), Dtype.BF16);
    assertThat(index.rows().stream().map(LatentRow::key))
        .containsExactlyElementsOf(once.rows().stream().map(LatentRow::key).toList());
    List<Path> whole = list(out);
    write(out, Dtype.BF16);
    assertThat(list(out)).isEqualTo(whole);
  }

  private static List<Path> list(Path folder) throws IOException {
    try (var files = Files.list(folder)) {
      return files.sorted().toList();
    }
  }

  @Test
  void aClipThatCannotBeReadIsOneOfMany() throws IOException {
    Path some = Files.createDirectory(folder.resolve("some"));
    for (int i = 0; i < 3; i++) {
      Files.copy(clips.resolve(i + ".mp4"), some.resolve(i + ".mp4"));
      Files.writeString(some.resolve(i + ".txt"), "a toy");
    }
    FolderDataset data = FolderDataset.open(some, options());
    Files.writeString(some.resolve("1.mp4"), "no video any more");
    LatentShards shards =
        new LatentShards(folder.resolve("rest"), SHAPE, 8, Dtype.BF16, LatentShards.USUAL_BYTES);
    List<Long> bad = new ArrayList<>();
    try (LatentEncoder encoder = encoder()) {
      List<LatentRow> rows =
          shards.encode(
              data,
              all(data),
              shards.there(),
              encoder,
              (number, error) -> bad.add(number),
              Progress.NONE);
      assertThat(rows).hasSize(4);
    }
    assertThat(bad).containsExactly(2L, 3L);
  }

  private List<String> losses(String name, String data, String model) throws IOException {
    String text =
        """
        {name: %s, seed: 1, steps: 4, batch: 2, precision: f32, optimizer: {lr: 1e-3},
         checkpoint: {every: 4}, log: {every: 1}, sample: {every: 0}, data: %s,
         objective: {kind: diffusion, network: tiny, autoencoder: '%s', cut: 2, maxStride: 2,
                     captionDropout: 0.5, emphasis: [{caption: a, times: 2}]}}
        """
            .formatted(name, data, model);
    Recipe<Method> recipe = Methods.ALL.parse("recipe", text, List.of());
    Path runs = folder.resolve("runs");
    TrainingRun.run(recipe, text, runs, false, TrainingListener.NONE);
    return Files.readAllLines(runs.resolve(name).resolve("metrics.jsonl")).stream()
        .map(line -> line.replaceAll("\"seconds\":[^,}]*", ""))
        .toList();
  }

  @Test
  void trainingFromShardsIsTrainingFromClips() throws IOException {
    Path out = folder.resolve("learned");
    write(out, Dtype.BF16);
    List<String> direct =
        losses(
            "direct",
            "{kind: folder, path: '%s', width: 16, height: 16, frames: 4, windows: 2, crop: random}"
                .formatted(clips),
            model.toString());
    List<String> shards =
        losses(
            "shards",
            "{kind: latents, path: '%s', width: 16, height: 16, frames: 4}".formatted(out),
            model.toString());
    assertThat(direct).hasSize(4);
    assertThat(shards).isEqualTo(direct);
  }

  private void refused(String data, String model, String... why) {
    assertThatThrownBy(() -> losses("refused", data, model))
        .isInstanceOf(UserError.class)
        .message()
        .contains(why)
        .doesNotContain("\n");
  }

  @Test
  void whatDoesNotFitIsOneLine() throws IOException {
    Path out = folder.resolve("strange");
    LatentIndex index = write(out, Dtype.BF16);
    String fits = "{kind: latents, path: '%s', width: 16, height: 16, frames: 4}".formatted(out);
    Path other = TinyModel.write(folder.resolve("other"));
    Path vae = other.resolve("vae/diffusion_pytorch_model.safetensors");
    try (SafetensorsFile weights = Safetensors.open(vae)) {
      Scopes.run(() -> {
        Map<String, Tensor> changed = new TreeMap<>(weights.tensors());
        String name =
            changed.keySet().stream().filter(n -> n.matches("encoder.*weight")).findFirst().get();
        changed.put(name, Ops.mul(weights.tensor(name), 1.5));
        Safetensors.write(vae, changed, Map.of());
      });
    }
    refused(fits, other.toString(), "are of another autoencoder", "encode the clips with this one");
    refused(
        fits.replace("frames: 4", "frames: 8"),
        model.toString(),
        "has no clips of 16x16x8",
        "it has 12 of 16x16x4 at 8.0");
    refused("{kind: latents, path: '%s'}".formatted(clips), model.toString(), "has no index.jsonl");
    assertThatThrownBy(() ->
            new LatentShards(out, new ClipShape(16, 16, 2), 8, Dtype.BF16, 1000)
                .requireOwn(index.rows().getFirst().model()))
        .hasMessageContaining("latents of other clips");
    try (LatentSet set = LatentSet.open(out, SHAPE, 8)) {
      assertThatThrownBy(() -> set.get(0)).hasMessageContaining("learns from pictures");
    }
    Path shard = out.resolve(index.rows().getFirst().shard());
    byte[] whole = Files.readAllBytes(shard);
    Files.write(shard, Arrays.copyOf(whole, whole.length - 10));
    refused(fits, model.toString(), Objects.toString(shard.getFileName()), "truncated");
    Files.delete(shard);
    refused(fits, model.toString(), "which is not there", "encode the clips again");
    write(out, Dtype.BF16);
    assertThat(Files.readAllBytes(shard)).isEqualTo(whole);
    String lines = Files.readString(out.resolve("index.jsonl"));
    for (String[] bad :
        new String[][] {
          {"\"width\":16", "\"width\":\"wide\"", "width is no number"},
          {"\"model\":", "\"modell\":", "line 1 has no model"},
          {"\"shard\":\"", "\"shard\":\"../", "lies beside its index"},
          {"\"shape\":\"4x4x4x4\"", "\"shape\":\"4x4\"", "shape must be CxFxHxW"},
          {"\"tensor\":\"", "\"tensor\":\"x", "has no such tensor"},
          {"{\"number\":0", "{number:0", "is not JSON"}
        }) {
      Files.writeString(out.resolve("index.jsonl"), lines.replace(bad[0], bad[1]));
      refused(fits, model.toString(), bad[2]);
    }
  }
}
