"""unet3d/attention, unet3d/mixed, unet3d/convolutions: UNet3DConditionModel, the network of ModelScope and Zeroscope, tiny.

attention has temporal attention at every resolution, mixed at the finest alone, convolutions nowhere on the way down and up (the middle
always has it). Widths of 4 everywhere would make numbers that f32 does not hold. The last convolution of each stack over time starts at zero there; here it is random, or it would prove nothing. The
network takes one level a clip; its residual blocks take one a frame, so for frames of levels of their own they are given the embeddings
of those. Clips of a batch are told their texts by themselves; out.first is the first clip alone.
"""

import torch
from diffusers import UNet3DConditionModel
from diffusers.models.resnet import ResnetBlock2D

from common import bf16, halved, normal, randomise, write

DOWN, UP = "DownBlock3D", "UpBlock3D"


def levels_of_their_own(unet, t_BF):
    """Embeddings [B * F, E] in place of those of one level a clip."""
    own = unet.time_embedding(unet.time_proj(t_BF.flatten()))

    def told(module, args):
        return (args[0], own, *args[2:])

    return [m.register_forward_pre_hook(told) for m in unet.modules() if isinstance(m, ResnetBlock2D)]


def make(name, seed, shape, attends, **config):
    unet = UNet3DConditionModel(
        down_block_types=["CrossAttn" * a + DOWN for a in attends],
        up_block_types=["CrossAttn" * a + UP for a in reversed(attends)],
        cross_attention_dim=12,
        **config,
    )
    randomise(unet, seed)
    b, _, f, _, _ = shape
    sample = normal(seed + 1, *shape)
    text = normal(seed + 2, b, 6, 12)
    level = torch.tensor([761.0, 20.0])
    levels = torch.linspace(3, 990, b * f).reshape(b, f)
    tensors = {"sample": sample, "encoder_hidden_states": text, "timestep": level, "levels": levels}
    tensors["out"] = unet(sample, level, text).sample
    tensors["out.first"] = unet(sample[:1], level[:1], text[:1]).sample
    tensors["out.still"] = unet(sample[:, :, :1], level, text).sample
    hooks = levels_of_their_own(unet, levels)
    tensors["out.levels"] = unet(sample, level, text).sample
    for hook in hooks:
        hook.remove()
    tensors["out.bf16"] = halved(unet)(*bf16(sample), level, *bf16(text)).sample.float()
    write(f"unet3d/{name}", unet, tensors, seed, "reference/make_unet3d.py")


if __name__ == "__main__":
    make(
        "attention", 64, (2, 4, 5, 5, 6), (True, True),
        block_out_channels=(6, 6), layers_per_block=1, attention_head_dim=2, norm_num_groups=2,
    )
    make(
        "mixed", 62, (2, 4, 3, 7, 5), (True, False),
        block_out_channels=(4, 8), layers_per_block=1, attention_head_dim=2, norm_num_groups=4,
    )
    make(
        "convolutions", 63, (2, 3, 4, 6, 5), (False, False),
        block_out_channels=(4, 4), layers_per_block=2, attention_head_dim=2, norm_num_groups=4, in_channels=3, out_channels=3,
        norm_eps=1e-6,
    )
