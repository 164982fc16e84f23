"""Makes core/src/test/resources/reference/upscale: what is left of a tiny StableDiffusionUpscalePipeline beside components of
other fixtures (unet/x4, unclip's text encoder), and what it makes of recorded noise.

- small           the picture that is made larger, -1 to 1; noise is what it is noised by, start what the large one is born of
- seen.N          what the U-Net sees of it beside the latents at noise level N
- latents.N       at the end of 4 steps of DDIM on v, guidance 3
- logsnr          of the noise of every label
"""

import json
import shutil

import PIL.Image
import torch
from diffusers import AutoencoderKL, DDIMScheduler, DDPMScheduler, StableDiffusionUpscalePipeline, UNet2DConditionModel
from diffusers.pipelines.stable_diffusion import pipeline_stable_diffusion_upscale as pipeline
from transformers import CLIPTextModel, CLIPTokenizer

import common

SEED = 61
FOLDER = common.OUT / "upscale"
PROMPT, NEGATIVE = "a photo of a cat sitting on a wooden table", "the little girl"
LEVELS = (0, 20, 99)


def main():
    shutil.rmtree(FOLDER, ignore_errors=True)
    model = FOLDER / "model"
    vae = common.randomise(
        AutoencoderKL(
            block_out_channels=(8, 8, 16), norm_num_groups=4, layers_per_block=1, latent_channels=4, scaling_factor=0.08333,
            down_block_types=("DownEncoderBlock2D",) * 3, up_block_types=("UpDecoderBlock2D",) * 3,
        ),
        SEED,
    )
    low = DDPMScheduler(beta_schedule="scaled_linear", beta_start=0.0001, beta_end=0.02)
    pipe = StableDiffusionUpscalePipeline(
        vae=vae,
        text_encoder=CLIPTextModel.from_pretrained(common.OUT / "unclip/model/text_encoder").eval(),
        tokenizer=CLIPTokenizer.from_pretrained(common.OUT / "clip_tokenizer"),
        unet=UNet2DConditionModel.from_pretrained(common.OUT / "unet/x4").eval(),
        low_res_scheduler=low,
        scheduler=DDIMScheduler(
            beta_start=0.0001, beta_end=0.02, beta_schedule="scaled_linear", prediction_type="v_prediction",
            clip_sample=False, set_alpha_to_one=False, steps_offset=1,
        ),
        max_noise_level=99,
    )
    pipe.set_progress_bar_config(disable=True)
    pixels = (common.normal(SEED + 1, 4, 8, 3).sigmoid() * 255).round().to(torch.uint8)
    small = PIL.Image.fromarray(pixels.numpy())
    noise = common.normal(SEED + 2, 1, 3, 4, 8)
    start = common.normal(SEED + 3, 1, 4, 4, 8)
    io = {"small": pipe.image_processor.preprocess(small), "noise": noise, "start": start}
    pipeline.randn_tensor = lambda *a, **k: noise
    add = low.add_noise

    for level in LEVELS:

        def add_noise(*a, **k):
            io[f"seen.{level}"] = add(*a, **k)
            return io[f"seen.{level}"]

        low.add_noise = add_noise
        io[f"latents.{level}"] = pipe(
            PROMPT, image=small, negative_prompt=NEGATIVE, latents=start, noise_level=level, num_inference_steps=4,
            guidance_scale=3.0, output_type="latent",
        ).images
    kept = low.alphas_cumprod.double()
    io["logsnr"] = (kept / (1 - kept)).log()
    pipe.vae.save_pretrained(model / "vae")
    pipe.scheduler.save_pretrained(model / "scheduler")
    low.save_pretrained(model / "low_res_scheduler")
    index = {"_class_name": "StableDiffusionUpscalePipeline", "_diffusers_version": "0.42.1", "max_noise_level": 99}
    for name, part in pipe.components.items():
        if part is not None:
            index[name] = ["transformers" if "CLIP" in type(part).__name__ else "diffusers", type(part).__name__]
    (model / "model_index.json").write_text(json.dumps(index, indent=2) + "\n")
    common.write("upscale", None, io, SEED, "reference/make_upscale.py")


main()
