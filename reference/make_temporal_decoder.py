"""temporal_decoder/svd: AutoencoderKLTemporalDecoder as Stable Video Diffusion has it, tiny.

Every parameter is given by arithmetic of its name (pattern), also the mix factors, which start at zero. Decoded are a picture, a clip of five frames, and a batch of
two clips whose parts were decoded alone as well. names.json is the same weights' names in sgm's single files, by rules of this
file's own: Java's must agree with them.
"""

import json
import math
import shutil
import zlib

import numpy as np
import torch
from diffusers import AutoencoderKLTemporalDecoder

from common import OUT, bf16, halved, keep, normal, write

STAGES = 4
MASK = 0xFFFFFFFF
RESNET = {"norm1": "norm1", "conv1": "conv1", "norm2": "norm2", "conv2": "conv2", "conv_shortcut": "nin_shortcut"}
STACK = {"norm1": "in_layers.0", "conv1": "in_layers.2", "norm2": "out_layers.0", "conv2": "out_layers.3"}
ATTENTION = {"group_norm": "norm", "to_q": "q", "to_k": "k", "to_v": "v", "to_out.0": "proj_out"}


def original(name):
    """The name of a weight in a single file of generative-models."""
    parts = name.split(".")
    half, rest = parts[0], parts[1:]
    if half == "quant_conv":
        return name
    if rest[0] == "conv_norm_out":
        return f"{half}.norm_out.{rest[1]}"
    if rest[0] == "time_conv_out":
        return f"{half}.conv_out.time_mix_conv.{rest[1]}"
    if rest[0] in ("conv_in", "conv_out"):
        return name
    if rest[0] == "mid_block":
        if rest[1] == "attentions":
            return f"{half}.mid.attn_1.{ATTENTION['.'.join(rest[3:-1])]}.{rest[-1]}"
        return f"{half}.mid.block_{int(rest[2]) + 1}." + resnet(rest[3:])
    up = rest[0] == "up_blocks"
    stage = STAGES - 1 - int(rest[1]) if up else int(rest[1])
    at = f"{half}.{'up' if up else 'down'}.{stage}"
    if rest[2] == "resnets":
        return f"{at}.block.{rest[3]}." + resnet(rest[4:])
    return f"{at}.{rest[2][:-3]}e.conv.{rest[-1]}".replace("samplee", "sample")


def resnet(rest):
    if rest[0] == "time_mixer":
        return "mix_factor"
    if rest[0] == "temporal_res_block":
        return f"time_stack.{STACK[rest[1]]}.{rest[2]}"
    if rest[0] == "spatial_res_block":
        rest = rest[1:]
    return f"{RESNET[rest[0]]}.{rest[1]}"


def pattern(name, shape):
    """Numbers in [-1, 1) by arithmetic that Java does as well: no file of weights is needed."""
    count = math.prod(shape)
    h = (np.arange(count, dtype=np.uint64) + zlib.crc32(name.encode())) * 0x9E3779B1 & MASK
    h = (h ^ h >> 15) * 0x85EBCA77 & MASK
    h = h ^ h >> 13
    return torch.from_numpy((h / 2**31 - 1).astype(np.float32)).reshape(shape)


def fill(module):
    for name, parameter in module.named_parameters():
        noise = pattern(name, parameter.shape)
        if name.endswith("mix_factor"):
            parameter.copy_(2 * noise)
        elif parameter.dim() > 1:
            parameter.copy_(noise * np.float32(math.sqrt(3 / parameter[0].numel())))
        else:
            parameter.copy_(noise / 4 + (1 if name.endswith("weight") else 0))
    return module.eval()


if __name__ == "__main__":
    seed = 61
    name = "temporal_decoder/svd"
    shutil.rmtree(OUT / name, ignore_errors=True)
    vae = AutoencoderKLTemporalDecoder(
        down_block_types=("DownEncoderBlock2D",) * STAGES, block_out_channels=(32, 32, 64, 64), layers_per_block=2,
        latent_channels=4, sample_size=64,
    )
    fill(vae)
    x = normal(seed + 1, 2, 3, 27, 19).tanh()
    z = normal(seed + 2, 10, 4, 3, 2)
    kept = {}
    hook = keep(vae, "decoder.mid_block.resnets.0", kept)
    clip = vae.decode(z[:5], num_frames=5).sample
    hook.remove()
    batch = vae.decode(z, num_frames=5).sample
    torch.testing.assert_close(batch[:5], clip, rtol=0, atol=2e-5)
    tensors = {
        "x": x, "mean": vae.encode(x).latent_dist.mean, "z": z,
        "one": vae.decode(z[:1], num_frames=1).sample, "clip": clip, "second": batch[5:],
    }
    tensors |= {"at." + k: v for k, v in kept.items()}
    half = halved(vae)
    tensors["clip.bf16"] = half.decode(*bf16(z[:5]), num_frames=5).sample.float()
    write(name, vae, tensors, seed, "reference/make_temporal_decoder.py")
    (OUT / name / "diffusion_pytorch_model.safetensors").unlink()
    names = {n: original(n) for n in vae.state_dict()}
    (OUT / name / "names.json").write_text(json.dumps(names, indent=0) + "\n")
