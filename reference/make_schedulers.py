"""Makes core/src/test/resources/reference/schedulers: whole runs of the schedulers of diffusers.

The "network" is a formula, so that a test can ask the same one:

    raw = 0.9 sin(0.8 x + 0.003 t) + 0.05 x

x is what scale_model_input makes of the latents, t the timestep; what raw means is the scheduler's
prediction_type. Stochastic schedulers take noise[i] at step i. Latents are computed in f64 (the
schedulers' own tables are f32), since in f32 Euler's last step from a large sigma loses four digits
to rounding; they are stored in f32.

cases.json: for each case its name, the scheduler's config as a scheduler_config.json holds it, and
what is handed to step(). io.safetensors: start, noise, and for each case and number of steps

    CASE.N.timesteps  [N]          what the network is told, f64
    CASE.N.latents    [N + 1, ...] latents before the first step and after each, f32

PNDM asks the network twice in its first step; that counts as one. Left out are squared-cosine betas
with Karras sigmas under DPM-Solver: the reference tells the first timestep twice and fails.
"""

import json

import diffusers
import torch
from common import OUT, normal, write
from diffusers.schedulers import (
    scheduling_euler_ancestral_discrete as euler_a,
    scheduling_ddpm as ddpm,
    scheduling_lcm as lcm,
    scheduling_unclip as unclip,
)

SEED = 20
SHAPE = (1, 2, 2, 3, 3)
STEPS = (1, 2, 4, 7, 20)

SD = {"beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear"}
DDIM = SD | {"clip_sample": False, "set_alpha_to_one": False, "steps_offset": 1}
ANIMATE = {
    "beta_start": 0.00085,
    "beta_end": 0.012,
    "beta_schedule": "linear",
    "clip_sample": False,
    "steps_offset": 1,
}
V = {"prediction_type": "v_prediction"}
FLOW = {"prediction_type": "flow_prediction"}
ZERO = V | {"rescale_betas_zero_snr": True, "timestep_spacing": "trailing"}
SVD = SD | V | {
    "timestep_type": "continuous",
    "use_karras_sigmas": True,
    "sigma_min": 0.002,
    "sigma_max": 700.0,
    "timestep_spacing": "leading",
    "steps_offset": 1,
    "interpolation_type": "linear",
}


def spacing(name):
    return {"timestep_spacing": name}


