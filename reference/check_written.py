"""check_written.py FOLDER: does diffusers read what a training writes, and make the same of it?

FOLDER holds what WrittenFiles (among the tests of core) writes: models of random weights, the files that were trained on them, and in io.safetensors what
Zoetrope makes with each. For every file: nothing missing, nothing left over, and max |difference| / max |expected| <= 1e-5 in f32.
"""

import pathlib
import sys

import torch
from diffusers import (
    ControlNetModel,
    MotionAdapter,
    StableDiffusionPipeline,
    UNet2DConditionModel,
    UNetMotionModel,
)
from diffusers.loaders import StableDiffusionLoraLoaderMixin as Loader
from safetensors import safe_open
from safetensors.torch import load_file
from transformers import CLIPVisionModelWithProjection

torch.set_grad_enabled(False)


def original(state):
    """As diffusers' conversion script reads an original file of motion modules, or a MotionLoRA."""
    renamed = {}
    for key, value in state.items():
        if "pos_encoder" in key and "attention_blocks.1" in key:
            continue
        key = (
            key.replace(".temporal_transformer", "")
            .replace("attention_blocks.0.pos_encoder.pe", "pos_embed.pe")
            .replace("attention_blocks.0", "attn1")
            .replace("attention_blocks.1", "attn2")
            .replace("norms.0", "norm1")
            .replace("norms.1", "norm2")
            .replace("ff_norm", "norm3")
            .replace(".processor.to_", ".to_")
        )
        for layer in ("q", "k", "v", "out"):
            to = f"to_{layer}" + (".0" if layer == "out" else "")
            key = key.replace(f"to_{layer}_lora.down", f"{to}.lora_A").replace(
                f"to_{layer}_lora.up", f"{to}.lora_B"
            )
        renamed[key] = value
    return renamed


def ours(io, name, out):
    """Compares; [B, C, F, H, W]."""
    expected = io[name]
    difference = ((out - expected).abs().max() / expected.abs().max()).item()
    print(f"{name:16} {difference:.1e} {'same' if difference <= 1e-5 else 'OTHER'}")
    return difference <= 1e-5


def still(unet, io):
    """Frame by frame."""
    z = io["z"].permute(0, 2, 1, 3, 4).flatten(0, 1)
    words = io["words"].repeat_interleave(io["z"].shape[2], 0)
    out = unet(z, torch.tensor(500.0), words).sample
    return out.unflatten(0, (1, -1)).permute(0, 2, 1, 3, 4)


def moving(unet, io):
    words = io["words"].repeat_interleave(io["z"].shape[2], 0)
    return unet(io["z"], torch.tensor(500.0), words).sample


def lora(unet, state, metadata=None):
    state, alphas, metadata = Loader.lora_state_dict(
        state, unet_config=unet.config, return_lora_metadata=True
    )
    Loader.load_lora_into_unet(state, alphas, unet, adapter_name="it", metadata=metadata)
    return unet.eval()


def beside(folder, base, io):
    """A word that was learned, and with it a picture and a hint."""
    trained = folder / "trained"
    pipe = StableDiffusionPipeline.from_pretrained(
        folder / "still", safety_checker=None, feature_extractor=None, requires_safety_checker=False
    )
    pipe.load_textual_inversion(trained / "zog.safetensors")
    prompt = pipe.maybe_convert_prompt("a zog, at night", pipe.tokenizer)
    ids = pipe.tokenizer(
        prompt, padding="max_length", max_length=77, truncation=True, return_tensors="pt"
    ).input_ids
    words = pipe.text_encoder(ids)[0]
    good = ours(io, "zog", words)
    encoder = CLIPVisionModelWithProjection.from_pretrained(folder / "image_encoder")
    mean = torch.tensor([0.48145466, 0.4578275, 0.40821073]).view(1, 3, 1, 1)
    std = torch.tensor([0.26862954, 0.26130258, 0.27577711]).view(1, 3, 1, 1)
    embeds = encoder((io["picture"] - mean) / std).image_embeds
    state = {"image_proj": {}, "ip_adapter": {}}
    for key, value in load_file(trained / "pictures.safetensors").items():
        part, _, name = key.partition(".")
        state[part][name] = value
    unet = UNet2DConditionModel.from_pretrained(base)
    unet._load_ip_adapter_weights([state])
    control, info = ControlNetModel.from_pretrained(trained / "depth", output_loading_info=True)
    assert not info["missing_keys"] and not info["unexpected_keys"], info
    frames = io["z"].shape[2]
    z = io["z"].permute(0, 2, 1, 3, 4).flatten(0, 1)
    hint = io["hint"].permute(0, 2, 1, 3, 4).flatten(0, 1)
    t = torch.tensor(500.0)
    each = words.repeat_interleave(frames, 0)
    down, middle = control(z, t, each, controlnet_cond=hint, return_dict=False)
    out = unet(
        z,
        t,
        each,
        down_block_additional_residuals=down,
        mid_block_additional_residual=middle,
        added_cond_kwargs={"image_embeds": [embeds.repeat_interleave(frames, 0).unsqueeze(1)]},
    ).sample
    return ours(io, "shown", out.unflatten(0, (1, -1)).permute(0, 2, 1, 3, 4)) and good


def main(folder):
    io = load_file(folder / "io.safetensors")
    base = folder / "still/unet"
    image = UNet2DConditionModel.from_pretrained(base)
    good = ours(io, "base", still(image, io))
    for name in ("peft", "kohya"):
        unet = UNet2DConditionModel.from_pretrained(base)
        good &= ours(io, name, still(lora(unet, load_file(folder / f"trained/look-{name}.safetensors")), io))
    adapter, info = MotionAdapter.from_pretrained(
        folder / "trained/motion-motion-adapter", output_loading_info=True
    )
    assert not info["missing_keys"] and not info["unexpected_keys"], info
    whole = UNetMotionModel.from_unet2d(image, adapter).eval()
    good &= ours(io, "motion-adapter", moving(whole, io))
    plain = MotionAdapter.from_config(adapter.config)
    state = original(load_file(folder / "trained/motion-motion-module.safetensors"))
    print("motion-module   ", plain.load_state_dict(state, strict=True))
    good &= ours(io, "motion-module", moving(UNetMotionModel.from_unet2d(image, plain).eval(), io))
    pan = original(load_file(folder / "trained/pan-motion-lora.safetensors"))
    pan = {"unet." + key: value for key, value in pan.items()}
    own = MotionAdapter.from_pretrained(folder / "moving/motion_adapter")
    video = UNetMotionModel.from_unet2d(image, own).eval()
    good &= ours(io, "motion-lora", moving(lora(video, pan), io))
    good &= beside(folder, base, io)
    with safe_open(folder / "trained/look-kohya.safetensors", "pt") as file:
        print(file.metadata())
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[-1]))
