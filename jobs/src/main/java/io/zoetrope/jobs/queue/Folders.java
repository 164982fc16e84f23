package io.zoetrope.jobs.queue;

import io.zoetrope.jobs.Job;
import io.zoetrope.jobs.JobId;
import io.zoetrope.jobs.Manifest;
import io.zoetrope.jobs.Store;
import io.zoetrope.torch.AtomicFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Folders of attempts, and what becomes of them. */
final class Folders {
  private static final Pattern ATTEMPT = Pattern.compile("attempt-(\\d{1,9})");
  private static final String LATENTS = "latents.safetensors";
  private static final String STEPS = "steps";

  private final Store store;

  Folders(Store store) {
    this.store = store;
  }

  /**
   * A whole output.
   *
   * @param number of its attempt
   */
  record Whole(int number, Manifest manifest) {}

  /** An empty one for an attempt. */
  Path make(JobId id, int number) throws IOException {
    Path folder = store.attempt(id, number);
    AtomicFiles.deleteTree(folder);
    return Files.createDirectories(folder);
  }

  /** Where a result lies. */
  Path attempt(JobId id, Job.Result result) {
    return store.job(id).resolve(result.file().replaceAll("/.*", ""));
  }

  /** What an attempt before this one has finished, if it was lost before it could say so. */
  Optional<Whole> whole(Job job) throws IOException {
    for (int number : numbers(job.id())) {
      Optional<Manifest> manifest =
          number < job.attempt()
              ? Manifest.whole(store.attempt(job.id(), number))
              : Optional.empty();
      if (manifest.isPresent() && manifest.get().draft() == job.draftRows().isPresent()) {
        return Optional.of(new Whole(number, manifest.get()));
      }
    }
    return Optional.empty();
  }

  /** The last attempt before this one that left latents. */
  Optional<Path> resume(Job job) throws IOException {
    return numbers(job.id()).stream()
        .filter(number -> number < job.attempt())
        .map(number -> store.attempt(job.id(), number))
        .filter(folder -> Files.isRegularFile(folder.resolve(LATENTS)))
        .findFirst();
  }

  /**
   * Only what the result needs stays: its attempt, with the pictures of steps that were made before
   * by others.
   */
  void keep(JobId id, Job.Result result) throws IOException {
    Path kept = attempt(id, result);
    for (int number : numbers(id)) {
      Path other = store.attempt(id, number);
      if (!other.equals(kept)) {
        moveSteps(other, kept);
        AtomicFiles.deleteTree(other);
      }
    }
    AtomicFiles.sweep(kept);
    AtomicFiles.sweep(kept.resolve(STEPS));
  }

  /** Of all files in a folder. */
  static long bytes(Path folder) throws IOException {
    long sum = 0;
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
        sum += Files.size(file);
      }
    }
    return sum;
  }

  void delete(JobId id) throws IOException {
    AtomicFiles.deleteTree(store.job(id));
  }

  void delete(JobId id, int number) throws IOException {
    AtomicFiles.deleteTree(store.attempt(id, number));
  }

  /** Attempts that have a folder, last first. */
  private List<Integer> numbers(JobId id) throws IOException {
    Path folder = store.job(id);
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> entries = Files.list(folder)) {
      return entries
          .map(entry -> ATTEMPT.matcher(String.valueOf(entry.getFileName())))
          .filter(Matcher::matches)
          .map(name -> Integer.valueOf(name.group(1)))
          .sorted(Comparator.reverseOrder())
          .toList();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private static void moveSteps(Path from, Path to) throws IOException {
    Path steps = from.resolve(STEPS);
    if (!Files.isDirectory(steps)) {
      return;
    }
    try (Stream<Path> pictures = Files.list(steps)) {
      for (Path picture : (Iterable<Path>) pictures::iterator) {
        String name = String.valueOf(picture.getFileName());
        Path target = to.resolve(STEPS).resolve(name);
        if (!Files.exists(target) && !name.startsWith(AtomicFiles.PREFIX)) {
          Files.createDirectories(to.resolve(STEPS));
          Files.move(picture, target, StandardCopyOption.ATOMIC_MOVE);
        }
      }
    }
  }
}
