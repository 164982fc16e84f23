package io.zoetrope.checkpoint.keys;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** The names of the first code, counted through resolutions of one block and of two. */
class FirstCodeNamesTest {
  @Test
  void twoBlocks() {
    assertThat(
            FirstCodeNames.of(
                List.of(
                    "down_blocks.0.resnets.0.conv1",
                    "down_blocks.0.resnets.1.conv1",
                    "down_blocks.1.attentions.0.transformer_blocks.0.attn1.to_q",
                    "down_blocks.0.downsamplers.0.conv",
                    "mid_block.attentions.0.proj_in",
                    "mid_block.resnets.1.time_emb_proj",
                    "up_blocks.0.upsamplers.0.conv",
                    "up_blocks.1.attentions.2.proj_out",
                    "up_blocks.1.upsamplers.0.conv",
                    "time_embedding.linear_2",
                    "down_blocks.0.motion_modules.0.proj_in")))
        .containsEntry("input_blocks.1.0.in_layers.2", "down_blocks.0.resnets.0.conv1")
        .containsEntry("input_blocks.3.0.op", "down_blocks.0.downsamplers.0.conv")
        .containsEntry(
            "input_blocks.4.1.transformer_blocks.0.attn1.to_q",
            "down_blocks.1.attentions.0.transformer_blocks.0.attn1.to_q")
        .containsEntry("middle_block.1.proj_in", "mid_block.attentions.0.proj_in")
        .containsEntry("middle_block.2.emb_layers.1", "mid_block.resnets.1.time_emb_proj")
        .containsEntry("output_blocks.2.1.conv", "up_blocks.0.upsamplers.0.conv")
        .containsEntry("output_blocks.5.1.proj_out", "up_blocks.1.attentions.2.proj_out")
        .containsEntry("output_blocks.5.2.conv", "up_blocks.1.upsamplers.0.conv")
        .containsEntry("time_embed.2", "time_embedding.linear_2")
        .hasSize(10);
  }

  @Test
  void oneBlockAndNoUNet() {
    assertThat(
            FirstCodeNames.of(
                List.of("down_blocks.0.resnets.0.conv1", "down_blocks.1.attentions.0.proj_in")))
        .containsEntry("input_blocks.3.1.proj_in", "down_blocks.1.attentions.0.proj_in");
    assertThat(FirstCodeNames.of(List.of("blocks.0.attn.to_q"))).isEmpty();
  }
}
