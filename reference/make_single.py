"""single: a checkpoint of Stable Diffusion 1.x in one file, whole in its names, tiny in its channels.

The names are written down here as the first (CompVis) code has them. Every tensor is filled with a number of its own, so that
what diffusers' converters make of the file says which key became which: keys.txt, a line for each weight with the key in the
file, the component, the name in it and the shape there. The converted weights must fill diffusers' own networks exactly.
"""

import warnings

import torch
from diffusers import AutoencoderKL, UNet2DConditionModel
from diffusers.loaders.single_file_utils import (
    convert_ldm_clip_checkpoint, convert_ldm_unet_checkpoint, convert_ldm_vae_checkpoint,
)
from safetensors.torch import save_file
from transformers import CLIPTextConfig, CLIPTextModel

from common import OUT

WIDTHS, VAE_WIDTHS, TEXT, LATENT = (2, 4, 6, 6), (2, 4, 6, 6), 4, 4

shapes = {}


def add(name, *shape, bias=True):
    shapes[name + ".weight"] = shape
    if bias:
        shapes[name + ".bias"] = shape[:1]


def unet():
    p = "model.diffusion_model."
    time = 4 * WIDTHS[0]

    def res(at, i, o):
        add(at + "in_layers.0", i)
        add(at + "in_layers.2", o, i, 3, 3)
        add(at + "emb_layers.1", o, time)
        add(at + "out_layers.0", o)
        add(at + "out_layers.3", o, o, 3, 3)
        if i != o:
            add(at + "skip_connection", o, i, 1, 1)

    def attention(at, w):
        add(at + "norm", w)
        add(at + "proj_in", w, w, 1, 1)
        block = at + "transformer_blocks.0."
        for n, context in (("attn1", w), ("attn2", TEXT)):
            add(block + n + ".to_q", w, w, bias=False)
            add(block + n + ".to_k", w, context, bias=False)
            add(block + n + ".to_v", w, context, bias=False)
            add(block + n + ".to_out.0", w, w)
        add(block + "ff.net.0.proj", 8 * w, w)
        add(block + "ff.net.2", w, 4 * w)
        for n in ("norm1", "norm2", "norm3"):
            add(block + n, w)
        add(at + "proj_out", w, w, 1, 1)

    add(p + "time_embed.0", time, WIDTHS[0])
    add(p + "time_embed.2", time, time)
    add(p + "input_blocks.0.0", WIDTHS[0], LATENT, 3, 3)
    kept, w, index = [WIDTHS[0]], WIDTHS[0], 1
    for level, width in enumerate(WIDTHS):
        for _ in range(2):
            res(f"{p}input_blocks.{index}.0.", w, width)
            if level < 3:
                attention(f"{p}input_blocks.{index}.1.", width)
            w = width
            kept.append(w)
            index += 1
        if level < 3:
            add(f"{p}input_blocks.{index}.0.op", w, w, 3, 3)
            kept.append(w)
            index += 1
    res(p + "middle_block.0.", w, w)
    attention(p + "middle_block.1.", w)
    res(p + "middle_block.2.", w, w)
    index = 0
    for level, width in reversed(list(enumerate(WIDTHS))):
        for i in range(3):
            res(f"{p}output_blocks.{index}.0.", w + kept.pop(), width)
            w = width
            if level < 3:
                attention(f"{p}output_blocks.{index}.1.", width)
            if level > 0 and i == 2:
                add(f"{p}output_blocks.{index}.{2 if level < 3 else 1}.conv", w, w, 3, 3)
            index += 1
    add(p + "out.0", w)
    add(p + "out.2", LATENT, w, 3, 3)


