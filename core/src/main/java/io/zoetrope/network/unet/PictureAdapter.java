package io.zoetrope.network.unet;

import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.network.FrameText;
import io.zoetrope.network.PictureSlots;
import io.zoetrope.nn.Attention;
import io.zoetrope.nn.Init;
import io.zoetrope.nn.Linear;
import io.zoetrope.nn.Parameters;
import io.zoetrope.torch.Segments;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedMap;
import org.bytedeco.pytorch.Tensor;

/**
 * Keys and values by which each layer of a U-Net that reads a text looks at pictures as well (Ye et
 * al., "IP-Adapter", 2023, equation 5): {@code Attn(q, text) + scale Attn(q, pictures)}. Its
 * weights are named as in files of IP-Adapter: {@code ip_adapter.N.to_k_ip.weight}, N odd, on the
 * way down, then up, then at the bottom.
 */
public final class PictureAdapter {
  private final Map<TemporalBlock.Spot, Layer> layers = new LinkedHashMap<>();

  private record Layer(Linear keys, Linear values) {}

  public PictureAdapter(UNetConfig config, Parameters p) {
    int number = 1;
    for (Map.Entry<TemporalBlock.Spot, Integer> spot : spots(config).entrySet()) {
      Parameters at = p.at("ip_adapter").at(number);
      layers.put(
          spot.getKey(),
          new Layer(linear(at, "to_k_ip", spot, config), linear(at, "to_v_ip", spot, config)));
      number += 2;
    }
  }

  private static Linear linear(
      Parameters p, String name, Map.Entry<TemporalBlock.Spot, Integer> spot, UNetConfig config) {
    return Linear.withoutBias(p.at(name), config.textWidth(), spot.getValue(), Init.xavier());
  }

  /** How many layers of a network read texts: so many pairs of weights a file has. */
  public static int layers(UNetConfig config) {
    return spots(config).size();
  }

  /** The layers that read texts and their widths, in the order of the files. */
  private static SequencedMap<TemporalBlock.Spot, Integer> spots(UNetConfig config) {
    SequencedMap<TemporalBlock.Spot, Integer> spots = new LinkedHashMap<>();
    int stages = config.widths().size();
    for (int i = 0; i < stages; i++) {
      for (int j = 0; j < config.blocks() && config.heads().get(i) > 0; j++) {
        spots.put(new TemporalBlock.Spot(TemporalBlock.Way.DOWN, i, j), config.widths().get(i));
      }
    }
    for (int i = 0; i < stages; i++) {
      int at = stages - 1 - i;
      for (int j = 0; j <= config.blocks() && config.heads().get(at) > 0; j++) {
        spots.put(new TemporalBlock.Spot(TemporalBlock.Way.UP, i, j), config.widths().get(at));
      }
    }
    if (config.middle().kind() == Middle.Kind.ATTENDS && config.middle().heads() > 0) {
      spots.put(TemporalBlock.Spot.MIDDLE, config.widths().getLast());
    }
    return spots;
  }

  /**
   * The weight of the text's own keys and values that each weight begins as a copy of, by name.
   *
   * @param config of the network that it stands beside
   */
  public static SequencedMap<String, String> origins(UNetConfig config) {
    SequencedMap<String, String> origins = new LinkedHashMap<>();
    int number = 1;
    for (TemporalBlock.Spot spot : spots(config).keySet()) {
      String stage =
          switch (spot.way()) {
            case DOWN -> "down_blocks.%s.attentions.%s".formatted(spot.stage(), spot.layer());
            case UP -> "up_blocks.%s.attentions.%s".formatted(spot.stage(), spot.layer());
            case MIDDLE -> "mid_block.attentions.0";
          };
      for (String to : List.of("to_k", "to_v")) {
        origins.put(
            "ip_adapter.%s.%s_ip.weight".formatted(number, to),
            "%s.transformer_blocks.0.attn2.%s.weight".formatted(stage, to));
      }
      number += 2;
    }
    return origins;
  }

  /** What a pass sees. */
  Seen seen(Conditioning conditioning, double scale, long batch, long frames, Segments segments) {
    Tensor tokens_BGND =
        conditioning
            .get(PictureSlots.TOKENS)
            .orElseThrow(
                () -> new IllegalArgumentException("this network needs " + PictureSlots.TOKENS));
    FrameText which =
        FrameText.of(tokens_BGND, conditioning.get(PictureSlots.FRAMES), batch, frames);
    return new Seen(this, scale, segments.enter(tokens_BGND.flatten(0, 1)), which);
  }

  /**
   * Pictures in a forward pass.
   *
   * @param scale of what is seen in them
   * @param tokens_MND of all pictures
   * @param which of them each frame sees
   */
  record Seen(PictureAdapter adapter, double scale, Tensor tokens_MND, FrameText which) {
    /** What a layer looks at beside its text. */
    FrameText.Beside at(TemporalBlock.Spot spot, Attention attention) {
      Layer layer = Objects.requireNonNull(adapter.layers.get(spot), spot.toString());
      return new FrameText.Beside(
          attention.context(layer.keys, layer.values, tokens_MND), which.rows(), scale);
    }
  }
}
