package io.zoetrope.pipeline.probe;

import static io.zoetrope.pipeline.probe.Inputs.ANY;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.network.text.clip.ClipTextConfig;
import io.zoetrope.network.text.clip.ClipTextModel;
import io.zoetrope.network.text.t5.T5Config;
import io.zoetrope.network.text.t5.T5TextModel;
import io.zoetrope.torch.Precision;
import io.zoetrope.torch.Tensors;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import tools.jackson.databind.JsonNode;

/** {@code CLIPTextModel}, {@code T5EncoderModel}, {@code UMT5EncoderModel}. */
final class TextProbe implements Probe.Body {
  @Override
  public Inputs.Signature signature() {
    return new Inputs.Signature(List.of("input_ids"), List.of("attention_mask"));
  }

  @Override
  public SequencedMap<String, Tensor> run(
      ComponentFolder folder, Precision precision, Inputs inputs) {
    String kind =
        folder.encoder().config(JsonNode.class).path("architectures").path(0).asString("");
    return switch (kind) {
      case ClipTextConfig.KIND -> clip(folder, precision, inputs);
      case T5Config.T5, T5Config.UMT5 -> t5(folder, precision, inputs);
      default ->
          throw new UserError(
              Fault.UNSUPPORTED,
              "%s: its config is of a '%s'; probe runs %s, %s and %s here"
                  .formatted(folder.path(), kind, ClipTextConfig.KIND, T5Config.T5, T5Config.UMT5));
    };
  }

  private static SequencedMap<String, Tensor> clip(
      ComponentFolder folder, Precision precision, Inputs inputs) {
    ClipTextConfig config = folder.encoder().config(ClipTextConfig.class);
    try (ComponentFolder.Built<ClipTextModel> built =
        folder.build(
            folder.encoder(), ClipTextModel::name, precision, p -> new ClipTextModel(config, p))) {
      Tensor ids = ids(inputs, config.vocabulary());
      if (ids.size(1) > config.length()) {
        throw inputs.wrong("input_ids", "at most [*, %s]".formatted(config.length()));
      }
      Optional<Tensor> mask = mask(inputs, ids);
      ClipTextModel.Encoded made = built.network().encode(ids, mask, 0);
      SequencedMap<String, Tensor> results = new LinkedHashMap<>();
      results.put("last_hidden_state", made.hidden_BND());
      results.put("pooler_output", made.pooled_BD());
      putStates(results, built.network().states(ids, mask));
      return results;
    }
  }

  /** The reference's last of {@code hidden_states} is normalised, and so is no state of a block. */
  private static SequencedMap<String, Tensor> t5(
      ComponentFolder folder, Precision precision, Inputs inputs) {
    T5Config config = folder.encoder().config(T5Config.class);
    try (ComponentFolder.Built<T5TextModel> built =
        folder.build(
            folder.encoder(), T5TextModel::name, precision, p -> new T5TextModel(config, p))) {
      Tensor ids = ids(inputs, config.vocabulary());
      Optional<Tensor> mask = mask(inputs, ids);
      SequencedMap<String, Tensor> results = new LinkedHashMap<>();
      results.put("last_hidden_state", built.network().encode(ids, mask));
      List<Tensor> states = built.network().states(ids, mask);
      putStates(results, states.subList(0, states.size() - 1));
      return results;
    }
  }

  private static void putStates(Map<String, Tensor> results, List<Tensor> states) {
    for (int i = 0; i < states.size(); i++) {
      results.put("hidden_states." + i, states.get(i));
    }
  }

  private static Optional<Tensor> mask(Inputs inputs, Tensor ids) {
    return inputs.maybe("attention_mask", ids.size(0), ids.size(1)).map(m -> m.to(ScalarType.Bool));
  }

  private static Tensor ids(Inputs inputs, int vocabulary) {
    Tensor ids = inputs.shaped("input_ids", ANY, ANY).to(ScalarType.Long);
    for (long id : Tensors.toLongs(ids)) {
      if (id < 0 || id >= vocabulary) {
        throw new UserError(
            Fault.INVALID,
            "input 'input_ids' holds %s".formatted(id),
            "ids are 0 to %s".formatted(vocabulary - 1));
      }
    }
    return ids;
  }
}
