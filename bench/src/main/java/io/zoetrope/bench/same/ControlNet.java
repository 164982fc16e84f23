package io.zoetrope.bench.same;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A ControlNet of random weights for the tiny U-Net of the reference's AnimateDiff. */
final class ControlNet {
  private static final String FILE = "diffusion_pytorch_model.safetensors";

  private static final Pattern TENSOR =
      Pattern.compile(
          "\"([^\"]+)\":\\s*\\{\"dtype\":\\s*\"F32\",\\s*\"shape\":\\s*\\[([^\\]]*)\\]");

  /** Channels of the layers that read what is shown. */
  private static final int[] SHOWN = {4, 4, 6, 6, 8, 8, 8, 8};

  /** Channels of what the U-Net's way down keeps. */
  private static final int[] KEPT = {8, 8, 8, 8, 8, 16, 16, 16};

  private record Entry(String name, List<Integer> shape) {
    int numbers() {
      return shape.stream().reduce(1, (a, b) -> a * b);
    }

    String header(int offset) {
      return "\"%s\":{\"dtype\":\"F32\",\"shape\":%s,\"data_offsets\":[%s,%s]}"
          .formatted(name, shape, offset, offset + 4 * numbers());
    }
  }

  private ControlNet() {}

  /**
   * Writes one.
   *
   * @param unet its folder
   * @return the folder
   */
  static Path write(Path unet, Path folder) throws IOException {
    Files.createDirectories(folder);
    Files.writeString(folder.resolve("config.json"), config(unet));
    List<Entry> entries = ofUNet(unet.resolve(FILE));
    for (int i = 0; i < SHOWN.length; i++) {
      int from = i == 0 ? 3 : SHOWN[i - 1];
      String name =
          i == 0 ? "conv_in" : i == SHOWN.length - 1 ? "conv_out" : "blocks.%s".formatted(i - 1);
      convolution(entries, "controlnet_cond_embedding." + name, from, SHOWN[i], 3);
    }
    for (int i = 0; i < KEPT.length; i++) {
      convolution(entries, "controlnet_down_blocks." + i, KEPT[i], KEPT[i], 1);
    }
    int deepest = KEPT[KEPT.length - 1];
    convolution(entries, "controlnet_mid_block", deepest, deepest, 1);
    write(folder.resolve(FILE), entries);
    return folder;
  }

  private static String config(Path unet) throws IOException {
    return Files.readString(unet.resolve("config.json"))
        .replace("UNet2DConditionModel", "ControlNetModel")
        .replaceFirst(
            "\\{",
            "{\"conditioning_channels\": 3, \"conditioning_embedding_out_channels\": [4, 6, 8, 8],");
  }

  /** Its way down has the shapes of the U-Net's. */
  private static List<Entry> ofUNet(Path file) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    byte[] header = new byte[Math.toIntExact(bytes.getLong())];
    bytes.get(header);
    List<Entry> entries = new ArrayList<>();
    Matcher tensors = TENSOR.matcher(new String(header, StandardCharsets.UTF_8));
    while (tensors.find()) {
      if (tensors.group(1).matches("(conv_in|time_embedding|down_blocks|mid_block)\\..*")) {
        List<Integer> shape =
            Pattern.compile("\\d+")
                .matcher(tensors.group(2))
                .results()
                .map(number -> Integer.valueOf(number.group()))
                .toList();
        entries.add(new Entry(tensors.group(1), shape));
      }
    }
    return entries;
  }

  private static void convolution(List<Entry> entries, String name, int from, int to, int side) {
    entries.add(new Entry(name + ".weight", List.of(to, from, side, side)));
    entries.add(new Entry(name + ".bias", List.of(to)));
  }

  private static void write(Path file, List<Entry> entries) throws IOException {
    List<String> headers = new ArrayList<>();
    int offset = 0;
    for (Entry entry : entries) {
      headers.add(entry.header(offset));
      offset += 4 * entry.numbers();
    }
    byte[] header = ("{" + String.join(",", headers) + "}").getBytes(StandardCharsets.UTF_8);
    ByteBuffer bytes =
        ByteBuffer.allocate(8 + header.length + offset).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putLong(header.length).put(header);
    Random random = new Random(5);
    while (bytes.hasRemaining()) {
      bytes.putFloat((float) (0.1 * random.nextGaussian()));
    }
    Files.write(file, bytes.array());
  }
}
