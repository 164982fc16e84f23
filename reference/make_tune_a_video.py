"""unet/tune-a-video: the U-Net of Tune-A-Video (Wu et al., 2023), restated on diffusers' own modules.

The public code (showlab/Tune-A-Video, tuneavideo/models) inflates UNet2DConditionModel: convolutions frame by frame,
group norms of residual blocks and of the end over all frames of a clip, those of transformers over each frame,
SparseCausalAttention (first and previous frame) for attn1, and at the end of each transformer block norm_temp and
attn_temp over frames, without positions. Its output projection starts at zero; here it is random, or it would prove
nothing. The weights are those of the U-Net by their own names, and those of attn_temp and norm_temp.
"""

import torch
from diffusers import UNet2DConditionModel
from diffusers.models.attention import BasicTransformerBlock
from diffusers.models.attention_processor import Attention
from diffusers.models.resnet import ResnetBlock2D
from torch import nn

from common import normal, randomise, write

CLIPS, FRAMES = 2, 4


class ClipNorm(nn.GroupNorm):
    """nn.GroupNorm as the public code calls it: on (b, c, f, h, w)."""

    def forward(self, x):
        clip = x.unflatten(0, (-1, FRAMES)).transpose(1, 2)
        return super().forward(clip).transpose(1, 2).flatten(0, 1)


def attend(attn, x, context):
    """Attention of diffusers before it had processors."""
    q, k, v = attn.to_q(x), attn.to_k(context), attn.to_v(context)
    q, k, v = (t.unflatten(-1, (attn.heads, -1)).transpose(1, 2) for t in (q, k, v))
    weights = (q @ k.transpose(-1, -2) * attn.scale).softmax(-1)
    return attn.to_out[0]((weights @ v).transpose(1, 2).flatten(2))


def sparse_causal(attn, x):
    """SparseCausalAttention.forward: keys and values of frame 0 and of the frame before, beside each other."""
    former = (torch.arange(FRAMES) - 1).clamp(min=0)
    clips = x.unflatten(0, (-1, FRAMES))
    seen = torch.cat([clips[:, [0] * FRAMES], clips[:, former]], 2).flatten(0, 1)
    return attend(attn, x, seen)


def over_frames(attn, x):
    """Each place looks at itself in all frames: (b f) d c -> (b d) f c and back."""
    d = x.shape[1]
    rows = x.unflatten(0, (-1, FRAMES)).transpose(1, 2).flatten(0, 1)
    rows = attend(attn, rows, rows)
    return rows.unflatten(0, (-1, d)).transpose(1, 2).flatten(0, 1)


def forward(self, hidden_states, encoder_hidden_states=None, **unused):
    """BasicTransformerBlock.forward of the public code."""
    x = hidden_states
    x = sparse_causal(self.attn1, self.norm1(x)) + x
    x = attend(self.attn2, self.norm2(x), encoder_hidden_states) + x
    x = self.ff(self.norm3(x)) + x
    return over_frames(self.attn_temp, self.norm_temp(x)) + x


def inflate(unet):
    for block in [m for m in unet.modules() if isinstance(m, BasicTransformerBlock)]:
        width, heads = block.attn1.to_q.in_features, block.attn1.heads
        block.attn_temp = Attention(query_dim=width, heads=heads, dim_head=width // heads)
        block.norm_temp = nn.LayerNorm(width)
        block.forward = forward.__get__(block)
    for resnet in [m for m in unet.modules() if isinstance(m, ResnetBlock2D)]:
        resnet.norm1.__class__ = resnet.norm2.__class__ = ClipNorm
    unet.conv_norm_out.__class__ = ClipNorm
    return unet


if __name__ == "__main__":
    seed = 91
    unet = inflate(
        UNet2DConditionModel(
            block_out_channels=(8, 8, 16),
            down_block_types=("CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "DownBlock2D"),
            up_block_types=("UpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D"),
            layers_per_block=1, norm_num_groups=4, attention_head_dim=2, cross_attention_dim=24,
        )
    )
    randomise(unet, seed)
    sample = normal(seed + 1, CLIPS * FRAMES, 4, 6, 10)
    text = normal(seed + 2, CLIPS, 7, 24)
    tensors = {"sample": sample, "timestep": torch.tensor([640]), "encoder_hidden_states": text}
    frames_text = text.repeat_interleave(FRAMES, 0)
    tensors["out"] = unet(sample, 640, frames_text).sample
    write("unet/tune-a-video", unet, tensors, seed, "reference/make_tune_a_video.py")
