package io.zoetrope.app.command;

import io.zoetrope.app.cli.Result;
import io.zoetrope.app.cli.Verb;
import io.zoetrope.app.cli.terminal.Session;
import io.zoetrope.app.cli.terminal.StepProgress;
import io.zoetrope.data.Describer;
import io.zoetrope.error.UserError;
import io.zoetrope.media.MediaEndings;
import io.zoetrope.torch.AtomicFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code zoetrope caption}. */
@Command(
    name = "caption",
    description = {
      "Captions the clips of a folder, by a program or a service of your own: NAME.txt beside each.",
      "A program is called with the clip's file as its last argument and prints what it shows; a"
          + " service is sent the file by POST and answers with text, or JSON with 'caption'."
    })
public final class CaptionCommand extends Verb {
  @Parameters(paramLabel = "FOLDER", description = "Videos and pictures, also in sub-folders.")
  private Path folder = Path.of("");

  @Option(
      names = "--by",
      paramLabel = "WHO",
      required = true,
      description = {
        "'PROGRAM ARGUMENTS' or http://ADDRESS.",
      })
  private String by = "";

  @Option(names = "--again", description = "Also clips that have a caption.")
  private boolean again;

  public CaptionCommand(Session session) {
    super(session);
  }

  @Override
  protected Result run() {
    Describer describer = Describer.of(by);
    Path root = session().resolve(folder);
    List<Path> clips = clips(root);
    int made = 0;
    int there = 0;
    try (StepProgress progress = new StepProgress(session(), output(), "captioning")) {
      for (Path clip : clips) {
        session().cancellation().check();
        Path caption = caption(clip);
        if (Files.exists(caption) && !again) {
          there++;
        } else {
          AtomicFiles.text(caption, describer.describe(clip) + "\n");
          made++;
        }
        progress.update(made + there, clips.size());
      }
    }
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    fields.put("folder", root.toString());
    fields.put("captioned", made);
    fields.put("there", there);
    return Result.of("%s captioned, %s had a caption".formatted(counted(made), there), fields);
  }

  private static String counted(int clips) {
    return clips == 1 ? "1 clip" : clips + " clips";
  }

  private static List<Path> clips(Path root) {
    if (!Files.isDirectory(root)) {
      throw new UserError("there is no folder '%s'".formatted(root));
    }
    try (Stream<Path> all = Files.walk(root)) {
      List<Path> clips = all.filter(MediaEndings::isMedia).sorted().toList();
      if (clips.isEmpty()) {
        throw new UserError("there are no videos or pictures in '%s'".formatted(root));
      }
      return clips;
    } catch (IOException e) {
      throw AtomicFiles.cannot("look into", root, e);
    }
  }

  private static Path caption(Path clip) {
    String name = String.valueOf(clip.getFileName());
    return clip.resolveSibling(name.substring(0, name.lastIndexOf('.')) + ".txt");
  }
}
