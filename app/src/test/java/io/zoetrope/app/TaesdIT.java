package io.zoetrope.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.zoetrope.checkpoint.safetensors.Safetensors;
import io.zoetrope.checkpoint.safetensors.SafetensorsFile;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** TAESD behind a tiny AnimateDiff. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TaesdIT {
  private static final Path REFERENCE =
      Path.of("../core/src/test/resources/reference").toAbsolutePath();
  private static final Path MODEL = REFERENCE.resolve("animatediff/model");
  private static final String TINY = REFERENCE.resolve("taesd/usual").toString();

  private TestCli cli = new TestCli(Path.of(""));
  private Path folder = Path.of("");

  @BeforeAll
  void furnish(@TempDir Path given) throws IOException {
    folder = given;
    cli = new TestCli(folder);
    BufferedImage picture = new BufferedImage(64, 48, BufferedImage.TYPE_INT_RGB);
    ImageIO.write(picture, "png", folder.resolve("dark.png").toFile());
    // The decoder by the names of TAESD's own code, whose first layer has no weights.
    Path weights = Path.of(TINY, "diffusion_pytorch_model.safetensors");
    try (SafetensorsFile own = Safetensors.open(weights)) {
      Map<String, Tensor> decoder = new LinkedHashMap<>();
      for (String name : own.tensors().keySet()) {
        String[] parts = name.split("\\.", 4);
        if (parts[0].equals("decoder")) {
          decoder.put((Integer.parseInt(parts[2]) + 1) + "." + parts[3], own.tensor(name));
        }
      }
      Safetensors.write(folder.resolve("taesd_decoder.safetensors"), decoder, Map.of());
    }
    Files.copy(
        folder.resolve("taesd_decoder.safetensors"), folder.resolve("taesdxl_decoder.safetensors"));
  }

  private TestCli.Outcome run(String verb, String subject, String out, String... more) {
    List<String> line =
        new ArrayList<>(
            List.of(
                verb,
                subject,
                "-m",
                MODEL.toString(),
                "--motion-adapter",
                MODEL.resolve("motion_adapter").toString(),
                "--size",
                "64x48",
                "--steps",
                "2",
                "--frames",
                "4",
                "-s",
                "3",
                "-o",
                out));
    line.addAll(List.of(more));
    return cli.run(line.toArray(String[]::new));
  }

  /** The first frame of what is made. */
  private int[] made(String verb, String subject, String out, String... more) throws IOException {
    TestCli.Outcome outcome = run(verb, subject, out, more);
    assertThat(outcome.code()).as(outcome.err()).isZero();
    return pixels(out);
  }

  private int[] pixels(String file) throws IOException {
    BufferedImage frame = ImageIO.read(folder.resolve(file).toFile());
    return frame.getRGB(0, 0, frame.getWidth(), frame.getHeight(), null, 0, frame.getWidth());
  }

  @Test
  void foldersAndDecodersDecode() throws IOException {
    int[] own = made("generate", "a red ball", "own.gif");
    int[] tiny = made("generate", "a red ball", "tiny.gif", "--vae", TINY);
    assertThat(tiny).isNotEqualTo(own);
    int[] file = made("generate", "a red ball", "file.gif", "--vae", "taesd_decoder.safetensors");
    assertThat(file).isEqualTo(tiny);
  }

  @Test
  void latentsOfADraftAreDecodedByTheModelsOwn() throws IOException {
    int[] own = made("generate", "a red ball", "whole.gif");
    int[] draft =
        made(
            "generate",
            "a red ball",
            "draft.gif",
            "--vae",
            TINY,
            "--save-latents",
            "z.safetensors");
    assertThat(draft).isNotEqualTo(own);
    TestCli.Outcome decoded =
        cli.run("decode", "z.safetensors", "-m", MODEL.toString(), "-o", "later.gif");
    assertThat(decoded.code()).as(decoded.err()).isZero();
    assertThat(pixels("later.gif")).isEqualTo(own);
  }

  @Test
  void picturesWantAnEncoder() throws IOException {
    int[] unused = made("animate", "dark.png", "animate.gif", "--vae", TINY);
    TestCli.Outcome alone =
        run("animate", "dark.png", "none.gif", "--vae", "taesd_decoder.safetensors");
    assertThat(alone.code()).isEqualTo(1);
    assertThat(alone.errors().getLast())
        .contains("decoder of TAESD alone")
        .contains("put its encoder beside it");
  }

  @Test
  void latentsOfOthersAreRefused() {
    TestCli.Outcome scaled =
        run("generate", "a red ball", "none.gif", "--vae", "taesdxl_decoder.safetensors");
    assertThat(scaled.code()).isEqualTo(1);
    assertThat(scaled.errors().getLast()).contains("scales latents by 0.13025");
    String wide = REFERENCE.resolve("taesd/other").toString();
    TestCli.Outcome channels = run("generate", "a red ball", "none.gif", "--vae", wide);
    assertThat(channels.code()).isEqualTo(1);
    assertThat(channels.errors().getLast()).contains("16 channels").contains("another family");
  }

  @Test
  void itIsMeasured() {
    TestCli.Outcome found =
        cli.run("evaluate", "--autoencoder", TINY, "-n", "2", "--batch", "2", "--json");
    assertThat(found.code()).as(found.err()).isZero();
    assertThat(found.out()).contains("flicker_beyond_rendered");
  }
}
