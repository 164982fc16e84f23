package io.zoetrope.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.zoetrope.record.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class CurateCommandTest {
  @TempDir Path folder;

  @Test
  void aFolderOfClipsIsMeasuredAndWhatStaysIsWrittenWithItsCaptions() throws IOException {
    TestCli cli = new TestCli(folder);
    assertThat(cli.run("toybox", "--count", "4", "--size", "64x64", "-o", "clips/").code())
        .isZero();
    Files.copy(folder.resolve("clips/000001.mp4"), folder.resolve("clips/again.mp4"));
    Files.writeString(folder.resolve("clips/junk.mp4"), "no video");
    TestCli.Outcome first =
        cli.run("curate", "clips", "--out", "set", "--keep", "motion>=25%", "--json", "-q");
    assertThat(first.code()).as(first.err()).isZero();
    JsonNode result = Json.MAPPER.readTree(first.out());
    assertThat(result.path("clips").asInt()).isEqualTo(5);
    assertThat(result.path("copies").asInt()).isEqualTo(1);
    assertThat(result.path("kept").asInt()).isEqualTo(3);
    assertThat(result.at("/unreadable/0/file").asString()).isEqualTo("junk.mp4");
    assertThat(result.at("/thresholds/0/alone").asInt()).isEqualTo(1);
    assertThat(Files.readAllLines(folder.resolve("set/clips/captions.jsonl")))
        .hasSize(3)
        .allMatch(line -> line.contains("file_name") && !line.contains("\"text\":\"\""));
    TestCli.Outcome again = cli.run("curate", "clips", "--out", "set", "--dry-run", "-q");
    assertThat(again.out()).contains("4 of 5 clips stay");
  }
}
