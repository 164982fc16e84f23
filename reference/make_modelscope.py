"""modelscope: whole pipelines of ModelScope, tiny, four steps with guidance from recorded noise.

What a directory of TextToVideoSDPipeline has, but for what lies elsewhere in the fixtures: the autoencoder (animatediff/model/vae) and
the tokenizer (clip_tokenizer, whose pad_token is "!" here as in the special_tokens_map.json of released models). io, by scheduler (schedulers.json):

- start, NAME.latents            TextToVideoSDPipeline
- clean, noise, NAME.restyled    VideoToVideoSDPipeline at strength 0.6 of the latents "clean"
- ddim.frames                    pixels of two frames of the first
"""

import json
import shutil

import torch
from diffusers import (
    AutoencoderKL, DDIMScheduler, DPMSolverMultistepScheduler, TextToVideoSDPipeline, UNet3DConditionModel, VideoToVideoSDPipeline,
)
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTokenizer

from common import OUT, normal, randomise, write

SEED, STEPS = 71, 4
FRAMES, HEIGHT, WIDTH = 5, 8, 6  # of latents
PROMPT, NEGATIVE = "a photo of a cat", "a dog"
# As the released models have it.
RELEASED = DDIMScheduler(
    beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear", clip_sample=False, set_alpha_to_one=False, steps_offset=1
)
SCHEDULERS = {"ddim": RELEASED, "dpmpp-2m": DPMSolverMultistepScheduler.from_config(RELEASED.config)}


def components():
    unet = UNet3DConditionModel(
        block_out_channels=(8, 8), down_block_types=("CrossAttnDownBlock3D", "DownBlock3D"),
        up_block_types=("UpBlock3D", "CrossAttnUpBlock3D"), layers_per_block=1, norm_num_groups=4, attention_head_dim=2,
        cross_attention_dim=16, sample_size=8,
    )
    # Texts are filled up with "!", as released models have it.
    tokenizer = CLIPTokenizer.from_pretrained(OUT / "clip_tokenizer", pad_token="!")
    text = CLIPTextModel(
        CLIPTextConfig(
            vocab_size=len(tokenizer), hidden_size=16, intermediate_size=64, num_hidden_layers=2, num_attention_heads=2,
            max_position_embeddings=77, projection_dim=16, bos_token_id=0, eos_token_id=2, hidden_act="gelu",
        )
    )
    randomise(unet, SEED)
    randomise(text, SEED + 1)
    # Embeddings are looked up, not multiplied.
    getattr(text, "text_model", text).embeddings.token_embedding.weight.mul_(4)
    vae = AutoencoderKL.from_pretrained(OUT / "animatediff/model/vae").eval()
    return dict(unet=unet, text_encoder=text, tokenizer=tokenizer, vae=vae)


def main():
    folder = OUT / "modelscope"
    shutil.rmtree(folder, ignore_errors=True)
    parts = components()
    pipe = TextToVideoSDPipeline(**parts, scheduler=RELEASED)
    again = VideoToVideoSDPipeline(**parts, scheduler=RELEASED)
    out = {
        "start": normal(SEED + 2, 1, 4, FRAMES, HEIGHT, WIDTH),
        "clean": normal(SEED + 3, 1, 4, FRAMES, HEIGHT, WIDTH) * 0.7,
        "noise": normal(SEED + 4, 1, 4, FRAMES, HEIGHT, WIDTH),
    }
    from diffusers.pipelines.deprecated.text_to_video_synthesis import pipeline_text_to_video_synth_img2img as module

    module.randn_tensor = lambda *a, **k: out["noise"][0].transpose(0, 1)
    again.video_processor.preprocess_video = lambda latents: latents
    ask = dict(prompt=PROMPT, negative_prompt=NEGATIVE, num_inference_steps=STEPS, guidance_scale=9.0, output_type="latent")
    for name, scheduler in SCHEDULERS.items():
        for each in (pipe, again):
            each.scheduler = scheduler
            each.set_progress_bar_config(disable=True)
        out[f"{name}.latents"] = pipe(
            latents=out["start"].clone(), num_frames=FRAMES, height=8 * HEIGHT, width=8 * WIDTH, **ask
        ).frames
        out[f"{name}.restyled"] = again(video=out["clean"].clone(), strength=0.6, **ask).frames
    out["ddim.frames"] = pipe.decode_latents(out["ddim.latents"][:, :, :2])
    pipe.scheduler = RELEASED
    pipe.save_pretrained(folder / "model", safe_serialization=True)
    for part in ("vae", "tokenizer"):
        shutil.rmtree(folder / "model" / part)
    for file in (folder / "model").rglob("*"):
        file.chmod(0o755 if file.is_dir() else 0o644)
    write("modelscope", None, out, SEED)
    (folder / "schedulers.json").write_text(
        json.dumps({name: json.loads(s.to_json_string()) for name, s in SCHEDULERS.items()}, indent=1) + "\n"
    )


if __name__ == "__main__":
    main()
