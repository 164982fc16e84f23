package io.zoetrope.app.cli.option;

import io.zoetrope.app.cli.terminal.Session;
import io.zoetrope.checkpoint.hub.ModelId;
import io.zoetrope.curation.Curation;
import io.zoetrope.curation.choose.Bound;
import io.zoetrope.curation.look.LookerProcess;
import io.zoetrope.curation.measure.Measures;
import io.zoetrope.curation.near.Groups;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What curation measures and keeps, on one machine and on many. */
public final class CurationOptions {
  @Option(
      names = "--keep",
      paramLabel = "BOUND",
      description = {
        "What a clip has to be: 'motion>=0.5', 'text<=0.1', 'seconds>=1'. With % it is a quantile:"
            + " 'motion>=25%%' leaves out the lowest quarter. Repeatable."
      })
  private List<String> keep = List.of();

  @Option(
      names = "--measure",
      paramLabel = "FOLDER",
      description = {
        "A folder with networks and measure.json, or a CLIP as transformers has it, also of the"
            + " hub: what it measures. Repeatable."
      })
  private List<String> measure = List.of();

  @Option(
      names = "--sample",
      paramLabel = "N",
      converter = Values.Count.class,
      description = "Look at so many videos only, to choose thresholds; write no clips.")
  private @Nullable Integer sample;

  @Option(
      names = "--shortest",
      paramLabel = "SECONDS",
      converter = Values.Seconds.class,
      description = "Leave out shorter clips (default: 0.5).")
  private double shortest = Curation.Settings.USUAL.shortest();

  @Option(
      names = "--longest",
      paramLabel = "SECONDS",
      converter = Values.Seconds.class,
      description = "Cut longer shots into equal parts (default: 20).")
  private double longest = Curation.Settings.USUAL.longest();

  @Option(names = "--copies", description = "Keep copies of clips, too.")
  private boolean copies;

  @Option(
      names = "--any-format",
      description =
          "Take all formats that FFmpeg reads, and not only those that browsers and phones make.")
  private boolean anyFormat;

  /** Whether only a sample is looked at. */
  public boolean sampled() {
    return sample != null;
  }

  /** As values. */
  public Curation.Settings settings() {
    return new Curation.Settings(
        keep.stream().map(Bound::of).toList(),
        shortest,
        Math.max(longest, 2 * shortest),
        Groups.ALIKE,
        copies,
        Optional.ofNullable(sample));
  }

  /** What can be measured. */
  public Measures measures(Session session) {
    return Measures.of(folders(session));
  }

  /** How files are looked at. */
  public LookerProcess.Settings looking(Session session) {
    LookerProcess.Settings usual = LookerProcess.Settings.USUAL;
    return new LookerProcess.Settings(anyFormat, folders(session), usual.time(), usual.heap());
  }

  private List<Path> folders(Session session) {
    return measure.stream().map(name -> folder(session, name)).toList();
  }

  /** A folder, or what was downloaded of the hub under that name. */
  private static Path folder(Session session, String name) {
    Path typed = SourceFile.of(session, "--measure", name);
    boolean hub = name.indexOf('/') > 0 && ModelId.tryParse(name).isPresent();
    if (Files.exists(typed) || !hub) {
      return typed;
    }
    return new ModelFolders(session).cached(name).orElseThrow(() -> ModelFolders.missing(name));
  }
}
