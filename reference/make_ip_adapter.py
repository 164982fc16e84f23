"""Makes core/src/test/resources/reference/ip_adapter: IP-Adapters of three kinds beside the tiny AnimateDiff of
make_animatediff.py, and what its pipeline makes of given noise with them.

    image_encoder/              CLIP's vision encoder, tiny
    KIND.safetensors            an adapter: plain, plus, face
    KIND.tokens, KIND.nothing   what the pictures become, and what guidance leads away from
    KIND.latents                at the end, at scale 0.6; plain.two.latents with two pictures
    plain.off.latents           at scale 0
"""

import torch
from diffusers import AnimateDiffPipeline, DDIMScheduler, MotionAdapter, StableDiffusionPipeline
from PIL import Image
from safetensors.torch import save_file
from transformers import CLIPImageProcessor, CLIPVisionConfig, CLIPVisionModelWithProjection

from common import OUT, normal, randomise, write
from make_animatediff import FRAMES, HEIGHT, LINEAR, NEGATIVE, PROMPT, SEED, STEPS, WIDTH, recorded

SIDE, EMBEDDING, TOKENS, TEXT = 28, 24, 32, 16
SCALE = 0.6


def weights(seed, shapes):
    made = {}
    for i, (name, shape) in enumerate(shapes.items()):
        x = normal(seed + i, *shape)
        if len(shape) > 1:
            made[name] = x / shape[-1] ** 0.5
        else:
            made[name] = (1 if name.endswith("weight") else 0) + 0.15 * x
    return made


def linear(name, inside, out, bias=True):
    return {f"{name}.weight": (out, inside)} | ({f"{name}.bias": (out,)} if bias else {})


def norm(name, width):
    return {f"{name}.weight": (width,), f"{name}.bias": (width,)}


def plain():
    return linear("proj", EMBEDDING, 4 * TEXT) | norm("norm", TEXT)


def face():
    return linear("proj.0", TOKENS, TOKENS) | linear("proj.2", TOKENS, TEXT) | norm("proj.3", TEXT)


def plus():
    # The reference takes four layers for granted.
    hidden, inner = 20, 128
    shapes = {"latents": (1, 3, hidden)}
    shapes |= linear("proj_in", TOKENS, hidden) | linear("proj_out", hidden, TEXT) | norm("norm_out", TEXT)
    for i in range(4):
        shapes |= norm(f"layers.{i}.0.norm1", hidden) | norm(f"layers.{i}.0.norm2", hidden)
        shapes |= linear(f"layers.{i}.0.to_q", hidden, inner, False)
        shapes |= linear(f"layers.{i}.0.to_kv", hidden, 2 * inner, False)
        shapes |= linear(f"layers.{i}.0.to_out", inner, hidden, False)
        shapes |= norm(f"layers.{i}.1.0", hidden)
        shapes |= linear(f"layers.{i}.1.1", hidden, 4 * hidden, False)
        shapes |= linear(f"layers.{i}.1.3", 4 * hidden, hidden, False)
    return shapes


def layers(unet):
    widths = list(unet.config.block_out_channels)
    shapes, number = {}, 1
    for name in unet.attn_processors:
        if name.endswith("attn2.processor") and "motion_modules" not in name:
            at = name.split(".")
            width = widths[-1] if at[0] == "mid_block" else (widths if at[0] == "down_blocks" else widths[::-1])[int(at[1])]
            for which in ("to_k_ip", "to_v_ip"):
                shapes[f"{number}.{which}.weight"] = (width, TEXT)
            number += 2
    return shapes


def picture(seed, height, width):
    x = normal(seed, height, width, 3) * 50 + 128
    return Image.fromarray(x.clamp(0, 255).to(torch.uint8).numpy())


def main():
    folder = OUT / "ip_adapter"
    encoder = CLIPVisionModelWithProjection(
        CLIPVisionConfig(
            image_size=SIDE, patch_size=7, hidden_size=TOKENS, intermediate_size=48, num_hidden_layers=2,
            num_attention_heads=2, hidden_act="gelu", projection_dim=EMBEDDING,
        )
    )
    randomise(encoder, SEED + 40)
    encoder.save_pretrained(folder / "image_encoder", safe_serialization=True)
    pictures = [picture(SEED + 41, 40, 31), picture(SEED + 42, 33, 50)]
    start = normal(SEED + 10, 1, 4, FRAMES, HEIGHT, WIDTH)
    out = {f"picture.{i}": torch.tensor(list(p.getdata())).reshape(p.height, p.width, 3).to(torch.uint8) for i, p in enumerate(pictures)}

    model = OUT / "animatediff/model"

    def pipeline(kind, adapter):
        image = StableDiffusionPipeline.from_pretrained(model, safety_checker=None)
        video = AnimateDiffPipeline(
            **{k: v for k, v in image.components.items() if k not in ("safety_checker", "feature_extractor", "image_encoder", "scheduler")},
            motion_adapter=MotionAdapter.from_pretrained(model / "motion_adapter"),
            scheduler=DDIMScheduler(**LINEAR, timestep_spacing="linspace"),
            image_encoder=encoder,
            feature_extractor=CLIPImageProcessor(size={"shortest_edge": SIDE}, crop_size=SIDE),
        )
        video.set_progress_bar_config(disable=True)
        video.load_ip_adapter(adapter, subfolder="", weight_name=f"{kind}.safetensors", image_encoder_folder=None)
        return video

    def run(video, scale, shown):
        recorded(normal(SEED + 11, STEPS, 1, 4, FRAMES, HEIGHT, WIDTH))
        video.set_ip_adapter_scale(scale)
        return video(
            prompt=PROMPT, negative_prompt=NEGATIVE, num_inference_steps=STEPS, guidance_scale=3.0,
            latents=start.clone(), height=8 * HEIGHT, width=8 * WIDTH, num_frames=FRAMES, output_type="latent",
            ip_adapter_image=shown,
        ).frames

    unet = StableDiffusionPipeline.from_pretrained(model, safety_checker=None).unet
    own = weights(SEED + 500, layers(unet))
    for i, (kind, shapes) in enumerate({"plain": plain(), "plus": plus(), "face": face()}.items()):
        proj = weights(SEED + 100 + 100 * i, shapes)
        both = {"image_proj." + k: v for k, v in proj.items()} | {"ip_adapter." + k: v for k, v in own.items()}
        save_file({k: v.contiguous() for k, v in both.items()}, folder / f"{kind}.safetensors", metadata={"format": "pt"})
        video = pipeline(kind, folder)
        project = video.unet.encoder_hid_proj.image_projection_layers[0]
        seen, nothing = video.encode_image(pictures, "cpu", 1, kind != "plain")
        out[f"{kind}.tokens"] = project(seen)
        out[f"{kind}.nothing"] = project(nothing)[:1]
        out[f"{kind}.latents"] = run(video, SCALE, [pictures[:1]])
        if kind == "plain":
            out["plain.two.latents"] = run(video, SCALE, [pictures])
            out["plain.off.latents"] = run(video, 0.0, [pictures[:1]])
    write("ip_adapter", None, out, SEED, "reference/make_ip_adapter.py")


main()
