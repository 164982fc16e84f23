package io.zoetrope.jobs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A picture of all frames of a clip as they were at a step: a file in the folder {@value #FOLDER}
 * of an attempt.
 *
 * @param step counted over the whole job, from 1: steps of a clip follow those of the clip before
 *     it
 * @param row of the clip's plan, from 1
 * @param frame number of its first frame in the whole video
 */
public record StepPicture(int step, int row, long frame) {
  /** Where they lie. */
  public static final String FOLDER = "steps";

  private static final Pattern NAME =
      Pattern.compile("(\\d{1,9})(?:-(\\d{1,9})-(\\d{1,18}))?\\.webp");

  /** Its file's name: {@code 9.webp}, of later clips {@code 34-9-16.webp}. */
  public String file() {
    return step == row && frame == 0
        ? "%s.webp".formatted(step)
        : "%s-%s-%s.webp".formatted(step, row, frame);
  }

  /** Reads a file's name; empty for all others. */
  static Optional<StepPicture> tryParse(String file) {
    Matcher name = NAME.matcher(file);
    if (!name.matches()) {
      return Optional.empty();
    }
    int step = Integer.parseInt(name.group(1));
    return Optional.of(
        name.group(2) == null
            ? new StepPicture(step, step, 0)
            : new StepPicture(
                step, Integer.parseInt(name.group(2)), Long.parseLong(name.group(3))));
  }

  /**
   * Those of an attempt, by rising steps; none if it has no folder of them.
   *
   * @param attempt its folder
   */
  public static List<StepPicture> all(Path attempt) {
    try (Stream<Path> files = Files.list(attempt.resolve(FOLDER))) {
      return files
          .flatMap(file -> tryParse(String.valueOf(file.getFileName())).stream())
          .sorted(Comparator.comparingInt(StepPicture::step))
          .toList();
    } catch (IOException e) {
      return List.of();
    }
  }

  /** Where it lies in the folder of an attempt. */
  public Path at(Path attempt) {
    return attempt.resolve(FOLDER).resolve(file());
  }
}
