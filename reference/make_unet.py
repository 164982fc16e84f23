"""unet/sd1, unet/sd2: UNet2DConditionModel as Stable Diffusion 1.x and 2.x configure it, tiny; unet/lcm:
one that is told its guidance, as latent consistency models are; unet/unclip, told a picture's embedding; unet/x4, told the
level of noise of what is beside, and looking at texts alone where it is fine.

Frames are rows of the batch, each with a timestep of its own. Heights and widths are odd.
"""

import torch
from diffusers import LatentConsistencyModelPipeline, UNet2DConditionModel

from common import bf16, halved, keep, normal, randomise, write


def make(name, seed, frames, height, width, **config):
    unet = UNet2DConditionModel(**config)
    randomise(unet, seed)
    told = {}
    if unet.config.class_embed_type == "projection":
        told["class_labels"] = normal(seed + 3, frames, unet.config.projection_class_embeddings_input_dim)
    if unet.config.num_class_embeds:
        told["class_labels"] = torch.tensor([20, 99, 0])[:frames]
    text = normal(seed + 1, frames, 7, unet.config.cross_attention_dim)
    sample = normal(seed + 2, frames, unet.config.in_channels, height, width)
    timesteps = torch.linspace(0, 999, frames).round()
    tensors = {"sample": sample, "timestep": timesteps, "encoder_hidden_states": text} | told
    kept = {}
    hooks = [
        keep(unet, n, kept)
        for n in ("time_embedding", "conv_in", "down_blocks.0", "down_blocks.0.resnets.0", "mid_block")
    ]
    tensors["out"] = unet(sample, timesteps, text, **told).sample
    for hook in hooks:
        hook.remove()
    tensors |= {"at." + k: v for k, v in kept.items()}
    # One timestep for all, as pipelines call it.
    tensors["out.one"] = unet(sample, 501, text, **told).sample
    half = {k: v.to(torch.bfloat16) if v.is_floating_point() else v for k, v in told.items()}
    tensors["out.bf16"] = halved(unet)(*bf16(sample), timesteps, *bf16(text), **half).sample.float()
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
    make(
        "unet/unclip", 13, 3, 6, 5,
        block_out_channels=(8, 16),
        down_block_types=("CrossAttnDownBlock2D", "DownBlock2D"),
        up_block_types=("UpBlock2D", "CrossAttnUpBlock2D"),
        layers_per_block=1, norm_num_groups=4, attention_head_dim=(1, 2), cross_attention_dim=20,
        use_linear_projection=True, class_embed_type="projection", projection_class_embeddings_input_dim=48,
    )
    make(
        "unet/x4", 14, 3, 6, 5,
        block_out_channels=(8, 8, 16),
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"),
        layers_per_block=1, norm_num_groups=4, attention_head_dim=2, cross_attention_dim=20, in_channels=7,
        use_linear_projection=True, num_class_embeds=100, only_cross_attention=(True, True, False),
    )
