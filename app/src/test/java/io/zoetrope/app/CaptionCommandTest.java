package io.zoetrope.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@DisabledOnOs(OS.WINDOWS)
class CaptionCommandTest {
  @TempDir Path folder;

  @Test
  void clipsGetCaptionsBesideThem() throws IOException {
    Path clips = Files.createDirectories(folder.resolve("clips/more"));
    Files.writeString(clips.resolve("a.mp4"), "");
    Files.writeString(clips.resolveSibling("b.png"), "");
    Files.writeString(clips.resolveSibling("b.txt"), "mine");
    Files.writeString(clips.resolveSibling("notes.md"), "");
    TestCli cli = new TestCli(folder);
    TestCli.Outcome first = cli.run("caption", "clips", "--by", "echo of");
    assertThat(first.code()).as(first.err()).isZero();
    assertThat(first.out()).contains("1 clip captioned, 1 had a caption");
    assertThat(Files.readString(clips.resolve("a.txt")))
        .isEqualTo("of " + clips.resolve("a.mp4") + "\n");
    assertThat(Files.readString(clips.resolveSibling("b.txt"))).isEqualTo("mine");
    TestCli.Outcome again = cli.run("caption", "clips", "--by", "echo of", "--again");
    assertThat(again.out()).contains("2 clips captioned, 0 had a caption");
    assertThat(Files.readString(clips.resolveSibling("b.txt"))).startsWith("of ");
  }

  @Test
  void whatIsWrongIsOneLine() throws IOException {
    Path clips = Files.createDirectories(folder.resolve("clips"));
    TestCli cli = new TestCli(folder);
    assertThat(cli.run("caption", "nowhere", "--by", "echo").err()).contains("there is no folder");
    assertThat(cli.run("caption", "clips", "--by", "echo").err()).contains("no videos or pictures");
    Files.writeString(clips.resolve("a.mp4"), "");
    TestCli.Outcome failed = cli.run("caption", "clips", "--by", "false");
    assertThat(failed.code()).isEqualTo(1);
    assertThat(failed.err()).contains("false failed on a.mp4 with exit code 1");
    assertThat(cli.run("caption", "clips").code()).isEqualTo(2);
  }
}
