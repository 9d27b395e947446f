"""Times the training step of step.ts in PyTorch: the same model, batch, loss, clipping and optimiser.

    python step-pytorch.py FOLDER [--pairs 64] [--length 64] [--steps 5] [--dropout 0.1] [--threads N]

Needs torch and safetensors.
"""

import argparse
import json
import pathlib
import time

import torch
import torch.nn.functional as F
from safetensors.torch import load_file

parser = argparse.ArgumentParser()
parser.add_argument("folder", type=pathlib.Path)
parser.add_argument("--pairs", type=int, default=64)
parser.add_argument("--length", type=int, default=64)
parser.add_argument("--steps", type=int, default=5)
parser.add_argument("--dropout", type=float, default=0.1)
parser.add_argument("--threads", type=int, default=torch.get_num_threads())
options = parser.parse_args()
torch.set_num_threads(options.threads)
torch.manual_seed(1)

config = json.loads((options.folder / "config.json").read_text())
H, L, HEADS = config["hidden_size"], config["num_hidden_layers"], config["num_attention_heads"]
EPS, rate = config["layer_norm_eps"], options.dropout
w = {name.removeprefix("bert."): value.float() for name, value in load_file(options.folder / "model.safetensors").items()}
trained = [value.requires_grad_() for name, value in w.items() if name.startswith("encoder.layer.")]


def encode(ids):
    """Mean-pooled unit vectors; BERT with PyTorch's own fused operations, as transformers with sdpa computes it."""
    B, T = ids.shape
    e = "embeddings"

    def norm(x, name):
        return F.layer_norm(x, (H,), w[f"{name}.weight"], w[f"{name}.bias"], EPS)

    def linear(x, name):
        return F.linear(x, w[f"{name}.weight"], w[f"{name}.bias"])

    def heads(x):
        return x.view(B, T, HEADS, H // HEADS).transpose(1, 2)

    positions = w[f"{e}.position_embeddings.weight"][:T]
    x = F.embedding(ids, w[f"{e}.word_embeddings.weight"]) + positions + w[f"{e}.token_type_embeddings.weight"][0]
    x = F.dropout(norm(x, f"{e}.LayerNorm"), rate)
    for i in range(L):
        layer = f"encoder.layer.{i}"
        q, k, v = (heads(linear(x, f"{layer}.attention.self.{part}")) for part in ("query", "key", "value"))
        context = F.scaled_dot_product_attention(q, k, v, dropout_p=rate).transpose(1, 2).reshape(B, T, H)
        mixed = F.dropout(linear(context, f"{layer}.attention.output.dense"), rate)
        x = norm(mixed + x, f"{layer}.attention.output.LayerNorm")
        wide = F.gelu(linear(x, f"{layer}.intermediate.dense"))
        narrow = F.dropout(linear(wide, f"{layer}.output.dense"), rate)
        x = norm(narrow + x, f"{layer}.output.LayerNorm")
    return F.normalize(x.mean(1), dim=-1)


groups = [
    {"params": [value for value in trained if value.dim() > 1], "weight_decay": 0.01},
    {"params": [value for value in trained if value.dim() == 1], "weight_decay": 0.0},
]
optimizer = torch.optim.AdamW(groups, lr=1e-5)
for step in range(options.steps):
    draw = lambda: torch.randint(1000, 20000, (options.pairs, options.length))
    mentions, entities = draw(), draw()
    started, cpu = time.perf_counter(), time.process_time()
    optimizer.zero_grad()
    loss = F.cross_entropy(encode(mentions) @ encode(entities).T / 0.05, torch.arange(options.pairs))
    loss.backward()
    torch.nn.utils.clip_grad_norm_(trained, 1.0)
    optimizer.step()
    seconds, busy = time.perf_counter() - started, time.process_time() - cpu
    tokens = 2 * options.pairs * options.length
    print(json.dumps({"step": step, "seconds": round(seconds, 2), "cpuSeconds": round(busy, 2), "tokensPerSecond": round(tokens / seconds), "tokensPerCpuSecond": round(tokens / busy), "loss": round(loss.item(), 4)}))
