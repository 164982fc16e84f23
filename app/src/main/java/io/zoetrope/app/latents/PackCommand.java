package io.zoetrope.app.latents;

import io.zoetrope.app.cli.Result;
import io.zoetrope.app.cli.Verb;
import io.zoetrope.app.cli.option.SourceFile;
import io.zoetrope.app.cli.option.Values;
import io.zoetrope.app.cli.terminal.Session;
import io.zoetrope.app.cli.terminal.StepProgress;
import io.zoetrope.data.TarExport;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code zoetrope pack}. */
@Command(
    name = "pack",
    description = {
      "Packs the clips of a folder into tars that webdataset reads: KEY.mp4, KEY.txt, KEY.json.",
      "Files go in unchanged; index.jsonl beside the tars says where each lies."
    })
public final class PackCommand extends Verb {
  private static final int MEGABYTE = 1 << 20;

  @Parameters(
      paramLabel = "FOLDER",
      description = "Videos and pictures with their captions, also in sub-folders.")
  private String folder = "";

  @Option(
      names = {"-o", "--out"},
      paramLabel = "DIR",
      required = true,
      description = "Where tars and index go.")
  private String out = "";

  @Option(
      names = "--shard-size",
      paramLabel = "MB",
      converter = Values.Megabytes.class,
      defaultValue = "1024",
      description = "Megabytes of a file, about (default: ${DEFAULT-VALUE}).")
  private int shardSize = 1024;

  public PackCommand(Session session) {
    super(session);
  }

  private static String counted(int count, String what) {
    return count + " " + what + (count == 1 ? "" : "s");
  }

  @Override
  protected Result run() {
    Path from = SourceFile.of(session(), "FOLDER", folder);
    Path to = SourceFile.of(session(), "--out", out);
    TarExport.Result packed;
    try (StepProgress progress = new StepProgress(session(), output(), "packing")) {
      packed = TarExport.write(from, to, (long) shardSize * MEGABYTE, progress);
    }
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    fields.put("out", to.toString());
    fields.put("clips", packed.clips());
    fields.put("tars", packed.tars());
    fields.put("made", packed.made());
    return Result.of(
        "%s: %s in %s, %s written"
            .formatted(
                to, counted(packed.clips(), "clip"), counted(packed.tars(), "tar"), packed.made()),
        fields);
  }
}
