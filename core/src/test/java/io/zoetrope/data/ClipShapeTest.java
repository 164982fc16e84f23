package io.zoetrope.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.data.toybox.Split;
import io.zoetrope.data.toybox.ToyboxDataset;
import io.zoetrope.error.UserError;
import io.zoetrope.media.Png;
import io.zoetrope.media.Video;
import io.zoetrope.media.VideoWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clips of a folder, each in the largest bucket that it fills. */
class ClipShapeTest {
  private static final ClipShape SQUARE = new ClipShape(32, 32, 8);
  private static final ClipShape WIDE = new ClipShape(48, 32, 8);
  private static final ClipShape TALL = new ClipShape(32, 48, 8);
  private static final ClipShape STILL = new ClipShape(32, 32, 1);
  private static final ClipShape LONG = new ClipShape(32, 32, 16);
  private static final List<ClipShape> ALL = List.of(SQUARE, WIDE, TALL, STILL, LONG);

  @TempDir Path folder;

  private static Video video(int width, int height, int frames) {
    return new ToyboxDataset(1, Split.TRAIN, width, height, frames, 8).get(0).video();
  }

  private void clip(String name, int width, int height, int frames) throws IOException {
    Path file = folder.resolve(name + (frames == 1 ? ".png" : ".mp4"));
    Video video = video(width, height, frames);
    if (frames == 1) {
      Png.write(file, video.frames().getFirst());
    } else {
      VideoWriter.write(file, video);
    }
    Files.writeString(folder.resolve(name + ".txt"), name);
  }

  private Map<String, List<String>> sorted() {
    Map<String, List<String>> names = new TreeMap<>();
    ClipShape.buckets(folder, ALL, FolderDataset.Options.of(1, 1, 1, 8))
        .forEach((shape, clips) ->
            names.put(
                shape.toString(),
                LongStream.range(0, clips.size()).mapToObj(clips::caption).toList()));
    return names;
  }

  @Test
  void eachFallsToTheLargestThatItFills() throws IOException {
    clip("square", 64, 64, 10);
    clip("wide", 96, 64, 10);
    clip("wider", 128, 50, 8);
    clip("tall", 40, 64, 12);
    clip("long", 96, 64, 20);
    clip("picture", 200, 40, 1);
    assertThat(sorted())
        .containsExactlyEntriesOf(
            new TreeMap<>(
                Map.of(
                    "32x32x8", List.of("square"),
                    "48x32x8", List.of("wide", "wider"),
                    "32x48x8", List.of("tall"),
                    "32x32x16", List.of("long"),
                    "32x32x1", List.of("picture"))));
    Clip tall =
        Objects.requireNonNull(
                ClipShape.buckets(folder, ALL, FolderDataset.Options.of(1, 1, 1, 8)).get(TALL))
            .get(0);
    assertThat(tall.video().width()).isEqualTo(32);
    assertThat(tall.video().height()).isEqualTo(48);
    assertThat(tall.video().frames()).hasSize(8);
  }

  @Test
  void whatFillsNoneIsNamed() throws IOException {
    clip("small", 24, 64, 10);
    clip("short", 64, 64, 4);
    clip("good", 64, 64, 10);
    assertThatThrownBy(() ->
            ClipShape.buckets(folder, List.of(SQUARE, WIDE), FolderDataset.Options.of(1, 1, 1, 8)))
        .isInstanceOf(UserError.class)
        .hasMessageContainingAll(
            "small.mp4 fills no bucket: it has 24x64 pixels and 10 frames at 8.0 per second",
            "short.mp4 fills no bucket");
  }

  @Test
  void emptyBucketsAreLeftOut() throws IOException {
    clip("square", 64, 64, 10);
    assertThat(ClipShape.buckets(folder, ALL, FolderDataset.Options.of(1, 1, 1, 8)))
        .containsOnlyKeys(SQUARE);
  }
}
