"""Makes core/src/test/resources/reference/unclip: what is left of a tiny StableUnCLIPPipeline beside components of other
fixtures (prior, unet/unclip, vae/sd, ip_adapter/image_encoder), and what it makes of recorded noise.

- embeds          what the prior makes of the prompt, 5 steps of DDPM, guidance 4
- told.0, told.9  what the U-Net is told of it at noise levels 0 and 9
- latents         at the end of 4 steps of DDIM, guidance 6; pictured.latents the same of a picture's embedding
"""

import json
import shutil

import torch
from diffusers import AutoencoderKL, DDIMScheduler, DDPMScheduler, PriorTransformer, StableUnCLIPPipeline, UNet2DConditionModel
from diffusers.pipelines.stable_diffusion import stable_unclip_image_normalizer as normalizer
from diffusers.pipelines.stable_diffusion import pipeline_stable_unclip as pipeline
from diffusers.schedulers import scheduling_ddpm
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection, CLIPTokenizer, CLIPVisionModelWithProjection

import common

SEED = 51
FOLDER = common.OUT / "unclip"
PROMPT, NEGATIVE = "a photo of a cat sitting on a wooden table", "the little girl"


def main():
    shutil.rmtree(FOLDER, ignore_errors=True)
    model = FOLDER / "model"
    tokenizer = CLIPTokenizer.from_pretrained(common.OUT / "clip_tokenizer")
    text = common.randomise(
        CLIPTextModel(
            CLIPTextConfig(
                vocab_size=len(tokenizer), hidden_size=20, intermediate_size=40, num_hidden_layers=1, num_attention_heads=2,
                max_position_embeddings=77, hidden_act="gelu", bos_token_id=812, eos_token_id=2, pad_token_id=1, projection_dim=20,
            )
        ),
        SEED,
    )
    scale = common.randomise(normalizer.StableUnCLIPImageNormalizer(24), SEED + 1)
    scale.mean.copy_(common.normal(SEED + 2, 1, 24))
    scale.std.copy_(common.normal(SEED + 3, 1, 24).abs() + 0.5)
    noising = DDPMScheduler(beta_schedule="squaredcos_cap_v2")
    prior_scheduler = DDPMScheduler(
        beta_schedule="squaredcos_cap_v2", prediction_type="sample", clip_sample_range=5.0, variance_type="fixed_small_log"
    )
    scheduler = DDIMScheduler(
        beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear", clip_sample=False, set_alpha_to_one=False, steps_offset=1
    )
    pipe = StableUnCLIPPipeline(
        prior_tokenizer=tokenizer,
        prior_text_encoder=CLIPTextModelWithProjection.from_pretrained(common.OUT / "prior/model/prior_text_encoder").eval(),
        prior=PriorTransformer.from_pretrained(common.OUT / "prior/model/prior").eval(),
        prior_scheduler=prior_scheduler,
        image_normalizer=scale,
        image_noising_scheduler=noising,
        tokenizer=tokenizer,
        text_encoder=text,
        unet=UNet2DConditionModel.from_pretrained(common.OUT / "unet/unclip").eval(),
        scheduler=scheduler,
        vae=AutoencoderKL.from_pretrained(common.OUT / "vae/sd").eval(),
    )
    pipe.set_progress_bar_config(disable=True)
    io = {}
    noise = common.normal(SEED + 4, 6, 1, 24)
    told_noise = common.normal(SEED + 5, 1, 24)
    start = common.normal(SEED + 6, 1, 4, 6, 5)
    io |= {"noise": noise, "told.noise": told_noise, "start": start}
    draws = iter(noise[1:])
    scheduling_ddpm.randn_tensor = lambda *a, **k: next(draws)
    pipeline.randn_tensor = lambda *a, **k: told_noise
    kept = {}
    inner = pipe.noise_image_embeddings

    def noise_image_embeddings(image_embeds, **k):
        kept["embeds"] = image_embeds
        return inner(image_embeds=image_embeds, **k)

    pipe.noise_image_embeddings = noise_image_embeddings
    factor = pipe.vae_scale_factor
    io["latents"] = pipe(
        PROMPT, negative_prompt=NEGATIVE, height=6 * factor, width=5 * factor, num_inference_steps=4, guidance_scale=6.0,
        prior_num_inference_steps=5, prior_guidance_scale=4.0, prior_latents=noise[0], latents=start, output_type="latent",
        return_dict=False,
    )[0]
    io["embeds"] = kept["embeds"]
    for level in (0, 9):
        io[f"told.{level}"] = inner(image_embeds=io["embeds"], noise_level=level, noise=told_noise)

    eye = CLIPVisionModelWithProjection.from_pretrained(common.OUT / "ip_adapter/image_encoder").eval()
    side = eye.config.image_size
    shown = torch.rand(1, 3, side, side, generator=torch.Generator().manual_seed(SEED + 7))
    mean = torch.tensor([0.48145466, 0.4578275, 0.40821073])[:, None, None]
    deviation = torch.tensor([0.26862954, 0.26130258, 0.27577711])[:, None, None]
    io["picture"] = shown
    io["picture.embeds"] = eye((shown - mean) / deviation).image_embeds

    text.save_pretrained(model / "text_encoder")
    scale.save_pretrained(model / "image_normalizer")
    noising.save_pretrained(model / "image_noising_scheduler")
    prior_scheduler.save_pretrained(model / "prior_scheduler")
    scheduler.save_pretrained(model / "scheduler")
    index = {"_class_name": "StableUnCLIPPipeline", "_diffusers_version": "0.42.1"}
    for name, part in pipe.components.items():
        index[name] = ["transformers" if "CLIP" in type(part).__name__ else "diffusers", type(part).__name__]
    index["image_normalizer"] = ["stable_diffusion", "StableUnCLIPImageNormalizer"]
    (model / "model_index.json").write_text(json.dumps(index, indent=2) + "\n")
    common.write("unclip", None, io, SEED)


main()
