package io.zoetrope.checkpoint.keys;

import io.zoetrope.torch.Tensors;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;

/** The names of the first code in files of Stable Video Diffusion, written down block by block. */
public final class StableVideoNames {
  private static final List<String> RESNET =
      List.of("in_layers.0", "in_layers.2", "emb_layers.1", "out_layers.0", "out_layers.3");

  private static final List<String> ATTENTION =
      List.of(
          "norm1",
          "norm2",
          "norm3",
          "attn1.to_out.0",
          "attn2.to_out.0",
          "ff.net.0.proj",
          "ff.net.2");

  private static final List<String> PROJECTIONS =
      List.of("attn1.to_q", "attn1.to_k", "attn1.to_v", "attn2.to_q", "attn2.to_k", "attn2.to_v");

  private StableVideoNames() {}

  /** All keys of the network in the released file. */
  static List<String> keys() {
    List<String> all = new ArrayList<>();
    Stream.of(
            "time_embed.0",
            "time_embed.2",
            "label_emb.0.0",
            "label_emb.0.2",
            "input_blocks.0.0",
            "out.0",
            "out.2")
        .forEach(layer -> both(all, layer));
    for (int i = 1; i < 12; i++) {
      if (i % 3 == 0) {
        both(all, "input_blocks." + i + ".0.op");
        continue;
      }
      resnet(all, "input_blocks." + i + ".0", i == 4 || i == 7);
      if (i < 9) {
        attention(all, "input_blocks." + i + ".1");
      }
    }
    resnet(all, "middle_block.0", false);
    attention(all, "middle_block.1");
    resnet(all, "middle_block.2", false);
    for (int i = 0; i < 12; i++) {
      resnet(all, "output_blocks." + i + ".0", true);
      if (i >= 3) {
        attention(all, "output_blocks." + i + ".1");
      }
      if (i % 3 == 2 && i < 11) {
        both(all, "output_blocks." + i + (i < 3 ? ".1.conv" : ".2.conv"));
      }
    }
    return all;
  }

  /** By diffusers' names; also those of a network whose widths change elsewhere. */
  public static Map<String, String> network() {
    List<String> keys = keys();
    for (int i = 1; i < 12; i++) {
      both(keys, "input_blocks." + i + ".0.skip_connection");
    }
    Map<String, String> all = new LinkedHashMap<>();
    keys.forEach(key -> all.put(StableVideoKeys.name(key).orElse(key), key));
    return all;
  }

  /** An encoder of pictures by the names of OpenCLIP. */
  public static Map<String, Tensor> openClip(Map<String, Tensor> ours) {
    Map<String, String> ends =
        Map.of(
            "vision_model.embeddings.class_embedding", "class_embedding",
            "vision_model.embeddings.position_embedding.weight", "positional_embedding",
            "vision_model.embeddings.patch_embedding.weight", "conv1.weight",
            "vision_model.pre_layrnorm.weight", "ln_pre.weight",
            "vision_model.pre_layrnorm.bias", "ln_pre.bias",
            "vision_model.post_layernorm.weight", "ln_post.weight",
            "vision_model.post_layernorm.bias", "ln_post.bias");
    Map<String, Tensor> all = new LinkedHashMap<>();
    ends.forEach((own, name) -> all.put(name, get(ours, own)));
    all.put("proj", get(ours, "visual_projection.weight").transpose(0, 1));
    for (int i = 0; ours.containsKey(block(i) + "layer_norm1.weight"); i++) {
      String to = "transformer.resblocks." + i + ".";
      for (String kind : List.of("weight", "bias")) {
        all.put(to + "ln_1." + kind, get(ours, block(i) + "layer_norm1." + kind));
        all.put(to + "ln_2." + kind, get(ours, block(i) + "layer_norm2." + kind));
        all.put(to + "mlp.c_fc." + kind, get(ours, block(i) + "mlp.fc1." + kind));
        all.put(to + "mlp.c_proj." + kind, get(ours, block(i) + "mlp.fc2." + kind));
        all.put(to + "attn.out_proj." + kind, get(ours, block(i) + "self_attn.out_proj." + kind));
        String at = block(i) + "self_attn.";
        all.put(
            to + "attn.in_proj_" + kind,
            Tensors.cat(
                Stream.of("q", "k", "v").map(p -> get(ours, at + p + "_proj." + kind)).toList(),
                0));
      }
    }
    return all;
  }

  private static String block(int i) {
    return "vision_model.encoder.layers." + i + ".";
  }

  private static Tensor get(Map<String, Tensor> from, String name) {
    return Objects.requireNonNull(from.get(name), name);
  }

  private static void both(List<String> all, String layer) {
    all.add(layer + ".weight");
    all.add(layer + ".bias");
  }

  private static void resnet(List<String> all, String at, boolean skips) {
    RESNET.forEach(layer -> both(all, at + "." + layer));
    RESNET.forEach(layer -> both(all, at + ".time_stack." + layer));
    all.add(at + ".time_mixer.mix_factor");
    if (skips) {
      both(all, at + ".skip_connection");
    }
  }

  private static void attention(List<String> all, String at) {
    Stream.of("norm", "proj_in", "proj_out", "time_pos_embed.0", "time_pos_embed.2")
        .forEach(layer -> both(all, at + "." + layer));
    all.add(at + ".time_mixer.mix_factor");
    for (String block : List.of(".transformer_blocks.0.", ".time_stack.0.")) {
      ATTENTION.forEach(layer -> both(all, at + block + layer));
      PROJECTIONS.forEach(layer -> all.add(at + block + layer + ".weight"));
    }
    Stream.of("norm_in", "ff_in.net.0.proj", "ff_in.net.2")
        .forEach(layer -> both(all, at + ".time_stack.0." + layer));
  }
}
