package io.zoetrope.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.data.FolderDataset.Options;
import io.zoetrope.error.UserError;
import io.zoetrope.media.Frame;
import io.zoetrope.media.Png;
import io.zoetrope.progress.Progress;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tars of clips, our own and others'. */
class TarDatasetTest {
  private static final Options PICTURES = Options.of(8, 8, 1, 8);

  @TempDir Path folder;

  private byte[] picture(int grey) {
    byte[] rgb = new byte[8 * 8 * 3];
    Arrays.fill(rgb, (byte) grey);
    Path file = folder.resolve("picture.png");
    Png.write(file, new Frame(8, 8, rgb));
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static byte[] text(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private Path tar(String name, Map<String, byte[]> members) throws IOException {
    Path file = folder.resolve(name);
    try (OutputStream plain = Files.newOutputStream(file);
        OutputStream out = name.endsWith("gz") ? new GZIPOutputStream(plain) : plain;
        TarArchiveOutputStream tar = new TarArchiveOutputStream(out, "UTF-8")) {
      tar.setLongFileMode(
          name.contains("gnu")
              ? TarArchiveOutputStream.LONGFILE_GNU
              : TarArchiveOutputStream.LONGFILE_POSIX);
      for (Map.Entry<String, byte[]> member : members.entrySet()) {
        TarArchiveEntry entry = new TarArchiveEntry(member.getKey(), true);
        entry.setSize(member.getValue().length);
        tar.putArchiveEntry(entry);
        tar.write(member.getValue());
        tar.closeArchiveEntry();
      }
    }
    return file;
  }

  private Map<String, byte[]> samples(int first, int count) {
    Map<String, byte[]> members = new LinkedHashMap<>();
    for (int i = first; i < first + count; i++) {
      members.put("s%03d.png".formatted(i), picture(i));
      members.put("s%03d.txt".formatted(i), text("clip " + i + "\n"));
    }
    return members;
  }

  private static List<String> captions(TarDataset set) {
    return IntStream.range(0, (int) set.size()).mapToObj(set::caption).toList();
  }

  private static int grey(ClipDataset set, long index) {
    return set.get(index).video().frames().getFirst().rgb()[0] & 0xff;
  }

  @Test
  void whatIsPackedIsReadBackAsTheFolderIs() throws IOException {
    Path clips = Files.createDirectory(folder.resolve("clips"));
    for (int i = 0; i < 5; i++) {
      Files.write(clips.resolve(i + ".png"), picture(10 * i));
      Files.writeString(clips.resolve(i + ".txt"), "clip number " + i);
    }
    Path out = folder.resolve("tars");
    long two = 2 * Files.size(clips.resolve("1.png"));
    TarExport.Result packed = TarExport.write(clips, out, two, Progress.NONE);
    assertThat(packed).isEqualTo(new TarExport.Result(5, 3, 3));
    FolderDataset files = FolderDataset.open(clips, PICTURES);
    try (TarDataset set =
        TarDataset.open(TarDataset.tars(out + "/clips-{000000..000002}.tar"), PICTURES, 0)) {
      assertThat(set.size()).isEqualTo(5);
      for (int i = 0; i < 5; i++) {
        assertThat(set.caption(i)).isEqualTo(files.caption(i));
        assertThat(set.get(i).video().frames().getFirst().rgb())
            .isEqualTo(files.get(i).video().frames().getFirst().rgb());
        assertThat(set.print(i)).isEqualTo(files.print(i));
        assertThat(set.origin(i).digest()).isEqualTo(files.origin(i).digest());
      }
    }
    // Where each lies is in the index.
    String line = Files.readAllLines(out.resolve("index.jsonl")).get(3);
    assertThat(line).contains("\"shard\":\"clips-000001.tar\"", "\"offset\":");
    // What is there stays; what is not whole is written again.
    Files.delete(out.resolve("clips-000000.tar"));
    Files.write(
        out.resolve("clips-000001.tar"),
        Arrays.copyOf(Files.readAllBytes(out.resolve("clips-000001.tar")), 700));
    assertThat(TarExport.write(clips, out, two, Progress.NONE))
        .isEqualTo(new TarExport.Result(5, 3, 2));
  }

  @Test
  void othersTarsAreReadInWhateverManner() throws IOException {
    String longName = "deep/".repeat(30) + "x".repeat(60);
    Map<String, byte[]> members = new LinkedHashMap<>();
    members.put("./b.json", text("{\"url\": \"http://x\", \"caption\": \"told in  JSON\"}"));
    members.put("a.txt", text("told in text"));
    members.put("._a.png", text("what a Mac leaves"));
    members.put(longName + ".png", picture(30));
    members.put("a.json", text("{\"caption\": \"not this\"}"));
    members.put("./b.png", picture(20));
    members.put("notes", text("nothing"));
    members.put(longName + ".json", text("{\"TEXT\": 1, \"prompt\": \"a long name\"}"));
    members.put("a.seg.txt", text("left alone"));
    members.put("a.png", picture(10));
    for (String name : List.of("pax.tar", "gnu.tar", "pax.tar.gz", "gnu.tgz")) {
      Path file = tar(name, members);
      try (TarDataset set = TarDataset.open(List.of(file), PICTURES, 0)) {
        assertThat(captions(set))
            .as(name)
            .containsExactlyInAnyOrder("told in JSON", "told in text", "a long name");
        for (int i = 0; i < 3; i++) {
          int grey =
              switch (set.caption(i)) {
                case "told in text" -> 10;
                case "told in JSON" -> 20;
                default -> 30;
              };
          assertThat(grey(set, i)).isEqualTo(grey);
        }
      }
    }
  }

  @Test
  void theOrderMixesTarsAndClipsAndIsThatOfTheSeed() throws IOException {
    List<Path> tars = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      tars.add(tar("many-%02d.tar".formatted(i), samples(10 * i, 10)));
    }
    try (TarDataset plain = TarDataset.open(tars, PICTURES, 0);
        TarDataset one = TarDataset.open(tars, PICTURES.seed(1), 15);
        TarDataset same = TarDataset.open(tars, PICTURES.seed(1), 15);
        TarDataset other = TarDataset.open(tars, PICTURES.seed(2), 15)) {
      assertThat(captions(plain))
          .containsExactlyElementsOf(IntStream.range(0, 40).mapToObj(i -> "clip " + i).toList());
      assertThat(captions(one)).isEqualTo(captions(same)).isNotEqualTo(captions(other));
      assertThat(captions(one))
          .containsExactlyInAnyOrderElementsOf(captions(plain))
          .isNotEqualTo(captions(plain));
      for (int i = 0; i < 40; i += 7) {
        assertThat("clip " + grey(one, i)).isEqualTo(one.caption(i));
      }
      // Nothing is drawn that lies further ahead than the buffer reaches.
      List<String> first = captions(one).subList(0, 5);
      assertThat(first.stream().map(c -> Integer.parseInt(c.substring(5)) / 10).distinct().count())
          .isLessThanOrEqualTo(2);
    }
  }

  @Test
  void bracesAreThoseOfShells() {
    assertThat(Braces.names("a-{08..11}.tar"))
        .containsExactly("a-08.tar", "a-09.tar", "a-10.tar", "a-11.tar");
    assertThat(Braces.names("{x,y}/{0..1}.tar"))
        .containsExactly("x/0.tar", "x/1.tar", "y/0.tar", "y/1.tar");
    for (String bad : List.of("{}", "{3..1}", "{0..99999999}", "{a}")) {
      assertThatThrownBy(() -> Braces.names(bad)).isInstanceOf(UserError.class);
    }
  }

  private void refused(Path file, String why) {
    assertThatThrownBy(() -> TarDataset.open(List.of(file), PICTURES, 0))
        .as(why)
        .isInstanceOf(UserError.class)
        .hasMessageContaining(why)
        .hasMessageContaining(String.valueOf(file.getFileName()))
        .hasMessageNotContaining("\n");
  }

  @Test
  void whatIsWrongIsOneLine() throws IOException {
    byte[] good = Files.readAllBytes(tar("good.tar", samples(0, 3)));
    // Also where a member has just ended.
    for (int size = 88; size < 3 * 2048 && size < good.length - 10_240 / 2; size += 212) {
      Path cut = folder.resolve("cut-" + size + ".tar");
      Files.write(cut, Arrays.copyOf(good, size));
      refused(cut, "is cut off or damaged");
    }
    byte[] packed = Files.readAllBytes(tar("good.tar.gz", samples(0, 3)));
    Path short1 = folder.resolve("short.tar.gz");
    Files.write(short1, Arrays.copyOf(packed, packed.length / 2));
    refused(short1, "is cut off, or not of gzip");
    Files.write(folder.resolve("none.tar.gz"), good);
    refused(folder.resolve("none.tar.gz"), "not of gzip");
    refused(tar("out.tar", Map.of("../a.png", picture(1))), "leads out of its folder");
    refused(tar("far.tar", Map.of("/etc/a.png", picture(1))), "leads out of its folder");
    refused(tar("mute.tar", Map.of("a.png", picture(1))), "has no caption");
    refused(tar("bad.tar", Map.of("a.png", picture(1), "a.json", text("{no"))), "is not JSON");
    refused(tar("empty.tar", Map.of("notes.txt", text("x"))), "no videos or pictures");
    refused(
        tar("two.tar", Map.of("a.png", picture(1), "a.mp4", picture(1), "a.txt", text("x"))),
        "several videos or pictures");
    Path link = folder.resolve("link.tar");
    try (TarArchiveOutputStream out = new TarArchiveOutputStream(Files.newOutputStream(link))) {
      TarArchiveEntry entry = new TarArchiveEntry("a.png", TarConstants.LF_SYMLINK);
      entry.setLinkName("/etc/passwd");
      out.putArchiveEntry(entry);
      out.closeArchiveEntry();
    }
    refused(link, "is no plain file");
    // A header that claims more than there is.
    byte[] huge = good.clone();
    System.arraycopy(text("77777777777"), 0, huge, 124, 11);
    sum(huge);
    Files.write(folder.resolve("huge.tar"), huge);
    refused(folder.resolve("huge.tar"), "is cut off or damaged");
    byte[] noise = new byte[4096];
    new java.util.Random(1).nextBytes(noise);
    Files.write(folder.resolve("noise.tar"), noise);
    refused(folder.resolve("noise.tar"), "");
    assertThatThrownBy(() -> TarDataset.tars(folder + "/none-{0..3}.tar"))
        .hasMessageContaining("there is no tar")
        .hasMessageContaining("3 others");
    // A clip that is damaged is said when it is read; the others are read.
    Map<String, byte[]> members = samples(0, 2);
    members.put("s000.png", Arrays.copyOf(picture(0), 20));
    try (TarDataset set = TarDataset.open(List.of(tar("clip.tar", members)), PICTURES, 0)) {
      assertThatThrownBy(() -> set.get(0))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("clip.tar")
          .hasMessageContaining("s000.png");
      assertThat(grey(set, 1)).isEqualTo(1);
    }
  }

  /** A pax header that says it is of many gigabytes is not believed. */
  @Test
  void aHugeHeaderCostsNothing() throws IOException {
    byte[] good = Files.readAllBytes(tar("gooder.tar", samples(0, 1)));
    for (char kind : new char[] {'x', 'L', 'K', 'g'}) {
      byte[] huge = good.clone();
      huge[156] = (byte) kind;
      System.arraycopy(text("77777777777"), 0, huge, 124, 11);
      sum(huge);
      Path file = folder.resolve("huge-" + kind + ".tar");
      Files.write(file, huge);
      refused(file, "damaged");
    }
  }

  private static void sum(byte[] header) {
    Arrays.fill(header, 148, 156, (byte) ' ');
    int sum = 0;
    for (int i = 0; i < 512; i++) {
      sum += header[i] & 0xff;
    }
    System.arraycopy(text("%06o\0 ".formatted(sum)), 0, header, 148, 8);
  }
}
