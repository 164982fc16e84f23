package io.zoetrope.media;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A WebP taken apart by hand. */
final class WebpChunks {
  /** One of the outermost. */
  record Chunk(String name, byte[] data) {}

  private WebpChunks() {}

  static List<Chunk> of(Path path) throws IOException {
    ByteBuffer file = ByteBuffer.wrap(Files.readAllBytes(path)).order(ByteOrder.LITTLE_ENDIAN);
    if (file.getInt(4) + 8 != file.limit()) {
      throw new IOException("the length of RIFF is " + file.getInt(4) + " of " + file.limit());
    }
    List<Chunk> chunks = new ArrayList<>();
    for (int at = 12; at < file.limit(); at += 8 + (file.getInt(at + 4) + 1) / 2 * 2) {
      String name = new String(file.array(), at, 4, StandardCharsets.US_ASCII);
      int from = at + 8;
      chunks.add(
          new Chunk(name, Arrays.copyOfRange(file.array(), from, from + file.getInt(at + 4))));
    }
    return chunks;
  }
}
