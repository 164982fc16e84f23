package io.zoetrope.pipeline.order;

import io.zoetrope.diffusion.TimestepPlan;
import io.zoetrope.error.UserError;
import io.zoetrope.media.Sound;
import io.zoetrope.media.Source;
import io.zoetrope.media.VideoInfo;
import io.zoetrope.pipeline.cascade.Cascade;
import io.zoetrope.torch.AtomicFiles;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.TextFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The files of an order. Each is looked at before any model is loaded.
 *
 * @param sources where they are
 */
public record SourceFiles(Sources sources) {
  private static final long LARGEST_PLAN = 64L << 20;
  private static final long LARGEST_CASCADE = 1L << 20;

  /**
   * Where a file is.
   *
   * @throws UserError if it is another than the order wants
   */
  public Path path(SourceRef ref) {
    Path path = sources.file(ref.path());
    ref.sha256()
        .filter(hash -> Files.exists(path) && !Fingerprint.of(path).equals(hash))
        .ifPresent(hash -> {
          throw new UserError(
              "'%s' is not what it was when the order was written: its content has changed"
                  .formatted(path));
        });
    return path;
  }

  /** A video, a picture or a folder of pictures; see {@link Source#check}. */
  public VideoInfo video(SourceRef ref) {
    return Source.check(path(ref));
  }

  /**
   * The sound of a video from a time on, until its pictures end.
   *
   * @param info what the file says
   */
  Optional<Sound> sound(SourceRef ref, VideoInfo info, double start) {
    double seconds = info.seconds().orElse(Double.POSITIVE_INFINITY) - start;
    return info.sound() && seconds > 0
        ? Optional.of(new Sound(sources.file(ref.path()), start, seconds))
        : Optional.empty();
  }

  /**
   * What a prior made.
   *
   * @return where it is
   * @throws UserError if there is no such file, or no embedding in it
   */
  Path embedding(SourceRef ref) {
    Path path = path(ref);
    Scopes.run(() -> EmbeddingFile.read(path));
    return path;
  }

  /** One picture; see {@link Source#checkPicture}. */
  public void picture(SourceRef ref) {
    Source.checkPicture(path(ref));
  }

  /**
   * A plan that somebody drew.
   *
   * @throws UserError if there is no such file, or no plan in it, or it is for another wish
   */
  Optional<TimestepPlan> plan(Optional<SourceRef> drawn, Wish wish) {
    return drawn.map(ref -> {
      TimestepPlan plan = plan(path(ref));
      requireSame("frames", wish.frames(), ref, plan.frames());
      requireSame("steps", wish.steps(), ref, plan.steps());
      int prompts = Math.max(1, wish.prompts().size());
      if (plan.prompts().prompts() != prompts) {
        throw new UserError(
            "the plan has weights for %s prompts, and %s %s given"
                .formatted(plan.prompts().prompts(), prompts, prompts == 1 ? "is" : "are"));
      }
      return plan;
    });
  }

  /**
   * Reads a plan.
   *
   * @throws UserError if there is no such file, or no plan in it
   */
  public static TimestepPlan plan(Path path) {
    try {
      if (Files.isDirectory(path)) {
        throw new UserError("'%s' is a folder: name a .json file with a plan".formatted(path));
      }
      if (!Files.exists(path)) {
        throw new UserError("there is no file '%s' with a plan".formatted(path));
      }
      if (Files.size(path) > LARGEST_PLAN) {
        throw new UserError("'%s' is too large to be a plan".formatted(path));
      }
      return TimestepPlan.fromJson(TextFiles.lenient(path));
    } catch (IOException e) {
      throw AtomicFiles.cannot("read", path, e);
    }
  }

  /**
   * Reads a cascade.
   *
   * @throws UserError if there is no such file, or no cascade in it
   */
  public static Cascade cascade(Path path) {
    try {
      if (Files.isDirectory(path)) {
        throw new UserError(
            "'%s' is a folder: name a .json or .yaml file with a cascade".formatted(path));
      }
      if (!Files.exists(path)) {
        throw new UserError("there is no file '%s' with a cascade".formatted(path));
      }
      if (Files.size(path) > LARGEST_CASCADE) {
        throw new UserError("'%s' is too large to be a cascade".formatted(path));
      }
      return Cascade.parse(path.toString(), TextFiles.lenient(path));
    } catch (IOException e) {
      throw AtomicFiles.cannot("read", path, e);
    }
  }

  private static void requireSame(
      String what, Optional<Integer> said, SourceRef plan, int planned) {
    if (said.isPresent() && said.get() != planned) {
      throw new UserError(
          "%s %s, but the plan '%s' has %s: leave the %s out"
              .formatted(what, said.get(), plan.path(), planned, what));
    }
  }
}
