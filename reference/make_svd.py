"""svd/unet: UNetSpatioTemporalConditionModel as Stable Video Diffusion configures it, tiny.

Its 32 groups of normalisation are fixed in the reference; here they are 4, which our config says as norm_num_groups. Beside clips of
five frames and of one there are: frames that are images alone (the indicator of its blenders), and frames of levels of their own (the
reference takes one level a clip, so its residual blocks are given the embeddings of those).
"""

import json

import torch
from diffusers import UNetSpatioTemporalConditionModel
from diffusers.models.resnet import AlphaBlender, SpatioTemporalResBlock

from common import OUT, bf16, halved, normal, randomise, write

GROUPS = 4


class few_groups:
    """Group norms of few groups, whatever the code asks for."""

    def __enter__(self):
        self.init = torch.nn.GroupNorm.__init__
        init = self.init

        def fewer(module, num_groups, num_channels, *args, **kwargs):
            init(module, GROUPS, num_channels, *args, **kwargs)

        torch.nn.GroupNorm.__init__ = fewer

    def __exit__(self, *_):
        torch.nn.GroupNorm.__init__ = self.init


def tiny(seed, **config):
    with few_groups():
        unet = UNetSpatioTemporalConditionModel(**config)
    return randomise(unet, seed)


CONFIG = dict(
    block_out_channels=(4, 8),
    down_block_types=("CrossAttnDownBlockSpatioTemporal", "DownBlockSpatioTemporal"),
    up_block_types=("UpBlockSpatioTemporal", "CrossAttnUpBlockSpatioTemporal"),
    layers_per_block=1,
    num_attention_heads=(2, 4),
    cross_attention_dim=12,
    addition_time_embed_dim=8,
    projection_class_embeddings_input_dim=24,
    num_frames=5,
    sample_size=8,
)


def images_alone(unet):
    def alone(module, args, kwargs):
        kwargs["image_only_indicator"] = torch.ones_like(kwargs["image_only_indicator"])
        return args, kwargs

    return [m.register_forward_pre_hook(alone, with_kwargs=True) for m in unet.modules() if isinstance(m, AlphaBlender)]


def levels_of_their_own(unet, t_BF, ids):
    """Embeddings [B * F, E] in place of those of one level a clip."""
    b, f = t_BF.shape
    own = unet.time_embedding(unet.time_proj(t_BF.flatten()))
    own = own + unet.add_embedding(unet.add_time_proj(ids.flatten()).reshape(b, -1)).repeat_interleave(f, 0)

    def told(module, args, kwargs):
        return (args[0], own, *args[2:]), kwargs

    return [m.register_forward_pre_hook(told, with_kwargs=True) for m in unet.modules() if isinstance(m, SpatioTemporalResBlock)]


def main():
    seed = 31
    unet = tiny(seed, **CONFIG)
    sample = normal(seed + 1, 2, 5, 8, 7, 6)
    context = normal(seed + 2, 2, 1, 12)
    ids = torch.tensor([[6.0, 127.0, 0.02], [24.0, 30.0, 0.3]])
    level = torch.tensor([1.2, -0.7])
    levels = torch.linspace(-1.5, 1.6, 10).reshape(2, 5)
    tensors = {"sample": sample, "context": context, "ids": ids, "level": level, "levels": levels}
    tensors["out"] = unet(sample, level, context, ids).sample
    tensors["out.one"] = unet(sample[:1, :1], level[:1], context[:1], ids[:1]).sample
    hooks = images_alone(unet)
    tensors["out.images"] = unet(sample, level, context, ids).sample
    for hook in hooks:
        hook.remove()
    hooks = levels_of_their_own(unet, levels, ids)
    tensors["out.levels"] = unet(sample, level, context, ids).sample
    for hook in hooks:
        hook.remove()
    half = halved(unet)
    tensors["out.bf16"] = half(*bf16(sample), level, *bf16(context), ids).sample.float()
    write("svd/unet", unet, tensors, seed, "reference/make_svd.py")
    path = OUT / "svd/unet/config.json"
    config = json.loads(path.read_text())
    config["norm_num_groups"] = GROUPS
    path.write_text(json.dumps(config, indent=2) + "\n")


if __name__ == "__main__":
    main()
