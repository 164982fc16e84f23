package io.zoetrope.jobs;

import io.zoetrope.record.Json;
import io.zoetrope.torch.AtomicFiles;
import io.zoetrope.torch.FileDigest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;

/**
 * What an attempt has made, in its folder: written last, whole or not at all. Where one is, the
 * file that it names is finished, whatever became of whoever made it.
 *
 * @param file its name in the folder, as {@code video.mp4}
 * @param sha256 of the file
 * @param bytes of the file
 * @param shape as it came out
 * @param draft whether only the first rows were walked
 * @param notes what was told while it was made
 */
public record Manifest(
    String file, String sha256, long bytes, Job.Shape shape, boolean draft, List<String> notes) {
  /** How it is called in the folder of an attempt. */
  public static final String NAME = "manifest.json";

  public Manifest {
    notes = List.copyOf(notes);
  }

  /** Of a file that is finished. */
  public static Manifest of(Path file, Job.Shape shape, boolean draft, List<String> notes)
      throws IOException {
    return new Manifest(
        String.valueOf(file.getFileName()),
        FileDigest.of(file),
        Files.size(file),
        shape,
        draft,
        notes);
  }

  /** Writes it into the folder of an attempt. All else there must have been written before. */
  public void write(Path attempt) {
    AtomicFiles.text(attempt.resolve(NAME), Json.MAPPER.writeValueAsString(this));
  }

  /** The one in a folder, if its file is there to the last byte; empty otherwise. */
  public static Optional<Manifest> whole(Path attempt) {
    Path file = attempt.resolve(NAME);
    if (!Files.isRegularFile(file)) {
      return Optional.empty();
    }
    try {
      Manifest manifest = Json.MAPPER.readValue(Files.readString(file), Manifest.class);
      Path made = attempt.resolve(manifest.file);
      return Files.isRegularFile(made)
              && Files.size(made) == manifest.bytes
              && FileDigest.of(made).equals(manifest.sha256)
          ? Optional.of(manifest)
          : Optional.empty();
    } catch (IOException | JacksonException e) {
      return Optional.empty();
    }
  }

  /**
   * As a job has it.
   *
   * @param number of the attempt
   */
  public Job.Result result(int number) {
    return new Job.Result("attempt-" + number + "/" + file, bytes, sha256);
  }
}
