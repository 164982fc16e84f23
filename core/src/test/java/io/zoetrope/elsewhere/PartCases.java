package io.zoetrope.elsewhere;

import io.zoetrope.checkpoint.JsonFiles;
import io.zoetrope.checkpoint.gguf.GgufType;
import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.elsewhere.Cases.Case;
import io.zoetrope.network.TestNetworks;
import io.zoetrope.network.text.PromptEncoder;
import io.zoetrope.network.text.PromptTokenizer;
import io.zoetrope.network.text.TextConfig;
import io.zoetrope.network.text.TextTransformer;
import io.zoetrope.network.text.WordPrompts;
import io.zoetrope.network.text.clip.ClipPrompts;
import io.zoetrope.network.text.clip.ClipReading;
import io.zoetrope.network.text.clip.ClipTextConfig;
import io.zoetrope.network.text.clip.ClipTextModel;
import io.zoetrope.network.text.clip.ClipTokenizer;
import io.zoetrope.network.vae.AutoencoderConfig;
import io.zoetrope.network.vae.CompactConfig;
import io.zoetrope.network.vae.KlConfig;
import io.zoetrope.network.vae.Pixels;
import io.zoetrope.network.vae.Tiling;
import io.zoetrope.network.vae.wan.WanVaeConfig;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.PackedTensor;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Autoencoders and text encoders. */
final class PartCases {
  private static final KlConfig KL = KlConfig.of(Family.json("vae/sd/config.json"));

  private PartCases() {}

  static SequencedMap<String, Case> all() {
    SequencedMap<String, Case> all = new LinkedHashMap<>();
    Map<String, AutoencoderConfig> autoencoders =
        Map.of(
            "compact",
            CompactConfig.size("tiny"),
            "KL",
            KL,
            "pixels",
            Pixels.INSTANCE,
            "Wan 2.1",
            WanVaeConfig.of(Family.json("wan_vae/v21/config.json")),
            "Wan 2.2",
            WanVaeConfig.of(Family.json("wan_vae/v22/config.json")));
    autoencoders.forEach((name, config) -> {
      Map<String, Tensor> weights = Family.weights(config::build);
      all.put(
          name + " encodes",
          place ->
              config
                  .build(Family.store(weights, place))
                  .encode(place.apply(TestNetworks.normal("x", 1, 3, 5, 48, 32).tanh())));
      all.put(
          name + " decodes",
          place ->
              config
                  .build(Family.store(weights, place))
                  .decode(place.apply(Scene.latents("z", config.grid().channels(), 2))));
    });
    Map<String, Tensor> weights = Family.weights(KL::build);
    all.put(
        "KL in tiles",
        place ->
            KL.build(Family.store(weights, place))
                .tiled(new Tiling(4, 2))
                .decode(place.apply(Scene.latents("z", 4, 1))));
    all.put("words", PartCases::words);
    for (ClipReading.Syntax syntax : ClipReading.Syntax.values()) {
      all.put("CLIP, " + syntax, place -> clip(ClipReading.USUAL.withSyntax(syntax), place));
    }
    for (GgufType type : GgufType.values()) {
      if (type.plain().isEmpty()) {
        all.put(type + " is unpacked", place -> unpacked(type, place));
      }
    }
    return all;
  }

  private static Tensor unpacked(GgufType type, UnaryOperator<Tensor> place) {
    byte[] bytes = new byte[512 / type.numbers() * type.bytes()];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (i * 37 % 60); // whose halves are finite numbers
    }
    Tensor held = place.apply(Tensors.ofBytes(bytes, bytes.length));
    return PackedTensor.of(type, held, 2, 256).dense(ScalarType.Float);
  }

  private static Tensor read(PromptEncoder encoder) {
    try (encoder) {
      Conditioning read = encoder.condition(List.of("a (red:1.5) ball", ""));
      Tensor pooled_BGD = read.get(Conditioning.POOLED).orElseThrow();
      Tensor text_BGND = read.get(Conditioning.TEXT).orElseThrow();
      // Where a mask is given it lies with the text.
      Tensor seen =
          read.get(Conditioning.TEXT_MASK)
              .map(mask -> Ops.where(mask.unsqueeze(3), text_BGND, 0))
              .orElse(text_BGND);
      return Tensors.cat(List.of(seen, pooled_BGD.unsqueeze(2)), 2);
    }
  }

  private static Tensor words(UnaryOperator<Tensor> place) {
    try {
      Path file = Files.createTempFile("tokenizer", ".json");
      String json = PromptTokenizer.wordLevel(List.of("a", "red", "ball"));
      Files.writeString(file, json);
      TextConfig config = new TextConfig(PromptTokenizer.size(json), 8, 16, 2, 2);
      Map<String, Tensor> weights =
          Family.weights(parameters -> new TextTransformer(config, parameters));
      PromptTokenizer tokenizer = PromptTokenizer.load(file, config.length());
      Files.delete(file);
      return read(
          new WordPrompts(new TextTransformer(config, Family.store(weights, place)), tokenizer));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Tensor clip(ClipReading reading, UnaryOperator<Tensor> place) {
    ClipTextConfig config =
        JsonFiles.read(Family.resource("clip_text/quick/config.json"), ClipTextConfig.class);
    Map<String, Tensor> weights =
        Family.weights(parameters -> new ClipTextModel(config, parameters));
    return Scopes.noGrad(() ->
        read(
            new ClipPrompts(
                new ClipTextModel(config, Family.store(weights, place)),
                ClipTokenizer.load(Family.resource("clip_tokenizer")),
                reading)));
  }
}