def vae():
    p = "first_stage_model."

    def res(at, i, o):
        add(at + "norm1", i)
        add(at + "conv1", o, i, 3, 3)
        add(at + "norm2", o)
        add(at + "conv2", o, o, 3, 3)
        if i != o:
            add(at + "nin_shortcut", o, i, 1, 1)

    def middle(at, w):
        res(at + "mid.block_1.", w, w)
        add(at + "mid.attn_1.norm", w)
        for n in ("q", "k", "v", "proj_out"):
            add(at + "mid.attn_1." + n, w, w, 1, 1)
        res(at + "mid.block_2.", w, w)

    w = VAE_WIDTHS[0]
    add(p + "encoder.conv_in", w, 3, 3, 3)
    for level, width in enumerate(VAE_WIDTHS):
        for i in range(2):
            res(f"{p}encoder.down.{level}.block.{i}.", w, width)
            w = width
        if level < 3:
            add(f"{p}encoder.down.{level}.downsample.conv", w, w, 3, 3)
    middle(p + "encoder.", w)
    add(p + "encoder.norm_out", w)
    add(p + "encoder.conv_out", 2 * LATENT, w, 3, 3)
    add(p + "decoder.conv_in", w, LATENT, 3, 3)
    middle(p + "decoder.", w)
    for level, width in reversed(list(enumerate(VAE_WIDTHS))):
        for i in range(3):
            res(f"{p}decoder.up.{level}.block.{i}.", w, width)
            w = width
        if level > 0:
            add(f"{p}decoder.up.{level}.upsample.conv", w, w, 3, 3)
    add(p + "decoder.norm_out", w)
    add(p + "decoder.conv_out", 3, w, 3, 3)
    add(p + "quant_conv", 2 * LATENT, 2 * LATENT, 1, 1)
    add(p + "post_quant_conv", LATENT, LATENT, 1, 1)


def text():
    p = "cond_stage_model.transformer.text_model."
    shapes[p + "embeddings.token_embedding.weight"] = (8, TEXT)
    shapes[p + "embeddings.position_embedding.weight"] = (77, TEXT)
    for i in range(12):
        at = f"{p}encoder.layers.{i}."
        for n in ("q_proj", "k_proj", "v_proj", "out_proj"):
            add(at + "self_attn." + n, TEXT, TEXT)
        for n in ("layer_norm1", "layer_norm2"):
            add(at + n, TEXT)
        add(at + "mlp.fc1", 2 * TEXT, TEXT)
        add(at + "mlp.fc2", TEXT, 2 * TEXT)
    add(p + "final_layer_norm", TEXT)


def fills(module, weights):
    """The weights are exactly those of a network of the reference."""
    state = {k: v for k, v in module.state_dict().items() if not k.endswith("position_ids")}
    assert state.keys() == weights.keys(), sorted(state.keys() ^ weights.keys())[:5]
    for name, value in state.items():
        assert value.shape == weights[name].shape, (name, value.shape, weights[name].shape)


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    unet()
    vae()
    text()
    file, names = {}, sorted(shapes)
    for number, name in enumerate(names):
        file[name] = torch.full(shapes[name], float(number))

    parts = {
        "unet": UNet2DConditionModel(
            block_out_channels=WIDTHS, cross_attention_dim=TEXT, attention_head_dim=2, norm_num_groups=2),
        "vae": AutoencoderKL(
            block_out_channels=VAE_WIDTHS, down_block_types=("DownEncoderBlock2D",) * 4,
            up_block_types=("UpDecoderBlock2D",) * 4, layers_per_block=2, norm_num_groups=2),
        "text_encoder": CLIPTextModel(CLIPTextConfig(
            vocab_size=8, hidden_size=TEXT, intermediate_size=2 * TEXT, num_attention_heads=2, num_hidden_layers=12)),
    }
    made = {
        "unet": convert_ldm_unet_checkpoint(dict(file), dict(parts["unet"].config)),
        "vae": convert_ldm_vae_checkpoint(dict(file), dict(parts["vae"].config)),
        "text_encoder": convert_ldm_clip_checkpoint(dict(file)),
    }
    lines = []
    for part, weights in made.items():
        weights = {k.removeprefix("text_model."): v for k, v in weights.items()} if part == "text_encoder" else weights
        state = parts[part]
        plain = {k.removeprefix("text_model."): v for k, v in state.state_dict().items()}
        holder = torch.nn.Module()
        holder.state_dict = lambda: plain
        fills(holder, weights)
        prefix = "text_model." if part == "text_encoder" else ""
        for name, tensor in weights.items():
            key = names[int(tensor.flatten()[0])]
            lines.append(" ".join([key, part, prefix + name, *map(str, tensor.shape)]))
    assert len(lines) == len(names) == len(set(lines))
    folder = OUT / "single"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "keys.txt").write_text("\n".join(sorted(lines)) + "\n")
    # What else such files hold.
    p = "cond_stage_model.transformer.text_model.embeddings.position_ids"
    file[p] = torch.arange(77).unsqueeze(0)
    file["alphas_cumprod"] = torch.ones(3)
    file["model_ema.decay"] = torch.tensor(0.5)
    half = {k: v.half() if v.is_floating_point() else v for k, v in file.items()}
    save_file(half, folder / "model.safetensors", metadata={"made_by": "reference/make_single.py"})
    (folder / "model.safetensors").chmod(0o644)
    print(len(lines), "weights")
