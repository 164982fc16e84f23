"""One step of AnimateDiff's second stage at full size in PyTorch + diffusers: frozen Stable Diffusion 1.5, motion modules
that learn, 16 frames of 256x256, batch 1, f32, activations recomputed. Times and peak memory, to lay beside those of

    zoetrope train stage2.yaml            # written here, too, with --recipe FILE

    python reference/train_stage2.py MODEL [--steps N] [--threads N] [--recipe FILE]

MODEL is what make_full.py writes; its weights are random, so losses mean nothing.
"""

import argparse
import pathlib
import resource
import time

import torch
from diffusers import MotionAdapter, UNet2DConditionModel, UNetMotionModel

RECIPE = """\
# AnimateDiff's second stage at full size, a few steps: to be measured, not to be used.
name: stage2
seed: 1
steps: {steps}
batch: 1
precision: f32
optimizer: {{lr: 1e-4, weightDecay: 0.01}}
schedule: {{warmup: 0, floor: 1.0}}
ema: 0.0
log: {{every: 1}}
checkpoint: {{every: 1000}}
sample: {{every: 0}}
data: {{kind: toybox, width: 256, height: 256, frames: 16}}
objective:
  kind: adapt
  base: {{model: {model}}}
  parts:
    - {{kind: weights, name: motion, names: ["*motion_modules.*"]}}
  clips: 1
  captionDropout: 0
  checkpointing: true
"""


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("model", type=pathlib.Path)
    parser.add_argument("--steps", type=int, default=2)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--recipe", type=pathlib.Path)
    args = parser.parse_args()
    if args.recipe:
        args.recipe.write_text(RECIPE.format(model=args.model, steps=args.steps))
        return
    torch.set_num_threads(args.threads)
    image = UNet2DConditionModel.from_pretrained(args.model / "unet", torch_dtype=torch.float32)
    motion = MotionAdapter.from_pretrained(args.model / "motion_adapter", torch_dtype=torch.float32)
    unet = UNetMotionModel.from_unet2d(image, motion)
    del image, motion
    unet.requires_grad_(False)
    learned = [p for name, p in unet.named_parameters() if "motion_modules" in name]
    for parameter in learned:
        parameter.requires_grad_(True)
    unet.enable_gradient_checkpointing()
    unet.train()
    optimizer = torch.optim.AdamW(learned, lr=1e-4, weight_decay=0.01)
    z = torch.randn(1, 4, 16, 32, 32)
    text = torch.randn(1, 77, 768).repeat_interleave(16, dim=0)  # one for each frame
    print(f"{sum(p.numel() for p in learned) / 1e6:.0f} M numbers learn", flush=True)
    for step in range(args.steps):
        began = time.perf_counter()
        noise = torch.randn_like(z)
        out = unet(z + noise, torch.tensor([500]), encoder_hidden_states=text).sample
        loss = torch.nn.functional.mse_loss(out, noise)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(learned, 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
        print(f"step {step + 1}: {time.perf_counter() - began:.1f} s, peak {peak:.2f} GiB", flush=True)


if __name__ == "__main__":
    main()
