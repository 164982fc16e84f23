package io.zoetrope.app;

import io.zoetrope.media.Frame;
import io.zoetrope.media.Png;
import io.zoetrope.media.Video;
import io.zoetrope.media.VideoWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;

/** Pictures, videos and plans that nobody can use, and a few that one can. */
final class BadSources {
  private BadSources() {}

  static void write(Path folder) throws IOException {
    Frame frame = new Frame(32, 32, new byte[32 * 32 * 3]);
    Png.write(folder.resolve("good.png"), frame);
    Png.write(folder.resolve("dot.png"), new Frame(1, 1, new byte[3]));
    VideoWriter.write(folder.resolve("clip.mp4"), new Video(Collections.nCopies(4, frame), 8));
    for (String name : new String[] {"good.png", "clip.mp4"}) {
      byte[] whole = Files.readAllBytes(folder.resolve(name));
      Files.write(
          folder.resolve(name.replaceAll("^.*\\.", "cut.")),
          Arrays.copyOf(whole, whole.length / 2));
    }
    text(folder, "no-frames.y4m", "YUV4MPEG2 W64 H64 F8:1 Ip A1:1 C420\n");
    Files.write(
        folder.resolve("no-frames.gif"),
        "GIF89a\u0010\0\u0010\0\0\0\0;".getBytes(StandardCharsets.ISO_8859_1));
    plan(folder, "plain.json", "", "[1,1],[0,0]");
    plan(folder, "given.json", "0", "[0,1],[0,0]");
    plan(folder, "ragged.json", "", "[1,1],[0]");
    plan(folder, "outside.json", "", "[1,1],[-0.5,0]");
  }

  private static void plan(Path folder, String name, String given, String levels)
      throws IOException {
    text(
        folder,
        name,
        "{\"format\":\"zoetrope-plan-1\",\"given\":[%s],\"levels\":[%s]}".formatted(given, levels));
  }

  private static void text(Path folder, String name, String text) throws IOException {
    Files.writeString(folder.resolve(name), text);
  }
}