CASES = [
    ("ddim", "DDIM", DDIM, {}),
    ("ddim-eta-half", "DDIM", DDIM, {"eta": 0.5}),
    ("ddim-eta-one", "DDIM", DDIM, {"eta": 1.0}),
    ("ddim-trailing", "DDIM", DDIM | spacing("trailing"), {}),
    ("ddim-linspace", "DDIM", ANIMATE | spacing("linspace"), {}),
    ("ddim-linspace-eta", "DDIM", ANIMATE | spacing("linspace"), {"eta": 0.7}),
    ("ddim-leading-linear", "DDIM", ANIMATE, {}),
    ("ddim-alpha-one", "DDIM", DDIM | {"set_alpha_to_one": True, "steps_offset": 0}, {}),
    ("ddim-clip", "DDIM", DDIM | {"clip_sample": True}, {}),
    ("ddim-clip-2", "DDIM", DDIM | {"clip_sample": True, "clip_sample_range": 2.0}, {"eta": 0.3}),
    (
        "ddim-threshold",
        "DDIM",
        DDIM | {"thresholding": True, "dynamic_thresholding_ratio": 0.9, "sample_max_value": 1.5},
        {},
    ),
    ("ddim-v", "DDIM", DDIM | V, {}),
    ("ddim-v-zero", "DDIM", DDIM | ZERO, {}),
    ("ddim-sample", "DDIM", DDIM | {"prediction_type": "sample"}, {"eta": 0.4}),
    (
        "ddim-cosine",
        "DDIM",
        {"beta_schedule": "squaredcos_cap_v2", "clip_sample": False, "prediction_type": "sample"},
        {},
    ),
    ("ddim-defaults", "DDIM", {}, {}),
    ("euler", "EulerDiscrete", SD, {}),
    ("euler-leading", "EulerDiscrete", SD | spacing("leading") | {"steps_offset": 1}, {}),
    ("euler-trailing", "EulerDiscrete", SD | spacing("trailing"), {}),
    ("euler-karras", "EulerDiscrete", SD | {"use_karras_sigmas": True}, {}),
    (
        "euler-karras-leading",
        "EulerDiscrete",
        SD | spacing("leading") | {"use_karras_sigmas": True, "steps_offset": 1},
        {},
    ),
    (
        "euler-karras-range",
        "EulerDiscrete",
        SD | {"use_karras_sigmas": True, "sigma_min": 0.05, "sigma_max": 12.0},
        {},
    ),
    ("euler-exponential", "EulerDiscrete", SD | {"use_exponential_sigmas": True}, {}),
    ("euler-sigma-min", "EulerDiscrete", SD | {"final_sigmas_type": "sigma_min"}, {}),
    (
        "euler-karras-sigma-min",
        "EulerDiscrete",
        SD | spacing("trailing") | {"use_karras_sigmas": True, "final_sigmas_type": "sigma_min"},
        {},
    ),
    ("euler-v", "EulerDiscrete", SD | V, {}),
    ("euler-sample", "EulerDiscrete", SD | {"prediction_type": "sample"}, {}),
    ("euler-svd", "EulerDiscrete", SVD, {}),
    ("euler-v-zero", "EulerDiscrete", SD | ZERO, {}),
    ("euler-cosine", "EulerDiscrete", V | {"beta_schedule": "squaredcos_cap_v2"}, {}),
    ("euler-a", "EulerAncestralDiscrete", SD, {}),
    (
        "euler-a-leading",
        "EulerAncestralDiscrete",
        SD | spacing("leading") | {"steps_offset": 1},
        {},
    ),
    ("euler-a-trailing-v", "EulerAncestralDiscrete", SD | V | spacing("trailing"), {}),
    ("euler-a-v-zero", "EulerAncestralDiscrete", SD | ZERO, {}),
    ("dpm", "DPMSolverMultistep", SD, {}),
    ("dpm-karras", "DPMSolverMultistep", SD | {"use_karras_sigmas": True}, {}),
    ("dpm-exponential", "DPMSolverMultistep", SD | {"use_exponential_sigmas": True}, {}),
    ("dpm-lu", "DPMSolverMultistep", SD | {"use_lu_lambdas": True}, {}),
    ("dpm-trailing", "DPMSolverMultistep", SD | spacing("trailing"), {}),
    ("dpm-leading", "DPMSolverMultistep", SD | spacing("leading") | {"steps_offset": 1}, {}),
    ("dpm-sigma-min", "DPMSolverMultistep", SD | {"final_sigmas_type": "sigma_min"}, {}),
    (
        "dpm-euler-at-final",
        "DPMSolverMultistep",
        SD | {"final_sigmas_type": "sigma_min", "euler_at_final": True},
        {},
    ),
    (
        "dpm-no-lower-order",
        "DPMSolverMultistep",
        SD | {"final_sigmas_type": "sigma_min", "lower_order_final": False},
        {},
    ),
    ("dpm-order-1", "DPMSolverMultistep", SD | {"solver_order": 1}, {}),
    ("dpm-heun", "DPMSolverMultistep", SD | {"solver_type": "heun"}, {}),
    ("dpm-v", "DPMSolverMultistep", SD | V, {}),
    ("dpm-v-zero", "DPMSolverMultistep", SD | ZERO, {}),
    (
        "dpm-sample-threshold",
        "DPMSolverMultistep",
        SD
        | {
            "prediction_type": "sample",
            "thresholding": True,
            "dynamic_thresholding_ratio": 0.8,
            "sample_max_value": 2.0,
        },
        {},
    ),
    (
        "dpm-cosine-clipped",
        "DPMSolverMultistep",
        {"beta_schedule": "squaredcos_cap_v2", "lambda_min_clipped": -5.1} | V,
        {},
    ),
    ("dpm-sde", "DPMSolverMultistep", SD | {"algorithm_type": "sde-dpmsolver++"}, {}),
    (
        "dpm-sde-karras",
        "DPMSolverMultistep",
        SD | {"algorithm_type": "sde-dpmsolver++", "use_karras_sigmas": True},
        {},
    ),
    (
        "dpm-sde-heun",
        "DPMSolverMultistep",
        SD | {"algorithm_type": "sde-dpmsolver++", "solver_type": "heun"},
        {},
    ),
    (
        "dpm-flow",
        "DPMSolverMultistep",
        {"use_flow_sigmas": True, "flow_shift": 3.0, "prediction_type": "flow_prediction"},
        {},
    ),
    ("unipc", "UniPCMultistep", SD, {}),
    ("unipc-karras", "UniPCMultistep", SD | {"use_karras_sigmas": True}, {}),
    ("unipc-trailing-v", "UniPCMultistep", SD | V | spacing("trailing"), {}),
    ("unipc-sigma-min", "UniPCMultistep", SD | {"final_sigmas_type": "sigma_min", "lower_order_final": False}, {}),
    ("unipc-bh1", "UniPCMultistep", SD | {"solver_type": "bh1", "final_sigmas_type": "sigma_min"}, {}),
    ("unipc-order-1", "UniPCMultistep", SD | {"solver_order": 1}, {}),
    *(
        (f"unipc-flow-{shift:g}", "UniPCMultistep", {"use_flow_sigmas": True, "flow_shift": shift} | FLOW, {})
        for shift in (3.0, 5.0, 8.0, 16.0)
    ),
    ("lcm", "LCM", SD, {}),
    ("lcm-100", "LCM", SD | {"original_inference_steps": 100, "timestep_scaling": 0.01}, {}),
    ("lcm-v-clip", "LCM", SD | V | {"clip_sample": True}, {}),
    ("lcm-linear", "LCM", ANIMATE | {"thresholding": True, "sample_max_value": 3.0}, {}),
    ("flow", "FlowMatchEulerDiscrete", {}, {}),
    ("flow-shift-3", "FlowMatchEulerDiscrete", {"shift": 3.0}, {}),
    ("flow-terminal", "FlowMatchEulerDiscrete", {"shift": 5.0, "shift_terminal": 0.1}, {}),
    ("flow-karras", "FlowMatchEulerDiscrete", {"shift": 3.0, "use_karras_sigmas": True}, {}),
    ("pndm", "PNDM", DDIM | {"skip_prk_steps": True}, {}),
    (
        "pndm-alpha-one",
        "PNDM",
        SD | {"skip_prk_steps": True, "set_alpha_to_one": True},
        {},
    ),
    ("ddpm", "DDPM", SD | {"clip_sample": False}, {}),
    (
        "ddpm-prior",
        "DDPM",
        {
            "beta_schedule": "squaredcos_cap_v2",
            "prediction_type": "sample",
            "clip_sample_range": 5.0,
            "variance_type": "fixed_small_log",
        },
        {},
    ),
    ("ddpm-trailing-v", "DDPM", SD | V | spacing("trailing") | {"clip_sample": False}, {}),
    ("unclip", "UnCLIP", {}, {}),
    ("unclip-sample", "UnCLIP", {"prediction_type": "sample", "clip_sample_range": 5.0}, {}),
    ("unclip-clip", "UnCLIP", {"prediction_type": "sample", "clip_sample_range": 0.4}, {}),
    ("unclip-free", "UnCLIP", {"clip_sample": False, "prediction_type": "sample"}, {}),
]


