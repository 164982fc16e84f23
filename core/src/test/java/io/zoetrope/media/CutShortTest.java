package io.zoetrope.media;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What decodes although it is cut short says so. */
class CutShortTest {
  @TempDir private Path folder;

  @Test
  void aPictureThatIsCutSaysSo() throws IOException {
    Path whole = folder.resolve("a.jpg");
    WriteOptions options = WriteOptions.at(8).metadata(VideoMetadata.of("comment", "hello"));
    VideoWriter.write(whole, TestClips.smooth(96, 64, 1, 8), options);
    byte[] bytes = Files.readAllBytes(whole);
    Path cut = Files.write(folder.resolve("b.jpg"), Arrays.copyOf(bytes, bytes.length * 3 / 4));
    Path more = Files.write(folder.resolve("c.jpg"), Arrays.copyOf(bytes, bytes.length + 9));
    assertThat(report(whole)).doesNotContain("ends early");
    assertThat(report(more)).doesNotContain("ends early");
    assertThat(report(cut)).endsWith(Stored.SPOILT);
  }

  private static String report(Path path) {
    return Source.picture(path, Source.Wish.of(96, 64)).report();
  }
}
