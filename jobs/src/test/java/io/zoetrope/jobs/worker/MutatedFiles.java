package io.zoetrope.jobs.worker;

import io.zoetrope.media.Frame;
import io.zoetrope.media.Video;
import io.zoetrope.media.VideoMetadata;
import io.zoetrope.media.VideoWriter;
import io.zoetrope.media.WriteOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;

/**
 * Files of six kinds with bytes changed, cut off, doubled or put in, handed to the media process:
 * each is read or refused in a sentence of ours. As a main: a folder, how many, and a seed.
 */
public final class MutatedFiles {
  private static final List<String> KINDS = List.of("mp4", "webm", "gif", "png", "jpg", "webp");

  private final Path folder;
  private final Random random;
  private final Map<String, byte[]> whole = new TreeMap<>();

  MutatedFiles(Path folder, long seed) throws IOException {
    this.folder = folder;
    random = new Random(seed);
    for (String kind : KINDS) {
      whole.put(kind, whole(kind));
    }
  }

  /** Runs as many as are asked for, and says what came of them. */
  public static void main(String[] args) throws IOException {
    long seed = Long.parseLong(args[2]);
    long began = System.nanoTime();
    try (MediaProcess media = new MediaProcess(MediaLimits.USUAL)) {
      Map<String, Integer> told =
          new MutatedFiles(Path.of(args[0]), seed).run(media, Integer.parseInt(args[1]));
      System.out.printf(
          "seed %d: %s; not survived %d; %.0f s%n",
          seed, told, media.killed(), (System.nanoTime() - began) / 1e9);
    }
  }

  private byte[] whole(String kind) throws IOException {
    List<Frame> frames = new ArrayList<>();
    boolean still = kind.equals("png") || kind.equals("jpg");
    for (int f = 0; f < (still ? 1 : 6); f++) {
      byte[] rgb = new byte[3 * 64 * 48];
      for (int i = 0; i < rgb.length; i++) {
        rgb[i] = (byte) (i * (f + 3) / 7);
      }
      frames.add(new Frame(64, 48, rgb));
    }
    Path file = folder.resolve("whole." + kind);
    VideoWriter.write(
        file,
        new Video(frames, 8),
        WriteOptions.at(8).metadata(VideoMetadata.of("zoetrope", "{\"order\": 1}")));
    return Files.readAllBytes(file);
  }

  /** How often each answer came, by its words. */
  Map<String, Integer> run(MediaProcess media, int count) throws IOException {
    Map<String, Integer> told = new TreeMap<>();
    for (int i = 0; i < count; i++) {
      String kind = KINDS.get(i % KINDS.size());
      // No ending: nothing that a stranger says is part of a name.
      Path file = folder.resolve("0");
      Files.write(file, mutated(Objects.requireNonNull(whole.get(kind))));
      told.merge(answer(media, file, i % 3), 1, Integer::sum);
    }
    return told;
  }

  private static String answer(MediaProcess media, Path file, int what) {
    try {
      switch (what) {
        case 0 -> media.at(file, "0".repeat(64), 1);
        case 1 -> media.thumbnail(file);
        default -> media.recall(file);
      }
      return "read";
    } catch (MediaException e) {
      return e.code() + ": " + e.getMessage();
    }
  }

  private byte[] mutated(byte[] file) {
    byte[] bytes = file.clone();
    int changes = 1 + random.nextInt(12);
    for (int i = 0; i < changes; i++) {
      int at =
          random.nextInt(3) == 0
              ? random.nextInt(bytes.length)
              : random.nextInt(200) % bytes.length;
      switch (random.nextInt(5)) {
        case 0 -> bytes[at] = (byte) random.nextInt(256);
        case 1 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
        case 2 -> Arrays.fill(bytes, at, Math.min(bytes.length, at + 4), (byte) 0xff);
        case 3 -> bytes = Arrays.copyOf(bytes, Math.max(16, bytes.length - random.nextInt(60)));
        default -> bytes = doubled(bytes, at);
      }
    }
    return bytes;
  }

  private byte[] doubled(byte[] bytes, int at) {
    int length = Math.min(bytes.length - at, 1 + random.nextInt(64));
    byte[] more = new byte[bytes.length + length];
    System.arraycopy(bytes, 0, more, 0, at + length);
    System.arraycopy(bytes, at, more, at + length, bytes.length - at);
    return more;
  }
}
