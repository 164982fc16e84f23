package io.zoetrope.bench.same;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.imageio.ImageIO;

/** SHA-256 of what files hold, without what they merely remember of how they were made. */
final class Digests {
  /** The metadata of a .safetensors file: strings by name. */
  private static final Pattern METADATA =
      Pattern.compile(
          "\"__metadata__\"\\s*:\\s*\\{(?:\\s*\"(?:[^\"\\\\]|\\\\.)*+\"\\s*[:,]?)*+\\s*\\}\\s*,?");

  private static final Pattern SECONDS = Pattern.compile("\"seconds\":[^,}]*,?");

  private Digests() {}

  /** Names, shapes and bytes of the tensors of a file. */
  static String tensors(Path file) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    byte[] header = new byte[Math.toIntExact(bytes.getLong())];
    bytes.get(header);
    String text = new String(header, StandardCharsets.UTF_8).strip();
    MessageDigest digest = sha256();
    digest.update(METADATA.matcher(text).replaceFirst("").getBytes(StandardCharsets.UTF_8));
    digest.update(bytes);
    return hex(digest);
  }

  /** The tensors of all files below a folder, and where each lies. */
  static String allTensors(Path folder) throws IOException {
    MessageDigest digest = sha256();
    for (Path file : below(folder, ".safetensors")) {
      digest.update(folder.relativize(file).toString().getBytes(StandardCharsets.UTF_8));
      digest.update(tensors(file).getBytes(StandardCharsets.UTF_8));
    }
    return hex(digest);
  }

  /** The pixels of a folder of PNG files. */
  static String frames(Path folder) throws IOException {
    MessageDigest digest = sha256();
    for (Path file : below(folder, ".png")) {
      BufferedImage image = ImageIO.read(file.toFile());
      int width = image.getWidth();
      int[] rgb = image.getRGB(0, 0, width, image.getHeight(), null, 0, width);
      ByteBuffer bytes = ByteBuffer.allocate(4 * (rgb.length + 2));
      bytes.putInt(width).putInt(image.getHeight()).asIntBuffer().put(rgb);
      digest.update(bytes.array());
    }
    return hex(digest);
  }

  /** The log of a training, without the seconds that steps took. */
  static String curve(Path file) throws IOException {
    MessageDigest digest = sha256();
    String text = SECONDS.matcher(Files.readString(file)).replaceAll("");
    digest.update(text.getBytes(StandardCharsets.UTF_8));
    return hex(digest);
  }

  /** Files of one kind, at least one. */
  static List<Path> below(Path folder, String ending) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      List<Path> found = files.filter(file -> file.toString().endsWith(ending)).sorted().toList();
      if (found.isEmpty()) {
        throw new IOException("there is no *" + ending + " in " + folder);
      }
      return found;
    }
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String hex(MessageDigest digest) {
    return HexFormat.of().formatHex(digest.digest());
  }
}
