"""Makes core/src/test/resources/reference/wan_pipelines: whole pipelines of Wan and SkyReels-V2, tiny, four steps with guidance.

Each folder has what a directory of its pipeline has, but for what all share and lies elsewhere in the fixtures: the autoencoder
(wan_vae/v21, made first), the text encoder (t5/umt5) and the tokenizer (t5_tokenizer/json). io: the noise that it begins with, what is
given, latents and pixels.
"""

import shutil

import numpy
import torch
from diffusers import (
    AutoencoderKLWan,
    SkyReelsV2DiffusionForcingPipeline,
    SkyReelsV2Transformer3DModel,
    UniPCMultistepScheduler,
    WanImageToVideoPipeline,
    WanPipeline,
    WanTransformer3DModel,
    WanVACEPipeline,
    WanVACETransformer3DModel,
)
from diffusers.pipelines.skyreels_v2 import pipeline_skyreels_v2_diffusion_forcing as forcing
from PIL import Image
from transformers import AutoTokenizer, CLIPImageProcessor, CLIPVisionConfig, CLIPVisionModel, UMT5EncoderModel

import common
from make_wan import randomised

# SkyReels' pipeline hands each frame's scheduler a view of all latents and then writes into them, so that the corrector of the second
# step begins with the wrong video (diffusers 0.42.1, and the original code). Here each has what it was handed.
STEP = UniPCMultistepScheduler.step
UniPCMultistepScheduler.step = lambda self, raw, t, sample, **more: STEP(self, raw, t, sample.clone(), **more)

SEED = 91
OUT = common.OUT / "wan_pipelines"
HEIGHT, WIDTH, FRAMES, STEPS = 48, 64, 9, 4
PROMPT, NEGATIVE = "a red ball  moves &amp; turns", "blurred"
SHAPE = dict(
    patch_size=(1, 2, 2), num_attention_heads=2, in_channels=4, out_channels=4, text_dim=36, freq_dim=16, ffn_dim=32, num_layers=2,
    attention_head_dim=12,
)
EYE = CLIPVisionConfig(
    hidden_size=20, intermediate_size=24, num_hidden_layers=3, num_attention_heads=2, image_size=28, patch_size=14, projection_dim=8,
    hidden_act="gelu",
)


def shared():
    vae = AutoencoderKLWan.from_pretrained(common.OUT / "wan_vae/v21", torch_dtype=torch.float32).eval()
    text = UMT5EncoderModel.from_pretrained(common.OUT / "t5/umt5").eval()
    tokenizer = AutoTokenizer.from_pretrained(common.OUT / "t5_tokenizer/json")
    return {"vae": vae, "text_encoder": text, "tokenizer": tokenizer}


def unipc(shift):
    return UniPCMultistepScheduler(use_flow_sigmas=True, flow_shift=shift, prediction_type="flow_prediction")


