"""unet/crossframe: the U-Net of unet/sd1 under Text2Video-Zero's cross-frame attention.

Two clips of three frames, and other patterns whose processors are written here by what their papers
say: first and previous frame (Tune-A-Video), all frames (ControlVideo).
"""

import torch
import torch.nn.functional as F
from diffusers import UNet2DConditionModel
from diffusers.pipelines.deprecated.text_to_video_synthesis.pipeline_text_to_video_zero import (
    CrossFrameAttnProcessor,
    CrossFrameAttnProcessor2_0,
)

from common import OUT, normal, write

CLIPS, FRAMES = 2, 3


class Pattern:
    """Self-attention whose keys and values are gathered from other frames; cross-attention as it is."""

    def __init__(self, frames_seen):
        self.frames_seen = frames_seen

    def __call__(self, attn, hidden_states, encoder_hidden_states=None, attention_mask=None):
        own = encoder_hidden_states is None
        context = hidden_states if own else encoder_hidden_states
        q, k, v = attn.to_q(hidden_states), attn.to_k(context), attn.to_v(context)
        if own:
            k, v = (self.gather(x) for x in (k, v))
        q, k, v = (x.unflatten(-1, (attn.heads, -1)).transpose(1, 2) for x in (q, k, v))
        y = F.scaled_dot_product_attention(q, k, v).transpose(1, 2).flatten(2)
        return attn.to_out[0](y)

    def gather(self, x):
        clips = x.unflatten(0, (CLIPS, FRAMES))
        seen = [torch.cat([clips[:, g] for g in self.frames_seen(f)], 1) for f in range(FRAMES)]
        return torch.stack(seen, 1).flatten(0, 1)


if __name__ == "__main__":
    seed = 15
    unet = UNet2DConditionModel.from_pretrained(OUT / "unet/sd1").eval()
    sample = normal(seed, CLIPS * FRAMES, 4, 5, 7)
    text = normal(seed + 1, CLIPS * FRAMES, 7, 24)
    t = torch.tensor(700)
    tensors = {"sample": sample, "timestep": t, "encoder_hidden_states": text}
    unet.set_attn_processor(CrossFrameAttnProcessor(batch_size=CLIPS))
    tensors["out.first"] = unet(sample, t, text).sample
    unet.set_attn_processor(CrossFrameAttnProcessor2_0(batch_size=CLIPS))
    assert (unet(sample, t, text).sample - tensors["out.first"]).abs().max() < 1e-5
    unet.set_attn_processor(Pattern(lambda f: [0]))
    assert (unet(sample, t, text).sample - tensors["out.first"]).abs().max() < 1e-5
    unet.set_attn_processor(Pattern(lambda f: [0, max(0, f - 1)]))
    tensors["out.sparse_causal"] = unet(sample, t, text).sample
    unet.set_attn_processor(Pattern(lambda f: range(FRAMES)))
    tensors["out.all"] = unet(sample, t, text).sample
    write("unet/crossframe", None, tensors, seed, "reference/make_crossframe.py")
