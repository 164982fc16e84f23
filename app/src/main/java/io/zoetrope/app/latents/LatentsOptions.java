package io.zoetrope.app.latents;

import io.zoetrope.app.cli.option.ClipOptions;
import io.zoetrope.app.cli.option.ModelFolders;
import io.zoetrope.app.cli.option.RunOptions;
import io.zoetrope.app.cli.option.SeedOption;
import io.zoetrope.app.cli.option.SourceFile;
import io.zoetrope.app.cli.option.Values;
import io.zoetrope.app.cli.terminal.Session;
import io.zoetrope.checkpoint.safetensors.Dtype;
import io.zoetrope.data.ClipShape;
import io.zoetrope.data.FolderDataset;
import io.zoetrope.data.TarDataset;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.pipeline.family.ModelChoice;
import io.zoetrope.pipeline.model.Size;
import io.zoetrope.train.latents.LatentEncoder;
import io.zoetrope.train.latents.LatentShards;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Which clips become latents, how and where: also on a cluster. */
public final class LatentsOptions {
  private static final int MEGABYTE = 1 << 20;

  @Parameters(
      paramLabel = "FOLDER",
      description = {
        "Videos and pictures with their captions, or tars of such: a tar, or"
            + " 'clips-{000000..000007}.tar'."
      })
  private String folder = "";

  @Option(
      names = {"-o", "--out"},
      paramLabel = "DIR",
      required = true,
      description = "Where shards and index go.")
  private String out = "";

  @Option(
      names = {"-m", "--model"},
      paramLabel = "MODEL",
      defaultValue = "toybox",
      description = "Whose autoencoder: a model, or the run of one (default: ${DEFAULT-VALUE}).")
  private String model = "toybox";

  @Option(
      names = "--windows",
      paramLabel = "N",
      converter = Values.Batch.class,
      defaultValue = "1",
      description =
          "Clips taken of each video, at places that the seed chooses (default: ${DEFAULT-VALUE}).")
  private int windows = 1;

  @Option(
      names = "--random-crop",
      description = "Of frames of another aspect, a part that the seed chooses, not the middle.")
  private boolean randomCrop;

  @Option(
      names = "--kept",
      paramLabel = "DTYPE",
      defaultValue = "bf16",
      description = "bf16 or f32, of the latents in the shards (default: ${DEFAULT-VALUE}).")
  private Kept kept = Kept.bf16;

  @Option(
      names = "--shard-size",
      paramLabel = "MB",
      converter = Values.Megabytes.class,
      defaultValue = "256",
      description = "Megabytes of a file, about (default: ${DEFAULT-VALUE}).")
  private int shardSize = 256;

  @Mixin private final ClipOptions clip = new ClipOptions();
  @Mixin private final SeedOption seed = new SeedOption();
  @Mixin private final RunOptions run = new RunOptions();

  /** Number formats of latents in files. */
  enum Kept {
    bf16,
    f32
  }

  /** Of the autoencoder. */
  public ModelChoice choice(Session session) {
    return run.choice(encoderOf(session).toAbsolutePath().normalize());
  }

  /** Number form in which it computes, as typed. */
  public String compute() {
    return run.dtype();
  }

  /** Where it computes, as typed. */
  public String device() {
    return run.device();
  }

  /** A folder with an autoencoder will do, whatever else it lacks. */
  private Path encoderOf(Session session) {
    Path direct = SourceFile.of(session, "--model", model);
    boolean lone =
        Files.isRegularFile(direct.resolve("config.json"))
            || Files.isDirectory(direct.resolve("vae"));
    return lone && !ModelFolders.isModel(direct) ? direct : new ModelFolders(session).find(model);
  }

  /**
   * The clips, or a tar of them.
   *
   * @throws UserError if there is neither
   */
  public Path source(Session session) {
    Path source = SourceFile.of(session, "FOLDER", folder);
    if (!TarDataset.isTar(source) && !Files.exists(source)) {
      throw new UserError(Fault.NOT_FOUND, "there is no folder '%s'".formatted(source));
    }
    return source;
  }

  /**
   * The shards.
   *
   * @throws io.zoetrope.error.UserError if the encoder does not take such clips, or other latents
   *     lie there
   */
  public LatentShards shards(Session session, LatentEncoder encoder) {
    Size usual = new Size(encoder.shape().width(), encoder.shape().height());
    Size size = clip.size().orElse(usual);
    ClipShape shape =
        new ClipShape(size.width(), size.height(), clip.frames().orElse(encoder.shape().frames()));
    encoder.requireTakes(shape);
    LatentShards shards =
        new LatentShards(
            SourceFile.of(session, "--out", out),
            shape,
            clip.fps().orElse(encoder.rate()),
            Dtype.valueOf(kept.name().toUpperCase(Locale.ROOT)),
            (long) shardSize * MEGABYTE);
    shards.requireOwn(encoder.print());
    return shards;
  }

  /** How clips are taken. */
  public FolderDataset.Options clips(LatentShards shards) {
    ClipShape shape = shards.clips();
    return FolderDataset.Options.of(shape.width(), shape.height(), shape.frames(), shards.rate())
        .windows(windows)
        .seed(seed.or(0))
        .crop(randomCrop ? FolderDataset.Crop.RANDOM : FolderDataset.Crop.MIDDLE);
  }
}
