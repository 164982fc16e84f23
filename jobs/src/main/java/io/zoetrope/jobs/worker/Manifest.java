package io.zoetrope.jobs.worker;

import io.zoetrope.error.UserError;
import io.zoetrope.jobs.Job;
import io.zoetrope.record.RecordReader;
import io.zoetrope.record.RecordWriter;
import io.zoetrope.torch.AtomicFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What an attempt made: {@value #FILE} in its folder, written when all else in it is whole. A
 * folder without one holds nothing that counts.
 *
 * @param file its name in the job's folder, as {@code attempt-1/video.mp4}
 * @param bytes how many
 * @param sha256 of them
 * @param shape as it came out
 * @param notes all that was told
 * @param draft whether it is a look at work that can go on
 */
public record Manifest(
    String file, long bytes, String sha256, Job.Shape shape, List<String> notes, boolean draft) {
  /** Its name. */
  public static final String FILE = "manifest.json";

  public Manifest {
    notes = List.copyOf(notes);
  }

  /** The file that it is of. */
  public Job.Result result() {
    return new Job.Result(file, bytes, sha256);
  }

  /** That of an attempt; empty if it has none, and what is made is not whole. */
  public static Optional<Manifest> read(Path folder) {
    Path file = folder.resolve(FILE);
    try {
      return Files.isRegularFile(file)
          ? Optional.of(RecordReader.read(FILE, Files.readString(file), Manifest.class))
          : Optional.empty();
    } catch (IOException | UserError e) {
      return Optional.empty();
    }
  }

  /** Writes it, durably. */
  void write(Path folder) {
    AtomicFiles.text(folder.resolve(FILE), RecordWriter.write(this));
  }
}
