package io.zoetrope.bench.same;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DigestsTest {
  private static final String HEADER =
      "{%s\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}";

  @TempDir private Path folder = Path.of("");

  private String tensors(String metadata, float value) throws IOException {
    byte[] header = HEADER.formatted(metadata).getBytes(StandardCharsets.UTF_8);
    ByteBuffer bytes = ByteBuffer.allocate(8 + header.length + 4).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putLong(header.length).put(header).putFloat(value);
    return Digests.tensors(Files.write(folder.resolve("a.safetensors"), bytes.array()));
  }

  @Test
  void tensorsCountAndMetadataDoNot() throws IOException {
    String plain = tensors("", 1);
    assertThat(tensors("\"__metadata__\":{\"by\":\"a \\\"}, b\",\"seed\":\"3\"},", 1))
        .isEqualTo(plain);
    assertThat(tensors("\"__metadata__\":{},", 1)).isEqualTo(plain);
    assertThat(tensors("", Math.nextUp(1f))).isNotEqualTo(plain);
    assertThat(tensors("\"b\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[4,4]},", 1))
        .isNotEqualTo(plain);
  }

  @Test
  void secondsOfACurveDoNotCount() throws IOException {
    Path file = folder.resolve("metrics.jsonl");
    Files.writeString(file, "{\"step\":1,\"seconds\":0.25,\"loss\":0.5}\n");
    String one = Digests.curve(file);
    Files.writeString(file, "{\"step\":1,\"seconds\":3E-2,\"loss\":0.5}\n");
    assertThat(Digests.curve(file)).isEqualTo(one);
    Files.writeString(file, "{\"step\":1,\"seconds\":0.25,\"loss\":0.6}\n");
    assertThat(Digests.curve(file)).isNotEqualTo(one);
  }

  @Test
  void oneChannelOfOnePixelCounts() throws IOException {
    BufferedImage image = new BufferedImage(3, 2, BufferedImage.TYPE_INT_RGB);
    Path file = folder.resolve("0.png");
    ImageIO.write(image, "png", file.toFile());
    String black = Digests.frames(folder);
    image.setRGB(2, 1, 1);
    ImageIO.write(image, "png", file.toFile());
    assertThat(Digests.frames(folder)).isNotEqualTo(black);
  }
}
