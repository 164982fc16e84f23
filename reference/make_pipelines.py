"""pipelines/*: whole pipelines on the tiny components of other fixtures, with noise that is recorded.

pipelines/zero     TextToVideoZeroPipeline on unet/sd1: latents at the end and at the moments T1 and T0 between
pipelines/control  StableDiffusionControlNetPipeline on control/canny: each picture of a batch under a hint of its own,
                   by two schedulers; one ControlNet, and two at once

Texts are given as embeddings: the text encoder has fixtures of its own.
"""

import json

import torch
from diffusers import (
    ControlNetModel,
    DDIMScheduler,
    EulerDiscreteScheduler,
    StableDiffusionControlNetPipeline,
    TextToVideoZeroPipeline,
    UNet2DConditionModel,
)
from diffusers.pipelines.deprecated.text_to_video_synthesis import pipeline_text_to_video_zero as zero_module

from common import OUT, normal, write

HOW = "reference/make_pipelines.py"
NOISE = dict(beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear", steps_offset=1)


def zero():
    seed, frames, height, width = 71, 4, 8, 12
    unet = UNet2DConditionModel.from_pretrained(OUT / "unet/sd1").eval()
    scheduler = DDIMScheduler(clip_sample=False, set_alpha_to_one=False, **NOISE)
    pipe = TextToVideoZeroPipeline(
        vae=None, text_encoder=None, tokenizer=None, unet=unet, scheduler=scheduler,
        safety_checker=None, feature_extractor=None, requires_safety_checker=False,
    )
    pipe.set_progress_bar_config(disable=True)
    start = normal(seed, 1, 4, height, width)
    text, negative = normal(seed + 1, 1, 7, 24), normal(seed + 2, 1, 7, 24)
    fresh = normal(seed + 3, frames - 1, 4, height, width)
    pipe.encode_prompt = lambda *args, **kwargs: (text, negative)
    zero_module.randn_tensor = lambda *args, **kwargs: fresh
    moments = []
    inner = pipe.backward_loop
    pipe.backward_loop = lambda **kwargs: moments.append(inner(**kwargs)) or moments[-1]
    tensors = {"start": start, "fresh": fresh, "text": text, "negative": negative}
    for name, settings in {
        "near": dict(t0=6, t1=8, motion_field_strength_x=12, motion_field_strength_y=12),
        "far": dict(t0=2, t1=7, motion_field_strength_x=-310, motion_field_strength_y=95),
    }.items():
        moments.clear()
        out = pipe(
            "", video_length=frames, height=8 * height, width=8 * width, num_inference_steps=10,
            guidance_scale=7.5, latents=start.clone(), output_type="latent", **settings,
        ).images
        tensors |= {f"{name}.t1": moments[0], f"{name}.t0": moments[1], f"{name}.out": out}
    # The motion field by itself, on squares and others, beyond the edges too.
    for i, (h, w, x, y) in enumerate([(64, 64, 12, 12), (9, 13, 40, -70), (8, 8, 900, -1300), (40, 72, 3, 0)]):
        z = normal(seed + 10 + i, 3, 2, h, w)
        tensors[f"field.{i}.in"] = z
        tensors[f"field.{i}.out"] = zero_module.create_motion_field_and_warp_latents(x, y, [1, 2, 5], z)
        tensors[f"field.{i}.motion"] = torch.tensor([x, y], dtype=torch.float32)
    write("pipelines/zero", None, tensors, seed, HOW)
    scheduler.save_config(OUT / "pipelines/zero")


def control():
    seed, frames, height, width = 81, 3, 6, 5
    folder = OUT / "control/canny"
    unet = UNet2DConditionModel.from_pretrained(folder / "image").eval()
    nets = [ControlNetModel.from_pretrained(p).eval() for p in (folder, folder / "second")]
    start = normal(seed, frames, 4, height, width)
    text, negative = normal(seed + 1, 1, 7, 12), normal(seed + 2, 1, 7, 12)
    hints = [normal(seed + 3 + i, frames, 3, 8 * height, 8 * width).sigmoid() for i in range(2)]
    tensors = {"start": start, "text": text, "negative": negative, "hint.0": hints[0], "hint.1": hints[1]}
    schedulers = {
        "ddim": DDIMScheduler(clip_sample=False, set_alpha_to_one=False, **NOISE),
        "euler": EulerDiscreteScheduler(timestep_spacing="leading", **NOISE),
    }
    for name, scheduler in schedulers.items():
        for count in (1, 2):
            pipe = StableDiffusionControlNetPipeline(
                vae=None, text_encoder=None, tokenizer=None, unet=unet,
                controlnet=nets[0] if count == 1 else nets, scheduler=scheduler,
                safety_checker=None, feature_extractor=None, requires_safety_checker=False,
            )
            pipe.set_progress_bar_config(disable=True)
            tensors[f"{name}.{count}"] = pipe(
                image=hints[0] if count == 1 else hints,
                controlnet_conditioning_scale=0.8 if count == 1 else [0.8, 0.4],
                prompt_embeds=text.repeat(frames, 1, 1), negative_prompt_embeds=negative.repeat(frames, 1, 1),
                latents=start.clone(), height=8 * height, width=8 * width,
                num_inference_steps=5, guidance_scale=6.0, output_type="latent",
            ).images
    write("pipelines/control", None, tensors, seed, HOW)
    (OUT / "pipelines/control/schedulers.json").write_text(
        json.dumps({name: json.loads(s.to_json_string()) for name, s in schedulers.items()}, indent=1) + "\n"
    )


if __name__ == "__main__":
    zero()
    control()
