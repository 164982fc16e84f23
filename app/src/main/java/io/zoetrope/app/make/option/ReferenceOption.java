package io.zoetrope.app.make.option;

import io.zoetrope.app.cli.option.SourceFile;
import io.zoetrope.app.cli.terminal.Session;
import io.zoetrope.pipeline.order.SourceRef;
import java.util.List;
import picocli.CommandLine.Option;

/** Pictures of what a video is to have in it. */
public final class ReferenceOption {
  @Option(
      names = "--reference-picture",
      paramLabel = "FILE",
      description = {
        "A picture of what the video is to have in it, for models that are shown such (VACE): seen"
            + " whole, on white. May be given several times."
      })
  private List<String> typed = List.of();

  /** What was asked for, in that order. */
  public List<SourceRef> read(Session session) {
    return typed.stream()
        .map(file -> SourceRef.of(SourceFile.of(session, "--reference-picture", file)))
        .toList();
  }
}
