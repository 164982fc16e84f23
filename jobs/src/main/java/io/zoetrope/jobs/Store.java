package io.zoetrope.jobs;

import java.nio.file.Path;

/**
 * The folder that jobs and inputs lie in. Names are ids and hashes only; nothing that a stranger
 * says becomes part of a path.
 *
 * <pre>
 * inputs/ab/abcdef...      bytes by their hash
 * jobs/ID/attempt-1/       video.mp4, thumbnail.webp, sheet.jpg, steps/9.webp, manifest.json
 * zoetrope.db              the database, unless it is elsewhere
 * </pre>
 *
 * @param folder where all that is
 */
public record Store(Path folder) {
  /** Of uploaded bytes. */
  public Path input(String sha256) {
    return folder.resolve("inputs").resolve(sha256.substring(0, 2)).resolve(sha256);
  }

  /** Of a job. */
  public Path job(JobId id) {
    return folder.resolve("jobs").resolve(id.text());
  }

  /** Of an attempt at it. */
  public Path attempt(JobId id, int number) {
    return job(id).resolve("attempt-" + number);
  }
}
