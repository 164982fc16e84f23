package io.zoetrope.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clips to latents, and into tars. */
class LatentsCommandTest {
  @TempDir Path folder;

  @Test
  void clipsAreEncodedOnceAndPacked() throws IOException {
    TestCli cli = new TestCli(folder);
    Files.writeString(folder.resolve("ae.yaml"), TinyModel.AUTOENCODER);
    assertThat(cli.run("train", "ae.yaml", "--quiet").code()).isZero();
    assertThat(
            cli.run("toybox", "-n", "3", "--size", "16x16", "--frames", "4", "-o", "clips").code())
        .isZero();
    String[] line = {
      "latents", "clips", "-o", "lat", "-m", "runs/ae", "--size", "16x16", "--frames", "4"
    };
    TestCli.Outcome first = cli.run(line);
    assertThat(first.code()).as(first.err()).isZero();
    assertThat(first.out()).contains("index.jsonl: 3 clips in 1 shard, 3 encoded, 0 there before");
    assertThat(cli.run(line).out()).contains("0 encoded, 3 there before");
    TestCli.Outcome packed = cli.run("pack", "clips", "-o", "tars");
    assertThat(packed.out()).contains("tars: 3 clips in 1 tar, 1 written");
    TestCli.Outcome tar =
        cli.run(
            "latents",
            "tars/clips-{000000..000000}.tar",
            "-o",
            "lat2",
            "-m",
            "runs/ae",
            "--size",
            "16x16",
            "--frames",
            "4");
    assertThat(tar.err()).contains("3 clips in 1 tar");
    try (Stream<Path> files = Files.list(folder.resolve("lat2"))) {
      assertThat(files.filter(p -> p.toString().endsWith("safetensors")))
          .singleElement()
          .satisfies(shard ->
              assertThat(folder.resolve("lat").resolve(shard.getFileName()))
                  .hasSameBinaryContentAs(shard));
    }
    TestCli.Outcome other =
        cli.run(
            "latents", "clips", "-o", "lat", "-m", "runs/ae", "--size", "16x16", "--frames", "2");
    assertThat(other.code()).isEqualTo(1);
    assertThat(other.err()).contains("has latents of other clips", "name another folder");
    assertThat(cli.run("latents", "clips", "-o", "x", "-m", "runs/ae", "--size", "18x18").err())
        .contains("must be multiples of 4");
    assertThat(cli.run("latents", "clips", "-o", "x", "-m", "runs/ae", "--kept", "f16").code())
        .isEqualTo(2);
    assertThat(folder.resolve("x")).doesNotExist();
  }
}
