"""wan_vae/v21, wan_vae/v22: AutoencoderKLWan as Wan 2.1 and 2.2 configure it, tiny.

Every parameter is random, gammas and biases too, and stored in half precision; latents_mean and latents_std are neither 0 nor 1.
Clips have 9 frames; the first 1 and 5 alone are held against them here. Heights and widths differ. `x` is in bytes, 0 to 255 for
-1 to 1. `decoded` is what the reference gives, clamped to [-1, 1], every third row and fifth column of it. `original.json` has the
names that the weights have in the files of the original code.
"""

import json
import re
import shutil

import torch
from diffusers import AutoencoderKLWan

from common import OUT, normal, randomise, write

RESNET = {"norm1": "residual.0", "conv1": "residual.2", "norm2": "residual.3", "conv2": "residual.6", "conv_shortcut": "shortcut"}
ENDS = {
    "quant_conv": "conv1", "post_quant_conv": "conv2", "conv_in": "conv1", "norm_out": "head.0", "conv_out": "head.2",
    "mid_block.resnets.0": "middle.0", "mid_block.attentions.0": "middle.1", "mid_block.resnets.1": "middle.2",
}


def original(name, nested):
    """The name of a weight in Wan's own files."""
    for new, old in RESNET.items():
        name = re.sub(rf"\.{new}\.", f".{old}.", name)
    for new, old in ENDS.items():
        name = re.sub(rf"(^|\.){re.escape(new)}\.", rf"\g<1>{old}.", name)
    if nested:
        name = re.sub(r"down_blocks\.(\d)\.resnets\.(\d)", r"downsamples.\1.downsamples.\2", name)
        name = re.sub(r"down_blocks\.(\d)\.downsampler", r"downsamples.\1.downsamples.2", name)
        name = re.sub(r"up_blocks\.(\d)\.resnets\.(\d)", r"upsamples.\1.upsamples.\2", name)
        return re.sub(r"up_blocks\.(\d)\.upsampler", r"upsamples.\1.upsamples.3", name)
    name = re.sub(r"down_blocks\.(\d+)", r"downsamples.\1", name)
    name = re.sub(r"up_blocks\.(\d)\.resnets\.(\d)", lambda m: f"upsamples.{4 * int(m[1]) + int(m[2])}", name)
    return re.sub(r"up_blocks\.(\d)\.upsamplers\.0", lambda m: f"upsamples.{4 * int(m[1]) + 3}", name)


def make(name, seed, height, width, nested=False, **config):
    channels = 4
    vae = AutoencoderKLWan(
        z_dim=channels, latents_mean=[0.3, -0.2, 0.1, -0.4], latents_std=[1.5, 0.7, 2.0, 0.4], **config
    )
    randomise(vae, seed)
    generator = torch.Generator().manual_seed(seed + 1)
    for key, parameter in sorted(vae.named_parameters()):
        if key.endswith("gamma"):
            parameter.copy_(1 + 0.15 * torch.randn(parameter.shape, generator=generator))
    vae.decoder.conv_out.weight.mul_(1.2)
    vae.half().float()
    space = vae.config.scale_factor_spatial
    generator.manual_seed(seed + 2)
    pixels = torch.randint(0, 256, (1, 3, 9, height, width), generator=generator, dtype=torch.uint8)
    x = pixels.float() / 127.5 - 1
    z = normal(seed + 3, 1, channels, 3, height // space, width // space)
    tensors = {"x": pixels, "z": z, "moments": vae._encode(x)}
    decoded = vae.decode(z).sample
    for frames, latents in ((1, 1), (5, 2)):
        # What comes later changes nothing of what was before.
        torch.testing.assert_close(vae._encode(x[:, :, :frames]), tensors["moments"][:, :, :latents], rtol=1e-4, atol=1e-5)
        torch.testing.assert_close(vae.decode(z[:, :, :latents]).sample, decoded[:, :, :frames], rtol=1e-4, atol=1e-5)
    tensors["decoded"] = decoded[..., ::3, ::5]
    tensors["second.decoded"] = vae.decode(z[:, :, 1:2]).sample[..., ::3, ::5]
    print(f"{name}: {(decoded.abs() == 1).float().mean():.3f} clamped, latents {tensors['moments'][:, :channels].std():.2f}")
    names = {original(key, nested): key for key in vae.state_dict()}
    assert len(names) == len(vae.state_dict())
    write(name, vae.half(), tensors, seed, "reference/make_wan_vae.py")
    file = OUT / name / "original.json"
    file.write_text(json.dumps(names, indent=0, sort_keys=True) + "\n")
    file.chmod(0o644)


if __name__ == "__main__":
    shutil.rmtree(OUT / "wan_vae", ignore_errors=True)
    make("wan_vae/v21", 51, 48, 56, base_dim=4, dim_mult=[1, 2, 2, 2])
    make(
        "wan_vae/v22", 52, 48, 64, nested=True, base_dim=2, decoder_base_dim=4, dim_mult=[1, 2, 2, 2], is_residual=True,
        in_channels=12, out_channels=12, patch_size=2, scale_factor_spatial=16,
    )
