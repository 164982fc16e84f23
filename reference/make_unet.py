"""unet/sd1, unet/sd2: UNet2DConditionModel as Stable Diffusion 1.x and 2.x configure it, tiny; unet/lcm:
one that is told its guidance, as latent consistency models are.

Frames are rows of the batch, each with a timestep of its own. Heights and widths are odd.
"""

import torch
from diffusers import LatentConsistencyModelPipeline, UNet2DConditionModel

from common import bf16, halved, keep, normal, randomise, write


def make(name, seed, frames, height, width, **config):
    unet = UNet2DConditionModel(**config)
    randomise(unet, seed)
    text = normal(seed + 1, frames, 7, unet.config.cross_attention_dim)
    sample = normal(seed + 2, frames, unet.config.in_channels, height, width)
    timesteps = torch.linspace(0, 999, frames).round()
    tensors = {"sample": sample, "timestep": timesteps, "encoder_hidden_states": text}
    kept = {}
    hooks = [
        keep(unet, n, kept)
        for n in ("time_embedding", "conv_in", "down_blocks.0", "down_blocks.0.resnets.0", "mid_block")
    ]
    tensors["out"] = unet(sample, timesteps, text).sample
    for hook in hooks:
        hook.remove()
    tensors |= {"at." + k: v for k, v in kept.items()}
    # One timestep for all, as pipelines call it.
    tensors["out.one"] = unet(sample, 501, text).sample
    tensors["out.bf16"] = halved(unet)(*bf16(sample), timesteps, *bf16(text)).sample.float()
    write(name, unet, tensors, seed, "reference/make_unet.py")
    return unet


def make_told(name, seed, frames, height, width, **config):
    unet = UNet2DConditionModel(**config)
    randomise(unet, seed)
    text = normal(seed + 1, frames, 7, unet.config.cross_attention_dim)
    sample = normal(seed + 2, frames, unet.config.in_channels, height, width)
    timesteps = torch.linspace(19, 999, frames).round()
    guidance = torch.linspace(0, 7.25, frames)
    told = LatentConsistencyModelPipeline.get_guidance_scale_embedding(
        None, guidance, embedding_dim=unet.config.time_cond_proj_dim
    )
    out = unet(sample, timesteps, text, timestep_cond=told).sample
    tensors = {"sample": sample, "timestep": timesteps, "encoder_hidden_states": text,
               "guidance": guidance, "told": told, "out": out}
    write(name, unet, tensors, seed, "reference/make_unet.py")


if __name__ == "__main__":
    make_told(
        "unet/lcm", 13, 3, 8, 6,
        block_out_channels=(8, 16),
        down_block_types=("CrossAttnDownBlock2D", "DownBlock2D"),
        up_block_types=("UpBlock2D", "CrossAttnUpBlock2D"),
        layers_per_block=1, norm_num_groups=4, attention_head_dim=2, cross_attention_dim=24,
        time_cond_proj_dim=32,
    )
    make(
        "unet/sd1", 11, 3, 9, 7,
        block_out_channels=(8, 8, 16),
        down_block_types=("CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "DownBlock2D"),
        up_block_types=("UpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D"),
        layers_per_block=1, norm_num_groups=4, attention_head_dim=2, cross_attention_dim=24,
    )
    make(
        "unet/sd2", 12, 2, 5, 11,
        block_out_channels=(8, 16),
        down_block_types=("CrossAttnDownBlock2D", "DownBlock2D"),
        up_block_types=("UpBlock2D", "CrossAttnUpBlock2D"),
        layers_per_block=2, norm_num_groups=4, attention_head_dim=(1, 4), cross_attention_dim=20,
        use_linear_projection=True, in_channels=9, norm_eps=1e-6,
    )