def raw(x, t):
    return 0.9 * torch.sin(0.8 * x + 0.003 * float(t)) + 0.05 * x


def run(kind, config, kwargs, steps, start, noise):
    scheduler = getattr(diffusers, kind + "Scheduler").from_config(config)
    scheduler.set_timesteps(steps)
    start, noise = start.double(), noise.double()
    z = start * getattr(scheduler, "init_noise_sigma", 1.0)
    latents, told = [z], []
    for i, t in enumerate(scheduler.timesteps):
        euler_a.randn_tensor = lcm.randn_tensor = unclip.randn_tensor = ddpm.randn_tensor = lambda *a, **k: noise[i]
        extra = dict(kwargs)
        if kind == "DDIM" and kwargs.get("eta", 0) > 0:
            extra["variance_noise"] = noise[i]
        if config.get("algorithm_type", "").startswith("sde"):
            extra["variance_noise"] = noise[i]
        if kind == "UnCLIP" and i + 1 < steps:
            extra["prev_timestep"] = scheduler.timesteps[i + 1]
        x = scheduler.scale_model_input(z, t) if hasattr(scheduler, "scale_model_input") else z
        z = scheduler.step(raw(x, t), t, z, return_dict=False, **extra)[0]
        latents.append(z)
        told.append(float(t))
    if kind == "PNDM" and steps > 1:
        del latents[1], told[1]
    return torch.tensor(told, dtype=torch.float64), torch.cat(latents).float()


def main():
    start = normal(SEED, *SHAPE)
    noise = normal(SEED + 1, max(STEPS), *SHAPE)
    out = {"start": start, "noise": noise}
    cases = []
    for name, kind, config, kwargs in CASES:
        for steps in STEPS:
            if ("shift_terminal" in config or kind == "UnCLIP") and steps == 1:
                continue  # 0 / 0 in the reference
            told, latents = run(kind, config, kwargs, steps, start, noise)
            assert torch.isfinite(latents).all(), (name, steps)
            out[f"{name}.{steps}.timesteps"] = told
            out[f"{name}.{steps}.latents"] = latents
        cases.append({
            "name": name,
            "config": {"_class_name": kind + "Scheduler"} | config,
            "step": kwargs,
        })
    write("schedulers", None, out, SEED)
    (OUT / "schedulers/cases.json").write_text(json.dumps(cases, indent=1) + "\n")


main()
