package io.zoetrope.jobs;

import io.zoetrope.pipeline.order.SourceRef;
import io.zoetrope.pipeline.order.VideoOrder;
import io.zoetrope.record.Records;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How orders of strangers name their sources: bytes that were uploaded, by their hash, {@code
 * input:SHA256}, or the result of a job, {@code job:ID}. It stands where an order has a path, and
 * nothing else may stand there, but a {@link PartRef} where something is put into a model.
 */
public sealed interface InputRef {
  /** As it stands in an order. */
  String text();

  /**
   * Uploaded bytes.
   *
   * @param sha256 64 lower-case digits
   */
  record Upload(String sha256) implements InputRef {
    @Override
    public String text() {
      return "input:" + sha256;
    }
  }

  /** The video that a job made. */
  record Result(JobId job) implements InputRef {
    @Override
    public String text() {
      return "job:" + job;
    }
  }

  /** Reads one; empty for everything else, as a path is. */
  static Optional<InputRef> tryParse(String text) {
    Matcher upload = Pattern.compile("input:([0-9a-f]{64})").matcher(text);
    if (upload.matches()) {
      return Optional.of(new Upload(upload.group(1)));
    }
    return text.startsWith("job:")
        ? JobId.tryParse(text.substring(4)).map(Result::new)
        : Optional.empty();
  }

  /**
   * Reads one.
   *
   * @throws JobsException INVALID for everything else
   */
  static InputRef require(String text) {
    return tryParse(text)
        .orElseThrow(() ->
            new JobsException(
                JobsException.Kind.INVALID,
                "files are named as input:SHA256 or job:ID here, not '%s'".formatted(text)));
  }

  /**
   * Requires that an order names no other files, before anything is opened for it.
   *
   * @throws JobsException INVALID if it does
   */
  static void requireAll(VideoOrder order) {
    Records.all(order, SourceRef.class).forEach(source -> require(source.path()));
    PartRef.requirePlaced(order);
    Records.all(order, Path.class).stream()
        .map(Path::toString)
        .filter(text -> PartRef.tryParse(text).isEmpty())
        .forEach(InputRef::require);
  }
}
