"""Makes core/src/test/resources/reference/inversion: whole rises of diffusers' DDIMInverseScheduler over the formula of
make_schedulers.py, in f64. Of eps alone: told a level above that of the latents, a v means another eps there, and the
reference takes that of the lower level, Zoetrope that of the level which the network was told.

    cases.json               for each case its name, the DDIM config, and the numbers of steps
    data                     clean latents
    CASE.N.timesteps         [N] what the network is told on the way up
    CASE.N.latents           [N + 1, ...] the latents at the beginning and after each step, f32
"""

import json

import torch
from common import OUT, normal, write
from diffusers import DDIMInverseScheduler

SEED = 31
SHAPE = (1, 2, 2, 3, 3)
DDIM = {
    "beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear", "clip_sample": False,
    "set_alpha_to_one": False, "steps_offset": 1,
}
STEPS = (5, 20, 50)
CASES = [
    ("plain", DDIM),
    ("alpha-one", DDIM | {"set_alpha_to_one": True, "steps_offset": 0}),
]


def network(x, t):
    return 0.9 * torch.sin(0.8 * x + 0.003 * float(t)) + 0.05 * x


data = normal(SEED, *SHAPE).double()
tensors, cases = {"data": data.float()}, []
for name, config in CASES:
    cases.append({"name": name, "config": {"_class_name": "DDIMScheduler", "num_train_timesteps": 1000} | config})
    for steps in STEPS:
        scheduler = DDIMInverseScheduler(num_train_timesteps=1000, **config)
        scheduler.set_timesteps(steps)
        z, rows = data, [data]
        for t in scheduler.timesteps:
            z = scheduler.step(network(z, t), t, z).prev_sample
            rows.append(z)
        tensors[f"{name}.{steps}.timesteps"] = scheduler.timesteps.double()
        tensors[f"{name}.{steps}.latents"] = torch.cat(rows).float()
write("inversion", None, tensors, SEED)
(OUT / "inversion/cases.json").write_text(json.dumps(cases, indent=1) + "\n")
