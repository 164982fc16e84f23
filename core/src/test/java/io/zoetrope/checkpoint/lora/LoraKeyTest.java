package io.zoetrope.checkpoint.lora;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One layer of a text encoder by all the names that it has had. */
class LoraKeyTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "text_encoder.encoder.layers.0.self_attn.k_proj.lora_A.weight",
        "text_encoder.text_model.encoder.layers.0.self_attn.k_proj.lora_A.weight",
        "text_encoder.text_model.encoder.layers.0.self_attn.to_k_lora.down.weight",
        "text_encoder.text_model.encoder.layers.0.self_attn.k_proj.lora_linear_layer.down.weight",
        "lora_te_text_model_encoder_layers_0_self_attn_k_proj.lora_down.weight",
        "lora_te1_encoder_layers_0_self_attn_k_proj.lora_down.weight",
        "cond_stage_model.transformer.text_model.encoder.layers.0.self_attn.k_proj.lora_down.weight",
        "text_encoders.clip_l.transformer.text_model.encoder.layers.0.self_attn.k_proj.lora_A.weight"
      })
  void textEncoder(String name) {
    LoraKey key = LoraKey.parse(name).orElseThrow();
    assertThat(key.part()).contains(LoraKey.Part.TEXT_ENCODER);
    assertThat(key.role()).isEqualTo(LoraKey.Role.DOWN);
    assertThat(LoraKey.canonical(key.layer())).isEqualTo("encoder_layers_0_self_attn_k_proj");
  }
}
