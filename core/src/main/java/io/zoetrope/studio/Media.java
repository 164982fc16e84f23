package io.zoetrope.studio;

import io.zoetrope.torch.AtomicFiles;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import javax.imageio.ImageIO;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/**
 * A picture or a video that a task begins with, from wherever it is. Of any size, rate and length:
 * it is fitted to what the model makes. Any number of orders and threads may use one.
 *
 * <p>What kind of file some bytes are, is seen when a video is made of them; what is no picture and
 * no video is a {@link io.zoetrope.error.UserError} then.
 */
public final class Media {
  /** Puts something where FFmpeg can read it. */
  private interface Stage {
    Path in(Path folder) throws IOException;
  }

  private final Optional<Path> file;
  private final Stage stage;

  private Media(Optional<Path> file, Stage stage) {
    this.file = file;
    this.stage = stage;
  }

  private Media(Stage stage) {
    this(Optional.empty(), stage);
  }

  /** A file, or a folder of pictures; it is read when a video is made. */
  public static Media of(Path path) {
    return new Media(Optional.of(path), folder -> path);
  }

  /** The content of a picture's or video's file; copied. */
  public static Media of(byte[] content) {
    byte[] own = content.clone();
    return new Media(folder -> Files.write(folder.resolve("given"), own));
  }

  /**
   * The content of a picture's or video's file, which is read to its end now and kept in Java's
   * heap; the stream stays open. Large videos are better given as a {@link Path}.
   *
   * @throws UncheckedIOException if the stream fails
   */
  public static Media of(InputStream content) {
    try {
      byte[] own = content.readAllBytes();
      return new Media(folder -> Files.write(folder.resolve("given"), own));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read what is given", e);
    }
  }

  /** A picture as it is now; where it is transparent it is put on black. */
  public static Media of(BufferedImage picture) {
    byte[] png = png(picture);
    return new Media(folder -> Files.write(folder.resolve("given.png"), png));
  }

  /**
   * A video of pictures as they are now, one for each frame.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static Media of(List<BufferedImage> frames) {
    if (frames.isEmpty()) {
      throw new IllegalArgumentException("a video needs at least one picture");
    }
    List<byte[]> all = new ArrayList<>();
    frames.forEach(frame -> all.add(png(frame)));
    return new Media(folder -> {
      Path given = Files.createDirectory(folder.resolve("given"));
      for (int i = 0; i < all.size(); i++) {
        Files.write(given.resolve(String.format(Locale.ROOT, "%06d.png", i)), all.get(i));
      }
      return given;
    });
  }

  private static byte[] png(BufferedImage picture) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (MemoryCacheImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
      if (!ImageIO.write(picture, "png", out)) {
        throw new IllegalArgumentException("a picture of this kind cannot be read: " + picture);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /** Where it lies by itself; empty if it is in memory. */
  Optional<Path> file() {
    return file;
  }

  /**
   * Where it lies as a file or folder.
   *
   * @param folder empty, for what is in memory
   */
  Path in(Path folder) {
    try {
      return stage.in(folder);
    } catch (IOException e) {
      throw AtomicFiles.cannot("write", folder, e);
    }
  }
}
