package io.zoetrope.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.zoetrope.app.cli.terminal.Cancellation;
import io.zoetrope.record.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
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

  @Test
  void aClipOfTheHubsCacheMeasuresHowCaptionsFit() throws IOException {
    Path reference = Path.of("../core/src/test/resources/reference/clip_model/old");
    Path clip =
        Files.createDirectories(
            folder.resolve("hub/models--acme--clip/snapshots/" + "0123456789".repeat(4)));
    try (Stream<Path> files = Files.list(reference)) {
      for (Path file : files.toList()) {
        Files.copy(file, clip.resolve(String.valueOf(file.getFileName())));
      }
    }
    Map<String, String> environment = Map.of("HF_HUB_CACHE", folder.resolve("hub").toString());
    TestCli cli = new TestCli(folder, environment, new Cancellation());
    assertThat(cli.run("toybox", "--count", "3", "--size", "64x64", "-o", "clips/").code())
        .isZero();
    TestCli.Outcome outcome =
        cli.run(
            "curate",
            "clips",
            "--out",
            "set",
            "--measure",
            "acme/clip",
            "--keep",
            "text-fit>=50%",
            "-q");
    assertThat(outcome.code()).as(outcome.err()).isZero();
    assertThat(outcome.out()).contains("text-fit>=50%");
    assertThat(Files.readAllLines(folder.resolve("set/tables/measure-text-fit.jsonl")))
        .hasSize(3)
        .allMatch(line -> Json.MAPPER.readTree(line).path("value").isNumber());
    assertThat(Files.readAllLines(folder.resolve("set/clips/captions.jsonl"))).hasSize(2);
  }
}
