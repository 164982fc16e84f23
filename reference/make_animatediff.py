"""animatediff: a whole AnimateDiffPipeline and StableDiffusionPipeline, tiny, and what they make of given noise.

    model/                      a directory of Stable Diffusion 1.x, with motion_adapter/ beside its components
    scheduler.NAME.json         what the pipeline's scheduler says
    NAME.latents                at the end; the noise is "start", that of steps "noise" [step, B, C, F, h, w]
    image.NAME.latents          the same of the image model (one frame); img2img.* from "img2img.clean"
    lora.*                      with lora.safetensors (PEFT's, on attention of image and motion layers) fused at 0.7
    motion_lora.safetensors     the same layers of motion modules alone
"""

import json

import torch
from diffusers import (
    AnimateDiffPipeline, AutoencoderKL, DDIMScheduler, DPMSolverMultistepScheduler, EulerAncestralDiscreteScheduler,
    EulerDiscreteScheduler, LCMScheduler, MotionAdapter, StableDiffusionImg2ImgPipeline, StableDiffusionPipeline,
    UNet2DConditionModel,
)
from diffusers.schedulers import (
    scheduling_ddim, scheduling_euler_ancestral_discrete, scheduling_lcm,
)
from safetensors.torch import save_file
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTokenizer

from common import OUT, normal, randomise, write

SEED = 90
STEPS = 4
FRAMES, HEIGHT, WIDTH = 5, 8, 6  # of latents
PROMPT, NEGATIVE = "a photo of a cat", "a dog"
BETAS = dict(beta_start=0.00085, beta_end=0.012)
LINEAR = dict(**BETAS, beta_schedule="linear", clip_sample=False, steps_offset=1)

SCHEDULERS = {
    "ddim-linspace": DDIMScheduler(**LINEAR, timestep_spacing="linspace"),
    "ddim-leading": DDIMScheduler(**LINEAR, timestep_spacing="leading"),
    "euler": EulerDiscreteScheduler(**BETAS, beta_schedule="linear", timestep_spacing="leading", steps_offset=1),
    "euler-a": EulerAncestralDiscreteScheduler(**BETAS, beta_schedule="linear"),
    "dpmpp-2m-karras": DPMSolverMultistepScheduler(
        **BETAS, beta_schedule="linear", algorithm_type="dpmsolver++", use_karras_sigmas=True
    ),
    "lcm": LCMScheduler(**BETAS, beta_schedule="linear"),
}
IMAGE_SCHEDULERS = {
    "ddim": DDIMScheduler(**BETAS, beta_schedule="scaled_linear", clip_sample=False, steps_offset=1),
    "dpmpp-2m": DPMSolverMultistepScheduler(**BETAS, beta_schedule="scaled_linear", steps_offset=1),
}


def components():
    widths = (8, 8, 16, 16)
    unet = UNet2DConditionModel(
        block_out_channels=widths, layers_per_block=1, norm_num_groups=4, attention_head_dim=2,
        cross_attention_dim=16, sample_size=8,
    )
    vae = AutoencoderKL(
        block_out_channels=widths, layers_per_block=1, norm_num_groups=4, latent_channels=4, sample_size=64,
        down_block_types=("DownEncoderBlock2D",) * 4, up_block_types=("UpDecoderBlock2D",) * 4,
    )
    tokenizer = CLIPTokenizer.from_pretrained(OUT / "clip_tokenizer")
    text = CLIPTextModel(
        CLIPTextConfig(
            vocab_size=len(tokenizer), hidden_size=16, intermediate_size=32, num_hidden_layers=2, num_attention_heads=2,
            max_position_embeddings=77, projection_dim=16, bos_token_id=0, eos_token_id=2,
        )
    )
    adapter = MotionAdapter(
        block_out_channels=widths, motion_layers_per_block=1, motion_norm_num_groups=4, motion_num_attention_heads=2,
        motion_max_seq_length=24, use_motion_mid_block=True,
    )
    randomise(unet, SEED)
    randomise(vae, SEED + 1)
    randomise(text, SEED + 2)
    # Embeddings are looked up, not multiplied.
    (getattr(text, "text_model", text)).embeddings.token_embedding.weight.mul_(4)
    randomise(adapter, SEED + 3)
    return dict(unet=unet, vae=vae, tokenizer=tokenizer, text_encoder=text), adapter


def recorded(noise):
    """Makes schedulers take the noise of steps from a tensor."""
    step = iter(range(len(noise)))

    def take(shape, **_):
        drawn = noise[next(step)]
        return drawn if len(shape) == 5 else drawn[:, :, 0]

    for module in (scheduling_ddim, scheduling_euler_ancestral_discrete, scheduling_lcm):
        module.randn_tensor = take


def ask(**more):
    return dict(prompt=PROMPT, negative_prompt=NEGATIVE, num_inference_steps=STEPS, guidance_scale=3.0, **more)