def noise(seed, channels=4, latents=3):
    return common.normal(seed, 1, channels, latents, HEIGHT // 8, WIDTH // 8)


def picture(seed):
    return Image.fromarray((common.normal(seed, HEIGHT, WIDTH, 3) * 40 + 128).clamp(0, 255).byte().numpy())


def pixels(image):
    return torch.from_numpy(numpy.asarray(image).copy()).permute(2, 0, 1)


def run(name, pipe, io, seed, **call):
    pipe.set_progress_bar_config(disable=True)
    # SkyReels' pipeline fails where noise is handed to it.
    forcing.randn_tensor = lambda *a, **k: io["noise"].clone()
    given = {} if "SkyReels" in type(pipe).__name__ else {"latents": io["noise"].clone()}
    io["latents"] = pipe(
        prompt=PROMPT, negative_prompt=NEGATIVE, height=HEIGHT, width=WIDTH, num_frames=FRAMES, num_inference_steps=STEPS,
        guidance_scale=5.0, output_type="latent", **given, **call,
    ).frames
    # Latents of references stand before the video's; before decoding they are cut off.
    io["latents"] = io["latents"][:, :, len(call.get("reference_images", [])) :]
    assert torch.isfinite(io["latents"]).all()
    folder = OUT / name
    pipe.save_pretrained(folder, safe_serialization=True)
    for part in ("vae", "text_encoder", "tokenizer"):
        shutil.rmtree(folder / part, ignore_errors=True)
    common.write(f"wan_pipelines/{name}", None, io, seed, "reference/make_wan_pipelines.py")


def seen(image):
    """A picture as the vision encoder's processor makes it, but for mean and deviation."""
    processor = CLIPImageProcessor(size={"shortest_edge": 28}, crop_size={"height": 28, "width": 28}, do_normalize=False)
    return processor(image, return_tensors="pt").pixel_values


def transformer(seed, kind=WanTransformer3DModel, **more):
    return randomised(kind(**{**SHAPE, **more}), seed)


def vision(seed):
    eye = common.randomise(CLIPVisionModel(EYE), seed)
    processor = CLIPImageProcessor(size={"shortest_edge": 28}, crop_size={"height": 28, "width": 28})
    return {"image_encoder": eye, "image_processor": processor}


def main():
    parts = shared()
    shutil.rmtree(OUT, ignore_errors=True)
    only = dict(transformer_2=None)
    run("t2v", WanPipeline(transformer=transformer(SEED), scheduler=unipc(3.0), **only, **parts), {"noise": noise(1)}, SEED)
    run(
        "experts",
        WanPipeline(
            transformer=transformer(SEED + 1, num_layers=1), transformer_2=transformer(SEED + 2, num_layers=1), scheduler=unipc(5.0),
            boundary_ratio=0.875, **parts,
        ),
        {"noise": noise(2)}, SEED + 1, guidance_scale_2=3.0,
    )
    shown = picture(3)
    run(
        "ti2v",
        WanImageToVideoPipeline(
            transformer=transformer(SEED + 3, num_layers=1), scheduler=unipc(5.0), expand_timesteps=True, image_encoder=None,
            image_processor=None, **only, **parts,
        ),
        {"noise": noise(4), "first": pixels(shown)}, SEED + 3, image=shown,
    )
    run(
        "i2v",
        WanImageToVideoPipeline(
            transformer=transformer(SEED + 4, num_layers=1, in_channels=12, image_dim=20, added_kv_proj_dim=24), scheduler=unipc(3.0),
            **only, **vision(SEED + 5), **parts,
        ),
        {"noise": noise(5), "first": pixels(shown), "first.seen": seen(shown)}, SEED + 4, image=shown,
    )
    end = picture(6)
    run(
        "flf",
        WanImageToVideoPipeline(
            transformer=transformer(SEED + 6, num_layers=1, in_channels=12, image_dim=20, added_kv_proj_dim=24, pos_embed_seq_len=10),
            scheduler=unipc(16.0), **only, **vision(SEED + 7), **parts,
        ),
        {"noise": noise(7), "first": pixels(shown), "last": pixels(end), "first.seen": seen(shown), "last.seen": seen(end)}, SEED + 6, image=shown, last_image=end,
    )
    video = [picture(20 + i) for i in range(FRAMES)]
    mask = [Image.new("L", (WIDTH, HEIGHT), 0) for _ in range(FRAMES)]
    for i, frame in enumerate(mask):
        frame.paste(255, (8 + 2 * i, 8, 40 + 2 * i, 32))
    run(
        "vace",
        WanVACEPipeline(
            transformer=transformer(SEED + 8, WanVACETransformer3DModel, vace_layers=[0, 1], vace_in_channels=8 + 64),
            scheduler=unipc(3.0), **only, **parts,
        ),
        {
            "noise": noise(8, latents=4), "video": torch.stack([pixels(f) for f in video]),
            "mask": torch.stack([pixels(f.convert("RGB"))[0] for f in mask]), "reference": pixels(end),
        },
        SEED + 8, video=video, mask=mask, reference_images=[end],
    )
    sky = transformer(SEED + 9, SkyReelsV2Transformer3DModel, num_layers=1, inject_sample_info=True)
    run(
        "skyreels",
        SkyReelsV2DiffusionForcingPipeline(transformer=sky, scheduler=unipc(8.0), **parts),
        {"noise": noise(9)}, SEED + 9, fps=24,
    )
    late = SkyReelsV2DiffusionForcingPipeline(transformer=sky, scheduler=unipc(8.0), **parts)
    run("skyreels_wave", late, {"noise": noise(10)}, SEED + 9, fps=16, ar_step=2, causal_block_size=1)


if __name__ == "__main__":
    main()
