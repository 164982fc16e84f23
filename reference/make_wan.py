"""Makes core/src/test/resources/reference/wan: tiny transformers of Wan, SkyReels-V2 and VACE with random weights.

Each folder: the transformer as its pipelines have it, and io with inputs and outputs: levels of a clip and of each frame (which the
public reference takes for each token, so each frame's is repeated over its tokens). Heads of 10, 12, 14 and 20 features are shared out
among frames, rows and columns in other parts each.
"""

import sys
import tempfile

import torch
from diffusers import SkyReelsV2Transformer3DModel, WanTransformer3DModel, WanVACETransformer3DModel

import common

SEED = 61
BASE = dict(
    patch_size=(1, 2, 2), num_attention_heads=2, in_channels=4, out_channels=4, text_dim=8, freq_dim=16, ffn_dim=32, num_layers=2, eps=1e-6
)


def randomised(model, seed):
    """Tables of modulation are larger than a matrix of their shape would be: they begin at 1 / sqrt(D)."""
    common.randomise(model, seed)
    for i, (name, parameter) in enumerate(sorted(model.named_parameters())):
        if "scale_shift_table" in name or "pos_embed" in name:
            parameter.copy_(common.normal(seed + 100 + i, *parameter.shape, std=0.5))
    return model


def per_token(t_BF, area):
    return t_BF.repeat_interleave(area, 1)


def wan(name, seed, frames=3, height=6, width=8, tokens=5, pictures=None, **more):
    model = randomised(WanTransformer3DModel(**{**BASE, **more}), seed)
    config = model.config
    z = common.normal(seed + 1, 2, config.in_channels, frames, height, width)
    text = common.normal(seed + 2, 2, tokens, config.text_dim)
    io = {"z": z, "text": text}
    seen = {}
    if pictures:
        shown = common.normal(seed + 3, 2 * pictures, 3, config.image_dim)
        io["pictures"] = shown
        seen = {"encoder_hidden_states_image": shown}
    t = torch.tensor([999.9, 41.25])
    io["t"] = t
    io["out"] = model(z, t, text, **seen).sample
    area = (height // 2) * (width // 2)
    for key, levels in {
        "frames": [[0.0, 500.5, 999.0], [20.0, 0.0, 871.0]],
        "equal": [[640.0] * 3, [3.0] * 3],
    }.items():
        t_BF = torch.tensor(levels)
        io[f"t.{key}"] = t_BF
        io[f"out.{key}"] = model(z, per_token(t_BF, area), text, **seen).sample
    if not pictures:
        with tempfile.TemporaryDirectory() as folder:
            model.save_pretrained(folder)
            # Read so, and not cast, norms and levels stay f32 as the reference means it.
            half = WanTransformer3DModel.from_pretrained(folder, torch_dtype=torch.bfloat16)
        io["out.bf16"] = half(*common.bf16(z), t, *common.bf16(text)).sample.float()
    common.write(f"wan/{name}", model, io, seed)


def vace(name, seed):
    model = randomised(
        WanVACETransformer3DModel(**{**BASE, "num_layers": 3}, attention_head_dim=10, vace_layers=[0, 2], vace_in_channels=10), seed
    )
    z = common.normal(seed + 1, 2, 4, 3, 6, 8)
    control = common.normal(seed + 2, 2, 10, 3, 6, 8)
    text = common.normal(seed + 3, 2, 5, 8)
    t = torch.tensor([999.0, 41.0])
    io = {"z": z, "control": control, "text": text, "t": t}
    io["out"] = model(z, t, text, control_hidden_states=control).sample
    common.write(f"wan/{name}", model, io, seed)


def skyreels(name, seed, rate):
    model = randomised(SkyReelsV2Transformer3DModel(**BASE, attention_head_dim=12, inject_sample_info=rate), seed)
    z = common.normal(seed + 1, 1, 4, 4, 6, 4)
    text = common.normal(seed + 2, 1, 5, 8)
    t_BF = torch.tensor([[0.0, 250.0, 500.0, 999.0]])
    io = {"z": z, "text": text, "t.frames": t_BF, "t": torch.tensor([611.0])}
    for fps, row in ((16, 0), (24, 1)):
        told = {"fps": [row]} if rate else {}
        io[f"out.{fps}"] = model(z, io["t"], text, **told).sample
        io[f"out.frames.{fps}"] = model(z, t_BF, text, enable_diffusion_forcing=True, **told).sample
    model._set_ar_attention(2)
    io["out.blocks"] = model(z, t_BF, text, enable_diffusion_forcing=True, **({"fps": [1]} if rate else {})).sample
    model._set_ar_attention(1)
    common.write(f"wan/{name}", model, io, seed)


def main():
    wan("t2v", SEED, attention_head_dim=10)
    wan("odd", SEED + 10, attention_head_dim=20, num_attention_heads=1, height=10, width=6, tokens=9, num_layers=1)
    # Told apart from text by place: 512 tokens of it are behind those of the picture.
    wan("i2v", SEED + 20, attention_head_dim=12, in_channels=9, image_dim=6, added_kv_proj_dim=24, tokens=512, pictures=1, num_layers=1)
    wan(
        "flf", SEED + 30, attention_head_dim=14, in_channels=9, image_dim=6, added_kv_proj_dim=28, pos_embed_seq_len=6, tokens=512, pictures=2,
        num_layers=1,
    )
    vace("vace", SEED + 40)
    skyreels("skyreels", SEED + 50, True)
    skyreels("skyreels_14b", SEED + 60, False)


if __name__ == "__main__":
    sys.exit(main())
