"""FreeInit and FreeNoise: filters, mixed noise, the order of shuffled noise, weights of windows.

    filter.KIND.FxHxW.ORDER.SPATIAL.TEMPORAL   the low-pass filter, its middle frequency 0
    mix.N.x / .noise / .fresh / .out           clean latents, the first noise, fresh noise, new noise
    shuffle.FRAMES.LENGTH.STRIDE.order         which frame's noise each frame has
    shuffle.FRAMES.LENGTH.STRIDE.perm          what was drawn: for each stretch an order of 0..STRIDE-1
    weights.SCHEME.LENGTH, windows.FRAMES.LENGTH.STRIDE
    block.*                                    a motion module's block over windows
"""

import torch
from common import normal, randomise, write
from diffusers import DDIMScheduler
from diffusers.models.attention import BasicTransformerBlock, FreeNoiseTransformerBlock
from diffusers.pipelines import free_init_utils, free_noise_utils

SEED = 30


class Init(free_init_utils.FreeInitMixin):
    pass


class Noise(free_noise_utils.AnimateDiffFreeNoiseMixin):
    vae_scale_factor = 1


def filters(out):
    init = Init()
    for kind in ("butterworth", "gaussian", "ideal"):
        for shape in ((4, 6, 8), (5, 3, 7), (1, 4, 4)):
            for order, spatial, temporal in ((4, 0.25, 0.25), (2, 0.5, 0.25), (4, 0.0, 0.5)):
                mask = init._get_free_init_freq_filter(
                    (1, 1, *shape), "cpu", kind, order, spatial, temporal
                )
                name = f"filter.{kind}.{'x'.join(map(str, shape))}.{order}.{spatial}.{temporal}"
                out[name] = mask[0, 0]


def mixes(out):
    for n, shape in enumerate(((2, 4, 4, 6, 8), (1, 2, 5, 3, 7))):
        init = Init()
        init.enable_free_init(method="butterworth" if n == 0 else "gaussian")
        init.scheduler = DDIMScheduler(
            beta_start=0.00085, beta_end=0.012, beta_schedule="linear", clip_sample=False
        )
        noise, x, fresh = (normal(SEED + 10 * n + i, *shape) for i in range(3))
        init.scheduler.set_timesteps(4)
        free_init_utils.randn_tensor = lambda *a, **k: fresh
        init._apply_free_init(noise, 0, 4, "cpu", torch.float32, None)
        made, _ = init._apply_free_init(x, 1, 4, "cpu", torch.float32, None)
        out[f"mix.{n}.x"], out[f"mix.{n}.noise"] = x, noise
        out[f"mix.{n}.fresh"], out[f"mix.{n}.out"] = fresh, made


def shuffles(out):
    for frames, length, stride in ((12, 4, 2), (11, 4, 2), (24, 8, 3), (40, 16, 4), (20, 4, 4)):
        noise = Noise()
        noise._free_noise_context_length = length
        noise._free_noise_context_stride = stride
        noise._free_noise_noise_type = "shuffle_context"
        drawn = []
        randperm = torch.randperm

        def recorded(n, generator=None):
            drawn.append(randperm(n, generator=generator))
            return drawn[-1]

        torch.randperm = recorded
        # Noise that says which frame it is of; only the number of frames is as it would be.
        free_noise_utils.randn_tensor = lambda shape, **k: (
            torch.arange(shape[2]).float().view(1, 1, -1, 1, 1).clone()
        )
        order = noise._prepare_latents_free_noise(
            1, 1, frames, 1, 1, torch.float32, "cpu", torch.Generator().manual_seed(SEED)
        )
        torch.randperm = randperm
        name = f"shuffle.{frames}.{length}.{stride}"
        out[name + ".order"] = order.flatten().long()
        out[name + ".perm"] = torch.stack(drawn)


def block(length, stride, scheme):
    return FreeNoiseTransformerBlock(
        dim=16,
        num_attention_heads=2,
        attention_head_dim=8,
        activation_fn="geglu",
        positional_embeddings="sinusoidal",
        num_positional_embeddings=8,
        double_self_attention=True,
        context_length=length,
        context_stride=stride,
        weighting_scheme=scheme,
    )


def windows(out):
    made = block(4, 2, "pyramid")
    for scheme in ("flat", "pyramid", "delayed_reverse_sawtooth"):
        for length in (4, 5, 16):
            weights = made._get_frame_weights(length, scheme)
            out[f"weights.{scheme}.{length}"] = torch.tensor(weights)
    for frames, length, stride in ((12, 4, 2), (24, 16, 4), (9, 3, 3)):
        b = block(length, stride, "pyramid")
        indices = b._get_frame_indices(frames)
        out[f"windows.{frames}.{length}.{stride}"] = torch.tensor(indices)
    for scheme in ("flat", "pyramid", "delayed_reverse_sawtooth"):
        b = randomise(block(4, 2, scheme), SEED + 50)
        x = normal(SEED + 60, 6, 10, 16)  # (B H W, F, C): 2 clips of 3 places
        out[f"block.{scheme}.out"] = b(x)
    out["block.x"] = x
    plain = BasicTransformerBlock(
        dim=16,
        num_attention_heads=2,
        attention_head_dim=8,
        activation_fn="geglu",
        positional_embeddings="sinusoidal",
        num_positional_embeddings=8,
        double_self_attention=True,
    ).eval()
    plain.load_state_dict(b.state_dict())
    out["block.short"] = plain(x[:, :8])
    for name, tensor in b.state_dict().items():
        out["block.weights." + name] = tensor


def main():
    out = {}
    filters(out)
    mixes(out)
    shuffles(out)
    windows(out)
    write("freeinit", None, out, SEED)


main()
