"""vae/sd, vae/wide: AutoencoderKL as Stable Diffusion 1.x configures it, tiny, and one with 16 channels of latents.

vae/sd has the names of attention weights that Stable Diffusion's own files have (query, key, value, proj_attn). vae/wide has no
1x1 convolutions around its latents, a shift_factor, and weights in half precision under the name of that variant. Frames are
rows of the batch. Heights and widths are odd. Tiles are small, so that there are several of them.
"""

import shutil

import torch
from diffusers import AutoencoderKL
from safetensors.torch import load_file, save_file

from common import OUT, bf16, halved, keep, normal, randomise, write

OLD = {"to_q": "query", "to_k": "key", "to_v": "value", "to_out.0": "proj_attn"}


def old_name(name):
    for new, old in OLD.items():
        name = name.replace(f"attentions.0.{new}.", f"attentions.0.{old}.")
    return name


def make(name, seed, frames, pixels, latents, big_pixels, big_latents, half=False, old=False, **config):
    vae = AutoencoderKL(
        down_block_types=("DownEncoderBlock2D",) * 4, up_block_types=("UpDecoderBlock2D",) * 4,
        layers_per_block=2, sample_size=64, **config,
    )
    randomise(vae, seed)
    if half:
        vae.half().float()
    channels = vae.config.latent_channels
    x = normal(seed + 1, frames, 3, *pixels).tanh()
    z = normal(seed + 2, frames, channels, *latents)
    kept = {}
    hooks = [
        keep(vae, n, kept)
        for n in ("encoder.mid_block", "decoder.mid_block.attentions.0", "decoder.up_blocks.1")
    ]
    posterior = vae.encode(x).latent_dist
    eps = normal(seed + 3, *posterior.mean.shape)
    tensors = {
        "x": x, "z": z, "eps": eps, "mean": posterior.mean, "logvar": posterior.logvar,
        "draw": posterior.mean + posterior.std * eps, "decoded": vae.decode(z).sample,
    }
    for hook in hooks:
        hook.remove()
    tensors |= {"at." + k: v for k, v in kept.items()}
    half_vae = halved(vae)
    tensors["mean.bf16"] = half_vae.encode(*bf16(x)).latent_dist.mean.float()
    tensors["decoded.bf16"] = half_vae.decode(*bf16(z)).sample.float()
    x = normal(seed + 4, 1, 3, *big_pixels).tanh()
    z = normal(seed + 5, 1, channels, *big_latents)
    tensors |= {"big.x": x, "big.z": z}
    tensors |= {"big.mean": vae.encode(x).latent_dist.mean, "big.decoded": vae.decode(z).sample}
    vae.enable_tiling()
    tensors |= {"tiled.mean": vae.encode(x).latent_dist.mean, "tiled.decoded": vae.decode(z).sample}
    vae.disable_tiling()
    write(name, vae, tensors, seed, "reference/make_vae.py")

    # The weights under the names that real files have; the reference must read them as it wrote them.
    file = OUT / name / "diffusion_pytorch_model.safetensors"
    if half:
        vae.half().save_pretrained(OUT / name, variant="fp16")
        file.unlink()
    if old:
        save_file({old_name(k): v for k, v in load_file(file).items()}, file, metadata={"format": "pt"})
    for file in (OUT / name).iterdir():
        file.chmod(0o644)
    again = AutoencoderKL.from_pretrained(OUT / name, variant="fp16" if half else None, torch_dtype=torch.float32)
    z = tensors["z"]
    torch.testing.assert_close(again.decode(z).sample, tensors["decoded"], rtol=0, atol=0)


if __name__ == "__main__":
    shutil.rmtree(OUT / "vae", ignore_errors=True)
    make(
        "vae/sd", 21, 3, (45, 59), (3, 5), (107, 77), (11, 19), old=True,
        block_out_channels=(8, 8, 16, 16), norm_num_groups=4,
    )
    make(
        "vae/wide", 22, 2, (33, 24), (5, 2), (70, 129), (17, 9), half=True,
        block_out_channels=(8, 16, 16, 24), norm_num_groups=8, latent_channels=16, scaling_factor=0.3611,
        shift_factor=0.1159, use_quant_conv=False, use_post_quant_conv=False,
    )
