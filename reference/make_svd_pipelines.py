"""svd_pipelines/svd: the whole pipeline of Stable Video Diffusion, tiny, four steps with guidance that rises over the frames.

The network is svd/unet (made first). Group norms have 4 groups, as there. The noise in the pixels of the picture and that of the
video are given.
"""

import json

import numpy
import torch
from diffusers import AutoencoderKLTemporalDecoder, EulerDiscreteScheduler, StableVideoDiffusionPipeline, UNetSpatioTemporalConditionModel
from diffusers.pipelines.stable_video_diffusion import pipeline_stable_video_diffusion as module
from PIL import Image
from transformers import CLIPImageProcessor, CLIPVisionConfig, CLIPVisionModelWithProjection

import common
from make_svd import GROUPS, few_groups

SEED = 71
OUT = common.OUT / "svd_pipelines/svd"
HEIGHT, WIDTH, FRAMES, STEPS, NOISE = 16, 24, 5, 4, 0.05

# As in the released scheduler_config.json.
SCHEDULER = dict(
    beta_end=0.012, beta_schedule="scaled_linear", beta_start=0.00085, interpolation_type="linear", num_train_timesteps=1000,
    prediction_type="v_prediction", sigma_max=700.0, sigma_min=0.002, steps_offset=1, timestep_spacing="leading",
    timestep_type="continuous", use_karras_sigmas=True,
)
EYE = CLIPVisionConfig(
    hidden_size=8, intermediate_size=12, num_hidden_layers=2, num_attention_heads=2, image_size=224, patch_size=28, projection_dim=12,
    hidden_act="gelu",
)


def main():
    with few_groups():
        unet = UNetSpatioTemporalConditionModel.from_pretrained(common.OUT / "svd/unet").eval()
        vae = AutoencoderKLTemporalDecoder(
            down_block_types=("DownEncoderBlock2D",) * 2, block_out_channels=(4, 8), layers_per_block=2, latent_channels=4, sample_size=32,
        )
    common.randomise(vae, SEED)
    eye = common.randomise(CLIPVisionModelWithProjection(EYE), SEED + 1)
    pipe = StableVideoDiffusionPipeline(
        vae=vae, image_encoder=eye, unet=unet, scheduler=EulerDiscreteScheduler(**SCHEDULER), feature_extractor=CLIPImageProcessor(),
    )
    pipe.set_progress_bar_config(disable=True)
    picture = (common.normal(SEED + 2, HEIGHT, WIDTH, 3) * 40 + 128).clamp(0, 255).byte()
    image = Image.fromarray(picture.numpy())
    noise = common.normal(SEED + 3, 1, FRAMES, 4, HEIGHT // 2, WIDTH // 2)
    beside = common.normal(SEED + 4, 1, 3, HEIGHT, WIDTH)
    module.randn_tensor = lambda shape, **_: beside.clone()
    square = module._resize_with_antialiasing(torch.from_numpy(numpy.asarray(image).copy()).permute(2, 0, 1)[None] / 127.5 - 1, (224, 224))
    large = torch.arange(3 * 301 * 460).reshape(1, 3, 301, 460).sin()
    shrunk = module._resize_with_antialiasing(large, (224, 224))[:, :, ::16, ::16]
    call = dict(
        height=HEIGHT, width=WIDTH, num_frames=FRAMES, num_inference_steps=STEPS, fps=7, motion_bucket_id=100, noise_aug_strength=NOISE,
    )
    io = {"picture": picture.permute(2, 0, 1), "noise": noise.transpose(1, 2), "beside": beside, "square": square[:, :, ::16, ::16], "shrunk": shrunk}
    for name, (low, high) in {"rising": (1.0, 3.0), "falling": (2.0, 1.2), "off": (1.0, 1.0)}.items():
        io["latents." + name] = pipe(
            image, latents=noise.clone(), min_guidance_scale=low, max_guidance_scale=high, output_type="latent", **call,
        ).frames.transpose(1, 2)
    io["video"] = pipe(image, latents=noise.clone(), output_type="pt", **call).frames.transpose(1, 2)
    common.write("svd_pipelines/svd", None, io, SEED, "reference/make_svd_pipelines.py")
    for part in ("vae", "image_encoder", "scheduler"):
        getattr(pipe, part).save_pretrained(OUT / part)
    path = OUT / "vae/config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"norm_num_groups": GROUPS}, indent=2) + "\n")
    index = {"_class_name": "StableVideoDiffusionPipeline", "_diffusers_version": "0.42.1"}
    index |= {
        "feature_extractor": ["transformers", "CLIPImageProcessor"], "image_encoder": ["transformers", "CLIPVisionModelWithProjection"],
        "scheduler": ["diffusers", "EulerDiscreteScheduler"], "unet": ["diffusers", "UNetSpatioTemporalConditionModel"],
        "vae": ["diffusers", "AutoencoderKLTemporalDecoder"],
    }
    (OUT / "model_index.json").write_text(json.dumps(index, indent=2) + "\n")


if __name__ == "__main__":
    main()
