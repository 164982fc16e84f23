package io.zoetrope.pipeline.probe;

import static io.zoetrope.pipeline.probe.Inputs.ANY;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.network.text.clip.ClipTextConfig;
import io.zoetrope.network.text.clip.ClipTextModel;
import io.zoetrope.torch.Precision;
import io.zoetrope.torch.Tensors;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import tools.jackson.databind.JsonNode;

/** {@code CLIPTextModel}. */
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
    if (!kind.equals(ClipTextConfig.KIND)) {
      throw new UserError(
          Fault.UNSUPPORTED,
          "%s: its config is of a '%s'; probe runs %s here"
              .formatted(folder.path(), kind, ClipTextConfig.KIND));
    }
    ClipTextConfig config = folder.encoder().config(ClipTextConfig.class);
    try (ComponentFolder.Built<ClipTextModel> built =
        folder.build(
            folder.encoder(), ClipTextModel::name, precision, p -> new ClipTextModel(config, p))) {
      Tensor ids = ids(inputs, config);
      Optional<Tensor> mask =
          inputs.maybe("attention_mask", ids.size(0), ids.size(1)).map(m -> m.to(ScalarType.Bool));
      ClipTextModel.Encoded made = built.network().encode(ids, mask, 0);
      SequencedMap<String, Tensor> results = new LinkedHashMap<>();
      results.put("last_hidden_state", made.hidden_BND());
      results.put("pooler_output", made.pooled_BD());
      List<Tensor> states = built.network().states(ids, mask);
      for (int i = 0; i < states.size(); i++) {
        results.put("hidden_states." + i, states.get(i));
      }
      return results;
    }
  }

  private static Tensor ids(Inputs inputs, ClipTextConfig config) {
    Tensor ids = inputs.shaped("input_ids", ANY, ANY).to(ScalarType.Long);
    if (ids.size(1) > config.length()) {
      throw inputs.wrong("input_ids", "at most [*, %s]".formatted(config.length()));
    }
    for (long id : Tensors.toLongs(ids)) {
      if (id < 0 || id >= config.vocabulary()) {
        throw new UserError(
            Fault.INVALID,
            "input 'input_ids' holds %s".formatted(id),
            "ids are 0 to %s".formatted(config.vocabulary() - 1));
      }
    }
    return ids;
  }
}
