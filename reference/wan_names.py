"""The names that weights of Wan's transformer have in its first code, by those of diffusers."""

import re

IN_BLOCK = {
    "to_q": "q", "to_k": "k", "to_v": "v", "to_out.0": "o", "norm_q": "norm_q", "norm_k": "norm_k", "add_k_proj": "k_img",
    "add_v_proj": "v_img", "norm_added_k": "norm_k_img",
}  # fmt: skip
ELSEWHERE = {
    "scale_shift_table": "head.modulation", "proj_out": "head.head", "condition_embedder.time_embedder.linear_1": "time_embedding.0",
    "condition_embedder.time_embedder.linear_2": "time_embedding.2", "condition_embedder.time_proj": "time_projection.1",
    "condition_embedder.text_embedder.linear_1": "text_embedding.0", "condition_embedder.text_embedder.linear_2": "text_embedding.2",
}  # fmt: skip


def first(name):
    block = re.fullmatch(r"(blocks\.\d+)\.(.+?)(\.weight|\.bias)?", name)
    if not block:
        stem, ending = re.fullmatch(r"(.+?)(\.weight|\.bias)?", name).groups()
        return ELSEWHERE.get(stem, stem) + (ending or "")
    head, inner, ending = block.groups()
    for ours, theirs in (("attn1.", "self_attn."), ("attn2.", "cross_attn.")):
        if inner.startswith(ours):
            inner = theirs + IN_BLOCK[inner[len(ours) :]]
    inner = {"norm2": "norm3", "ffn.net.0.proj": "ffn.0", "ffn.net.2": "ffn.2", "scale_shift_table": "modulation"}.get(inner, inner)
    return f"{head}.{inner}{ending or ''}"
