package io.zoetrope.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.data.FolderDataset.Options;
import io.zoetrope.error.UserError;
import io.zoetrope.media.Frame;
import io.zoetrope.media.Png;
import io.zoetrope.media.Video;
import io.zoetrope.media.VideoWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderDatasetTest {
  private static final Options SMALL = Options.of(32, 32, 4, 8);
  @TempDir Path folder;

  /** Frame i is a plain grey of 40 + 5 i. */
  private static Video counting(int width, int height, int frames, double fps) {
    List<Frame> out = new ArrayList<>();
    for (int i = 0; i < frames; i++) {
      byte[] rgb = new byte[width * height * 3];
      Arrays.fill(rgb, (byte) (40 + 5 * i));
      out.add(new Frame(width, height, rgb));
    }
    return new Video(out, fps);
  }

  private static int number(Frame frame) {
    return Math.round(((frame.rgb()[0] & 0xff) - 40) / 5f);
  }

  private void video(String name, int frames) {
    VideoWriter.write(folder.resolve(name), counting(64, 48, frames, 8));
  }

  private void text(String name, String text) throws IOException {
    Files.writeString(folder.resolve(name), text);
  }

  private void fails(String... words) {
    assertThatThrownBy(() -> FolderDataset.open(folder, SMALL))
        .isInstanceOf(UserError.class)
        .message()
        .contains(words)
        .doesNotContain("\n");
  }

  @Test
  void captionsBesideTheFiles() throws IOException {
    video("a.mp4", 16);
    text("a.txt", "  a grey clip\nthat brightens\n");
    Png.write(folder.resolve("b.png"), counting(40, 80, 1, 1).frames().getFirst());
    text("b.txt", "a grey picture");
    text("README.md", "notes");
    FolderDataset set = FolderDataset.open(folder, SMALL);
    assertThat(set.size()).isEqualTo(2);
    assertThat(set.get(0).caption()).isEqualTo("a grey clip that brightens");
    assertThat(set.get(0).video().frames()).hasSize(4);
    assertThat(set.get(0).video().fps()).isEqualTo(8);
    assertThat(set.get(0).video().width()).isEqualTo(32);
    assertThat(set.get(1).video().frames()).hasSize(1);
    assertThat(set.get(1).video().height()).isEqualTo(32);
    assertThat(set.summary()).contains("1 video, 1 picture, ", "2 are cut", "README.md");
    assertThat(set.path(1)).isEqualTo(folder.resolve("b.png"));
  }

  @Test
  void captionsInAList() throws IOException {
    Files.createDirectory(folder.resolve("sub"));
    video("sub/a.webm", 8);
    video("b.gif", 8);
    text(
        "metadata.jsonl",
        """
        {"file_name": "b.gif", "text": "second \\u00e4"}

        {"file_name": "sub/a.webm", "caption": "first", "extra": 1}
        """);
    FolderDataset set = FolderDataset.open(folder, SMALL);
    assertThat(set.size()).isEqualTo(2);
    assertThat(set.get(0).caption()).isEqualTo("second ä");
    assertThat(set.get(1).caption()).isEqualTo("first");
    assertThat(set.get(1).video().frames()).hasSize(4);
  }

  @Test
  void windowsDependOnSeedAndIndexOnly() throws IOException {
    video("a.mp4", 32);
    text("a.txt", "a clip");
    FolderDataset set = FolderDataset.open(folder, SMALL.windows(12));
    FolderDataset again = FolderDataset.open(folder, SMALL.windows(12));
    FolderDataset other = FolderDataset.open(folder, SMALL.windows(12).seed(1));
    assertThat(set.size()).isEqualTo(12);
    Set<Integer> starts = new HashSet<>();
    int moved = 0;
    for (int i = 0; i < 12; i++) {
      List<Frame> frames = set.get(i).video().frames();
      int first = number(frames.getFirst());
      starts.add(first);
      for (int f = 0; f < 4; f++) {
        assertThat(number(frames.get(f))).isEqualTo(first + f);
        assertThat(frames.get(f).rgb()).isEqualTo(again.get(i).video().frames().get(f).rgb());
      }
      moved += number(other.get(i).video().frames().getFirst()) != first ? 1 : 0;
    }
    assertThat(starts).hasSizeGreaterThan(5).allMatch(s -> s >= 0 && s <= 28);
    assertThat(moved).isGreaterThan(6);
  }

  @Test
  void manyThreadsSeeTheSameClips() throws IOException {
    video("a.mp4", 16);
    text("a.txt", "a clip");
    FolderDataset set = FolderDataset.open(folder, SMALL.windows(16));
    List<byte[]> alone =
        LongStream.range(0, 16).mapToObj(i -> set.get(i).video().frames().get(3).rgb()).toList();
    List<byte[]> together =
        LongStream.range(0, 16)
            .parallel()
            .mapToObj(i -> set.get(i).video().frames().get(3).rgb())
            .toList();
    for (int i = 0; i < 16; i++) {
      assertThat(together.get(i)).isEqualTo(alone.get(i));
    }
  }

  @Test
  void resamplesToTheWantedRate() throws IOException {
    VideoWriter.write(folder.resolve("a.mp4"), counting(64, 64, 16, 24));
    text("a.txt", "a clip");
    FolderDataset set = FolderDataset.open(folder, Options.of(32, 32, 5, 8));
    List<Frame> frames = set.get(0).video().frames();
    int first = number(frames.getFirst());
    for (int f = 1; f < 5; f++) {
      assertThat(number(frames.get(f))).isEqualTo(first + 3 * f);
    }
  }

  @Test
  void indexOutOfRange() throws IOException {
    video("a.mp4", 16);
    text("a.txt", "a clip");
    FolderDataset set = FolderDataset.open(folder, SMALL);
    assertThatThrownBy(() -> set.get(1)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> set.get(-1)).isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void noFolderOrNothingInIt() throws IOException {
    fails("has no videos or pictures");
    assertThatThrownBy(() -> FolderDataset.open(folder.resolve("x"), SMALL))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("there is no folder");
    text("f", "x");
    assertThatThrownBy(() -> FolderDataset.open(folder.resolve("f"), SMALL))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("is a file");
  }

  @Test
  void missingCaption() throws IOException {
    video("a.mp4", 8);
    fails("a.mp4 has no caption: write it to a.txt");
    text("a.txt", " \n");
    fails("a.txt is empty");
    Files.write(folder.resolve("a.txt"), "caf\u00e9".getBytes(StandardCharsets.ISO_8859_1));
    fails("a.txt is not UTF-8");
  }

  @Test
  void captionWithoutAVideoAndSharedCaptions() throws IOException {
    text("a.txt", "a clip");
    fails("has no videos or pictures");
    video("a.mp4", 8);
    video("a.gif", 8);
    fails("a.gif and a.mp4 would share a.txt");
  }

  @Test
  void brokenAndShortVideos() throws IOException {
    text("a.mp4", "this is not a video");
    text("a.txt", "a clip");
    video("b.mp4", 3);
    text("b.txt", "a short clip");
    video("c.gif", 3);
    text("c.txt", "a short clip");
    fails(
        "a.mp4' is not a video",
        "b.mp4 has 3 frames at 8.0 per second, 4 are needed",
        "c.gif has 3");
  }

  @Test
  void manyProblemsAreCounted() throws IOException {
    for (int i = 0; i < 9; i++) {
      text(i + ".mp4", "no video");
    }
    fails("0.mp4", "2.mp4", "and 6 more");
  }

  @Test
  void lyingLists() throws IOException {
    video("a.mp4", 8);
    video("b.mp4", 8);
    text("captions.jsonl", "{\"file_name\": \"a.mp4\", \"text\": \"a\"}\n");
    fails("b.mp4 is not in captions.jsonl");
    text("captions.jsonl", "{\"file_name\": \"c.mp4\", \"text\": \"c\"}\n{oops\n[1]\n");
    fails(
        "line 1 names c.mp4, which is not there",
        "line 2 is not a JSON",
        "line 3 has no file_name");
    text("captions.jsonl", "{\"file_name\": \"../a.mp4\", \"text\": \"c\"}");
    fails("outside of the folder");
    text("captions.jsonl", "{\"file_name\": \"a.mp4\"}");
    fails("line 1 has no text or caption for a.mp4");
    text(
        "captions.jsonl",
        "{\"file_name\": \"a.mp4\", \"text\": \"x\"}\n{\"file_name\": \"a.mp4\", \"text\": \"x\"}");
    fails("line 2 names a.mp4 again");
    text("metadata.jsonl", "");
    fails("two lists");
  }

  private void picture(String name) throws IOException {
    Files.createDirectories(folder.resolve(name).getParent());
    Png.write(folder.resolve("x.png"), counting(32, 32, 1, 1).frames().getFirst());
    Files.move(folder.resolve("x.png"), folder.resolve(name));
  }

  private List<String> captions() {
    FolderDataset set = FolderDataset.open(folder, SMALL);
    return LongStream.range(0, set.size()).mapToObj(set::caption).toList();
  }

  /** é in one letter and in two: nobody sees which. */
  @Test
  void namesAndCaptionsAreComparedInOneForm() throws IOException {
    picture("cafe\u0301.png");
    text("caf\u00e9.txt", "un cafe\u0301");
    assertThat(captions()).containsExactly("un caf\u00e9");
    text("captions.jsonl", "{\"file_name\": \"caf\u00e9.png\", \"text\": \"noir\"}");
    assertThat(captions()).containsExactly("noir");
  }

  @Test
  void endingsMayBeInCapitals() throws IOException {
    picture("a.PNG");
    text("a.TXT", "a ball");
    picture("b.png");
    text("b.caption", "a cube");
    assertThat(captions()).containsExactly("a ball", "a cube");
  }

  @Test
  void textsBesideNoClipAreLeftAloneAndNamed() throws IOException {
    picture("a.png");
    text("a.txt", "a ball");
    text("README.txt", "my clips");
    text("LICENSE", "free");
    assertThat(FolderDataset.open(folder, SMALL).summary())
        .contains("other files left alone: LICENSE, README.txt");
  }

  @Test
  void foldersInFoldersAreSeen() throws IOException {
    picture("b.png");
    text("b.txt", "a ball");
    picture("more/deep/c.png");
    text("more/deep/c.txt", "a cube");
    picture(".hidden/d.png");
    assertThat(captions()).containsExactly("a ball", "a cube");
    Files.createSymbolicLink(folder.resolve("more/round"), folder);
    assertThat(captions()).hasSize(2);
    Files.delete(folder.resolve("more/deep/c.txt"));
    fails("more/deep/c.png has no caption: write it to c.txt");
  }

  @Test
  void kohyasFoldersRepeat() throws IOException {
    picture("3_sks dog/a.png");
    picture("3_sks dog/b.png");
    text("3_sks dog/b.txt", "a dog that runs");
    picture("1_dog/c.png");
    assertThat(captions())
        .containsExactly(
            "dog",
            "sks dog",
            "sks dog",
            "sks dog",
            "a dog that runs",
            "a dog that runs",
            "a dog that runs");
    assertThat(FolderDataset.open(folder, SMALL).summary())
        .contains("clips of 3_sks dog/ are seen 3 times each", "captioned 'sks dog'");
  }

  /** A video that is repeated shows other parts of itself. */
  @Test
  void videosRepeatWithOtherWindows() throws IOException {
    Files.createDirectory(folder.resolve("8_toy"));
    video("8_toy/a.mp4", 32);
    FolderDataset set = FolderDataset.open(folder, SMALL);
    assertThat(LongStream.range(0, 8).mapToObj(set::print).distinct().count()).isGreaterThan(4);
  }

  @Test
  void aMarkAtTheBeginningIsNoPartOfAList() throws IOException {
    picture("a.png");
    text("captions.jsonl", "\ufeff{\"file_name\": \"./a.png\", \"text\": \"a ball\"}\r\n");
    assertThat(captions()).containsExactly("a ball");
    byte[] utf16 =
        "\ufeff{\"file_name\": \"a.png\", \"text\": \"ein B\u00e4r\"}"
            .getBytes(StandardCharsets.UTF_16LE);
    Files.write(folder.resolve("captions.jsonl"), utf16);
    assertThat(captions()).containsExactly("ein B\u00e4r");
  }

  @Test
  void tablesOfCaptions() throws IOException {
    picture("a.png");
    picture("sub/b.png");
    String rows =
        "file_name,id,text\r\na.png,1,\"a ball, red\"\r\nsub\\b.png,2,\"a \"\"big\"\"\ncube\"\r\n";
    text("metadata.csv", rows);
    assertThat(captions()).containsExactly("a ball, red", "a \"big\" cube");
    text("metadata.csv", "\ufefffile_name;caption\na.png;a ball\nsub/b.png;a cube\n");
    assertThat(captions()).containsExactly("a ball", "a cube");
    text("metadata.csv", "file_name,text\na.png,\n");
    fails("metadata.csv line 2 has no text or caption for a.png", "sub/b.png is not in");
    text("metadata.csv", "a.png,a ball\n");
    fails("metadata.csv has no heading with file_name and text");
  }

  /** Each folder may have its own list: splits of a data set. */
  @Test
  void listsOfFoldersInFolders() throws IOException {
    picture("train/a.png");
    text("train/metadata.jsonl", "{\"file_name\": \"a.png\", \"text\": \"a ball\"}");
    picture("test/b.png");
    text("test/metadata.csv", "file_name,text\nb.png,a cube");
    assertThat(captions()).containsExactly("a cube", "a ball");
  }

  @Test
  void sillyOptions() {
    assertThatThrownBy(() -> Options.of(0, 1, 1, 1)).isInstanceOf(UserError.class);
    assertThatThrownBy(() -> Options.of(1, 1, 0, 1)).isInstanceOf(UserError.class);
    assertThatThrownBy(() -> Options.of(1, 1, 1, Double.NaN)).isInstanceOf(UserError.class);
    assertThatThrownBy(() -> SMALL.windows(0)).isInstanceOf(UserError.class);
  }
}
