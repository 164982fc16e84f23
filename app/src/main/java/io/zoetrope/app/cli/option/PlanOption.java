package io.zoetrope.app.cli.option;

import io.zoetrope.app.cli.terminal.Session;
import io.zoetrope.app.cli.words.UsageError;
import io.zoetrope.diffusion.TimestepPlan;
import io.zoetrope.error.UserError;
import io.zoetrope.pipeline.order.SourceRef;
import io.zoetrope.torch.TextFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** A plan that somebody drew. */
public final class PlanOption {
  private static final long LARGEST = 64L << 20;

  @Option(
      names = "--plan",
      paramLabel = "FILE",
      description = {
        "Sample by the timestep plan in this JSON file; it says how many steps and frames there"
            + " are. 'zoetrope plan TASK --save FILE' makes one to start from."
      })
  private @Nullable String file;

  /**
   * The plan, if one is asked for.
   *
   * @param frames what {@code --frames} says
   * @param steps what {@code --steps} says
   * @throws UsageError if those say something else than the plan
   * @throws UserError if there is no such file, or no plan in it
   */
  public Optional<SourceRef> read(Session session, OptionalInt frames, OptionalInt steps) {
    if (file == null) {
      return Optional.empty();
    }
    TimestepPlan plan = read(session, file);
    requireSame("--frames", frames, plan.frames());
    requireSame("--steps", steps, plan.steps());
    return Optional.of(SourceRef.of(session.resolve(Path.of(file))));
  }

  /** Whether one is asked for. */
  public boolean given() {
    return file != null;
  }

  private void requireSame(String option, OptionalInt said, int planned) {
    if (said.isPresent() && said.getAsInt() != planned) {
      throw new UsageError(
          "%s %s, but the plan '%s' has %s: leave %s out"
              .formatted(option, said.getAsInt(), file, planned, option));
    }
  }

  /**
   * Reads a plan.
   *
   * @throws UserError if there is no such file, or no plan in it
   */
  public static TimestepPlan read(Session session, String file) {
    try {
      Path path = session.resolve(Path.of(file));
      if (Files.isDirectory(path)) {
        throw new UserError("'%s' is a folder: name a .json file with a plan".formatted(file));
      }
      if (!Files.exists(path)) {
        throw new UserError(
            "there is no file '%s': 'zoetrope plan TASK --save %s' makes one"
                .formatted(file, file));
      }
      if (Files.size(path) > LARGEST) {
        throw new UserError("'%s' is too large to be a plan".formatted(file));
      }
      return TimestepPlan.fromJson(TextFiles.lenient(path));
    } catch (InvalidPathException e) {
      throw new UsageError("'%s' is no file name: %s".formatted(file, e.getReason()));
    } catch (IOException e) {
      throw new UserError("cannot read '%s': %s".formatted(file, e.getMessage()), e);
    } catch (UserError e) {
      throw e.reason().contains(file) ? e : e.at(file);
    }
  }
}