def main():
    parts, adapter = components()
    out = {
        "start": normal(SEED + 10, 1, 4, FRAMES, HEIGHT, WIDTH),
        "noise": normal(SEED + 11, STEPS, 1, 4, FRAMES, HEIGHT, WIDTH),
    }
    folder = OUT / "animatediff"
    plain = dict(safety_checker=None, feature_extractor=None, requires_safety_checker=False)
    image = StableDiffusionPipeline(**parts, scheduler=IMAGE_SCHEDULERS["ddim"], **plain)
    image.set_progress_bar_config(disable=True)
    image.save_pretrained(folder / "model", safe_serialization=True)
    adapter.save_pretrained(folder / "model/motion_adapter", safe_serialization=True)

    schedulers = {}
    frame = out["start"][:, :, 0]
    for name, scheduler in IMAGE_SCHEDULERS.items():
        image.scheduler = scheduler
        schedulers["image." + name] = dict(scheduler.config)
        kwargs = ask(latents=frame.clone(), height=8 * HEIGHT, width=8 * WIDTH, output_type="latent")
        latents = image(**kwargs).images
        out[f"image.{name}.latents"] = latents.unsqueeze(2)
        if name == "ddim":
            out["image.ddim.frames"] = image.vae.decode(latents / image.vae.config.scaling_factor).sample
        again = StableDiffusionImg2ImgPipeline(**parts, scheduler=scheduler, **plain)
        again.set_progress_bar_config(disable=True)
        # Latents given: what the encoder's draw is made of is held to elsewhere (vae/sd).
        clean = normal(SEED + 13, 1, 4, HEIGHT, WIDTH) * 0.7
        out["img2img.clean"] = clean.unsqueeze(2)
        noise = out["noise"][0][:, :, 0]
        from diffusers.pipelines.stable_diffusion import pipeline_stable_diffusion_img2img as module

        module.randn_tensor = lambda *a, **k: noise
        latents = again(**ask(image=clean, strength=0.6, output_type="latent")).images
        out[f"img2img.{name}.latents"] = latents.unsqueeze(2)

    video = AnimateDiffPipeline(**parts, motion_adapter=adapter, scheduler=SCHEDULERS["ddim-linspace"])
    video.set_progress_bar_config(disable=True)

    def run(name, scheduler, **more):
        video.scheduler = scheduler
        recorded(out["noise"])
        kwargs = dict(
            ask(latents=out["start"].clone(), height=8 * HEIGHT, width=8 * WIDTH, num_frames=FRAMES, output_type="latent")
        )
        kwargs.update(more)
        latents = video(**kwargs).frames
        out[f"{name}.latents"] = latents
        return latents

    for name, scheduler in SCHEDULERS.items():
        schedulers[name] = dict(scheduler.config)
        run(name, scheduler)
    out["ddim-linspace.frames"] = video.decode_latents(out["ddim-linspace.latents"])

    # FreeInit: fresh noise of iterations is "noise" as well.
    from diffusers.pipelines import free_init_utils

    for name, fast in (("free-init", False), ("free-init-fast", True)):
        fresh = iter(out["noise"])
        free_init_utils.randn_tensor = lambda *a, **k: next(fresh)
        video.enable_free_init(num_iters=3, use_fast_sampling=fast)
        run(name, DDIMScheduler.from_config(SCHEDULERS["ddim-linspace"].config))
        video.disable_free_init()

    # FreeNoise's windows, with noise given as it is.
    video.enable_free_noise(context_length=4, context_stride=2, noise_type="random")
    out["long.start"] = normal(SEED + 20, 1, 4, 9, HEIGHT, WIDTH)
    recorded(out["noise"])
    run("free-noise", SCHEDULERS["ddim-linspace"], latents=out["long.start"].clone(), num_frames=9)
    run(
        "free-noise-travel", SCHEDULERS["ddim-linspace"], latents=out["long.start"].clone(), num_frames=9,
        prompt={0: PROMPT, 4: "a wooden table", 8: "a dog"},
    )
    video.disable_free_noise()

    # LoRAs, beside the weights by PEFT.
    lora, motion = {}, {}
    for name, module in sorted(video.unet.named_modules()):
        if name.endswith((".to_q", ".to_v", ".to_out.0")):
            rank = 2
            seed = SEED + 1000 + len(lora)
            w = module.weight
            pair = {
                f"unet.{name}.lora_A.weight": normal(seed, rank, w.shape[1], std=w.shape[1] ** -0.5),
                f"unet.{name}.lora_B.weight": normal(seed + 5000, w.shape[0], rank, std=0.5),
            }
            (motion if "motion_modules" in name else lora).update(pair)
    save_file(lora, folder / "lora.safetensors", metadata={"format": "pt"})
    save_file(motion, folder / "motion_lora.safetensors", metadata={"format": "pt"})
    video.load_lora_weights(folder, weight_name="lora.safetensors", adapter_name="domain")
    video.load_lora_weights(folder, weight_name="motion_lora.safetensors", adapter_name="motion")
    video.set_adapters(["domain", "motion"], [0.7, 0.4])
    run("lora", SCHEDULERS["ddim-linspace"])

    write("animatediff", None, out, SEED)
    clean = lambda c: {k: v for k, v in c.items() if not k.startswith("_")}  # noqa: E731
    kinds = {n: type(s).__name__ for n, s in SCHEDULERS.items()}
    kinds |= {"image." + n: type(s).__name__ for n, s in IMAGE_SCHEDULERS.items()}
    cases = {n: {"_class_name": kinds[n], **clean(c)} for n, c in schedulers.items()}
    (folder / "schedulers.json").write_text(json.dumps(cases, indent=1) + "\n")


if __name__ == "__main__":
    main()
