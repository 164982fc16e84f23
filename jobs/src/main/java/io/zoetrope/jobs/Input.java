package io.zoetrope.jobs;

import java.time.Instant;
import java.util.Optional;

/**
 * Bytes that were uploaded, kept once whoever uploads them.
 *
 * @param sha256 of them, 64 lower-case digits: their name
 * @param bytes how many
 * @param kind what they are, as {@code png}, {@code jpeg}, {@code webp}, {@code gif}, {@code mp4},
 *     {@code webm}, {@code plan}
 * @param width of pictures and videos, pixels; 0 for others
 * @param height of them
 * @param frames of videos, if their file says so
 * @param fps of videos
 * @param created when they first came
 */
public record Input(
    String sha256,
    long bytes,
    String kind,
    int width,
    int height,
    Optional<Long> frames,
    Optional<Double> fps,
    Instant created) {
  /** How an order names them. */
  public InputRef ref() {
    return new InputRef.Upload(sha256);
  }
}
