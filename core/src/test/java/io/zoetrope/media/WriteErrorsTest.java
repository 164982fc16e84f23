package io.zoetrope.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.zoetrope.error.UserError;
import io.zoetrope.media.WriteOptions.Chroma;
import io.zoetrope.media.WriteOptions.Durability;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every failure is one line that names the cause, and leaves nothing half written. */
class WriteErrorsTest {
  private static final Video CLIP = TestClips.smooth(64, 64, 4, 8);
  @TempDir Path folder;
  private List<Path> before = List.of();

  @BeforeEach
  void remember() throws IOException {
    before = tree();
  }

  private List<Path> tree() throws IOException {
    try (Stream<Path> walk = Files.walk(folder)) {
      return walk.sorted().toList();
    }
  }

  @AfterEach
  void nothingIsLeft() throws IOException {
    assertThat(tree()).isEqualTo(before);
  }

  private static void fails(Runnable body, String... words) {
    assertThatThrownBy(body::run)
        .isInstanceOf(UserError.class)
        .message()
        .contains(words)
        .doesNotContain("\n")
        .hasSizeLessThan(250);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a.avi", "a.mp5", "a.tga", "a.b.c"})
  void unknownEnding(String name) {
    fails(() -> VideoWriter.write(folder.resolve(name), CLIP), "cannot write", ".webm");
  }

  @ParameterizedTest
  @CsvSource({"65,64", "64,65", "1,1", "127,95"})
  void oddSidesInMp4(int w, int h) {
    fails(
        () -> VideoWriter.open(folder.resolve("a.mp4"), w, h, WriteOptions.at(8)),
        "even sides",
        w + "x" + h,
        ".webm");
  }

  @Test
  void tooSmallForMp4() {
    fails(
        () -> VideoWriter.open(folder.resolve("a.mp4"), 8, 8, WriteOptions.at(8)),
        "at least 16x16",
        "8x8");
  }

  @ParameterizedTest
  @CsvSource({
    "a.mp4,3842,16",
    "a.webm,20000,16",
    "a.webp,20000,16",
    "a.gif,70000,16",
    "a.png,70000,16"
  })
  void tooLarge(String name, int w, int h) {
    fails(
        () -> VideoWriter.open(folder.resolve(name), w, h, WriteOptions.at(8)), "too many", "" + w);
  }

  @Test
  void gifAboveFiftyFramesASecond() {
    fails(
        () -> VideoWriter.open(folder.resolve("a.gif"), 64, 64, WriteOptions.at(60)), "50", "60.0");
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, -1, Double.NaN, Double.POSITIVE_INFINITY, 1001})
  void sillyRates(double fps) {
    fails(() -> WriteOptions.at(fps), "frames per second", "" + fps);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -5, 101})
  void sillyQuality(int quality) {
    fails(() -> WriteOptions.at(8).quality(quality), "from 1 to 100", "" + quality);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a.mp4", "a.gif", "a.webp", "a.png", "a"})
  void fullChromaElsewhere(String name) {
    WriteOptions options = WriteOptions.at(8).chroma(Chroma.FULL);
    fails(() -> VideoWriter.write(folder.resolve(name), CLIP, options), ".webm only");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a.webp", "a.png"})
  void cannotGrow(String name) {
    WriteOptions options = WriteOptions.at(8).durability(Durability.GROWING);
    fails(() -> VideoWriter.write(folder.resolve(name), CLIP, options), "grows in place", name);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a.mp4", "a.webm", "a.gif", "a.webp", "a.png", "a"})
  void noSuchParent(String name) {
    fails(
        () -> VideoWriter.write(folder.resolve("missing").resolve(name), CLIP),
        "there is no folder",
        "missing");
  }

  @Test
  void parentIsAFile() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "x");
    fails(() -> VideoWriter.write(file.resolve("a.mp4"), CLIP), "is not a folder");
    Files.delete(file);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a.mp4", "a.webm", "a.gif", "a.webp", "a.png", "a"})
  void unwritableFolder(String name) throws IOException {
    Path locked = Files.createDirectory(folder.resolve("locked"));
    assertThat(locked.toFile().setWritable(false)).isTrue();
    // Root may write everywhere but into the kernel's tables.
    Path place = Files.isWritable(locked) ? Path.of("/proc") : locked;
    assumeTrue(Files.exists(place));
    fails(() -> VideoWriter.write(place.resolve(name), CLIP), "cannot write", name);
    assertThat(locked.toFile().setWritable(true)).isTrue();
    Files.delete(locked);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a.mp4", "a.webm", "a.gif", "a.webp"})
  void targetIsAFolder(String name) throws IOException {
    Path inTheWay = Files.createDirectory(folder.resolve(name));
    Files.writeString(inTheWay.resolve("keep"), "x");
    OutputFormat format = OutputFormat.of(Path.of(name));
    fails(
        () -> VideoWriter.open(inTheWay, format, 64, 64, WriteOptions.at(8)), "is a folder", name);
    assertThat(inTheWay.resolve("keep")).exists();
    Files.delete(inTheWay.resolve("keep"));
    Files.delete(inTheWay);
  }

  @Test
  void folderTargetHoldsSomethingElse() throws IOException {
    Path full = Files.createDirectory(folder.resolve("full"));
    Path treasure = Files.writeString(full.resolve("thesis.doc"), "x");
    fails(() -> VideoWriter.write(full, CLIP), "holds other files");
    assertThat(treasure).exists();
    Files.delete(treasure);
    Files.delete(full);
  }

  @Test
  void folderTargetIsAFile() throws IOException {
    Path file = Files.writeString(folder.resolve("frames"), "x");
    fails(() -> VideoWriter.write(file, CLIP), "is a file");
    assertThat(file).hasContent("x");
    Files.delete(file);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a.mp4", "a.webm", "a.gif", "a.webp", "a.png", "a"})
  void zeroFrames(String name) {
    try (VideoWriter writer = VideoWriter.open(folder.resolve(name), 64, 64, WriteOptions.at(8))) {
      fails(writer::commit, "no frames");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"a.mp4", "a.webm", "a.gif", "a.webp", "a.png", "a"})
  void abandoned(String name) {
    try (VideoWriter writer = VideoWriter.open(folder.resolve(name), 64, 64, WriteOptions.at(8))) {
      writer.write(CLIP.frames().getFirst());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"a.mp4", "a.webm", "a.gif", "a.webp", "a.png", "a"})
  void writeAfterClose(String name) {
    VideoWriter writer = VideoWriter.open(folder.resolve(name), 64, 64, WriteOptions.at(8));
    writer.close();
    writer.close();
    Frame frame = CLIP.frames().getFirst();
    assertThatThrownBy(() -> writer.write(frame))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("closed");
    assertThatThrownBy(writer::commit).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void writeAfterCommit() throws IOException {
    Path path = folder.resolve("a.mp4");
    try (VideoWriter writer = VideoWriter.open(path, 64, 64, WriteOptions.at(8))) {
      writer.write(CLIP.frames().getFirst());
      writer.commit();
      Frame frame = CLIP.frames().getFirst();
      assertThatThrownBy(() -> writer.write(frame)).isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(writer::commit).isInstanceOf(IllegalStateException.class);
    }
    assertThat(VideoReader.read(path).frames()).hasSize(1);
    Files.delete(path);
  }

  @Test
  void frameOfAnotherSize() {
    try (VideoWriter writer =
        VideoWriter.open(folder.resolve("a.mp4"), 64, 64, WriteOptions.at(8))) {
      writer.write(CLIP.frames().getFirst());
      fails(() -> writer.write(TestClips.plain(32, 64, 0, 0, 0)), "one size", "64x64", "32x64");
    }
  }

  @Test
  void failureKeepsTheOldFile() throws IOException {
    Path path = folder.resolve("a.mp4");
    VideoWriter.write(path, CLIP);
    byte[] old = Files.readAllBytes(path);
    try (VideoWriter writer = VideoWriter.open(path, 128, 128, WriteOptions.at(8))) {
      writer.write(TestClips.plain(128, 128, 0, 0, 0));
    }
    assertThat(path).hasBinaryContent(old);
    Files.delete(path);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a.mp4", "a.webm", "a.gif", "a.webp", "a.png", "a"})
  void fullDisk(String name) throws Exception {
    Path disk = Files.createDirectory(folder.resolve("disk"));
    boolean mounted = run("mount", "-t", "tmpfs", "-o", "size=32k", "none", disk.toString());
    try {
      assumeTrue(mounted, "needs root to mount a small disk");
      Video noise = TestClips.noise(256, 256, 12, 8);
      fails(() -> VideoWriter.write(disk.resolve(name), noise), "cannot write", "space", name);
      try (Stream<Path> left = Files.list(disk)) {
        assertThat(left).isEmpty();
      }
    } finally {
      assertThat(!mounted || run("umount", disk.toString())).isTrue();
      Files.delete(disk);
    }
  }

  private static boolean run(String... command) throws Exception {
    Process process;
    try {
      process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(new File("/dev/null"))
              .start();
    } catch (IOException e) {
      return false;
    }
    return process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0;
  }
}
