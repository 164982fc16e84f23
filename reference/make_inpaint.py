"""Makes core/src/test/resources/reference/inpaint: a tiny U-Net of nine channels, and what Stable Diffusion's inpainting
pipeline makes of given noise with it; all other components are those of make_animatediff.py.

    unet/            takes latents, a mask, and the latents of the picture with the masked part grey
    picture, mask    [3, H, W] in [-1, 1] and [1, H, W], 1 is made anew
    holed            the latents of the picture with the hole, by the mean of the autoencoder
    latents          at the end
    grey.latents     where all is made anew
"""

import torch
from diffusers import DDIMScheduler, StableDiffusionInpaintPipeline, StableDiffusionPipeline, UNet2DConditionModel

from common import OUT, normal, randomise, write
from make_animatediff import HEIGHT as ROWS
from make_animatediff import NEGATIVE, PROMPT, STEPS
from make_animatediff import WIDTH as COLUMNS

SEED = 411
HEIGHT, WIDTH = 8 * ROWS, 8 * COLUMNS

base = StableDiffusionPipeline.from_pretrained(OUT / "animatediff/model", safety_checker=None)
config = dict(base.unet.config) | {"in_channels": 9}
del config["_name_or_path"]
unet = randomise(UNet2DConditionModel.from_config(config), SEED)
scheduler = DDIMScheduler(
    beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear", clip_sample=False, set_alpha_to_one=False,
    steps_offset=1,
)
pipe = StableDiffusionInpaintPipeline(
    vae=base.vae, text_encoder=base.text_encoder, tokenizer=base.tokenizer, unet=unet, scheduler=scheduler,
    safety_checker=None, feature_extractor=None, requires_safety_checker=False,
)
pipe.set_progress_bar_config(disable=True)

picture = normal(SEED + 1, 3, HEIGHT, WIDTH).tanh()
mask = torch.zeros(1, HEIGHT, WIDTH)
mask[:, HEIGHT // 4 : 3 * HEIGHT // 4, : WIDTH // 2] = 1
start = normal(SEED + 2, 1, 4, HEIGHT // 8, WIDTH // 8)


def holed(area):
    masked = (picture * (area < 0.5))[None]
    return base.vae.encode(masked).latent_dist.mode() * base.vae.config.scaling_factor


def made(area):
    return pipe(
        PROMPT, image=(picture[None] + 1) / 2, mask_image=area[None], masked_image_latents=holed(area),
        negative_prompt=NEGATIVE, latents=start.clone(), height=HEIGHT, width=WIDTH, strength=1.0,
        num_inference_steps=STEPS, guidance_scale=3.0, output_type="latent",
    ).images


write(
    "inpaint",
    None,
    {
        "picture": picture, "mask": mask, "start": start, "holed": holed(mask), "latents": made(mask),
        "grey.latents": made(torch.ones_like(mask)),
    },
    SEED,
)
unet.save_pretrained(OUT / "inpaint/unet")
scheduler.save_config(OUT / "inpaint/scheduler")
