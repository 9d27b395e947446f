"""Makes tiny-bert.safetensors, gradients.safetensors and training.json with PyTorch: losses and every gradient after one
step, and the parameters after ten AdamW steps, of a tiny BERT with seeded weights.

    python make-goldens.py

BERT is built here of torch.nn.functional, in float64: its rounding is far below that of the float32 it is compared with.
"""

import json
import pathlib

import torch
import torch.nn.functional as F
from safetensors.torch import save_file

here = pathlib.Path(__file__).parent
V, H, L, HEADS, I, P, S, EPS = 40, 16, 2, 4, 32, 24, 2, 1e-12
CONFIG = {
    "model_type": "bert",
    "vocab_size": V,
    "hidden_size": H,
    "num_hidden_layers": L,
    "num_attention_heads": HEADS,
    "intermediate_size": I,
    "max_position_embeddings": P,
    "type_vocab_size": S,
    "hidden_act": "gelu",
    "layer_norm_eps": EPS,
}


def shapes():
    def dense(name, outputs, inputs):
        return {f"{name}.weight": (outputs, inputs), f"{name}.bias": (outputs,)}

    def norm(name):
        return {f"{name}.weight": (H,), f"{name}.bias": (H,)}

    result = {
        "embeddings.word_embeddings.weight": (V, H),
        "embeddings.position_embeddings.weight": (P, H),
        "embeddings.token_type_embeddings.weight": (S, H),
        **norm("embeddings.LayerNorm"),
    }
    for i in range(L):
        layer = f"encoder.layer.{i}"
        for part in ("query", "key", "value"):
            result |= dense(f"{layer}.attention.self.{part}", H, H)
        result |= dense(f"{layer}.attention.output.dense", H, H) | norm(f"{layer}.attention.output.LayerNorm")
        result |= dense(f"{layer}.intermediate.dense", I, H) | dense(f"{layer}.output.dense", H, I)
        result |= norm(f"{layer}.output.LayerNorm")
    return result | dense("pooler.dense", H, H) | dense("classifier", 1, H)


def initial():
    generator = torch.Generator().manual_seed(52313)
    weights = {}
    for name, shape in shapes().items():
        center = 1.0 if name.endswith("LayerNorm.weight") else 0.0
        weights[name] = (center + 0.35 * torch.randn(shape, generator=generator)).to(torch.float32)
    return weights


def parameters():
    return {name: value.double().requires_grad_() for name, value in initial().items()}


def states(w, ids, segments):
    def linear(x, name):
        return F.linear(x, w[f"{name}.weight"], w[f"{name}.bias"])

    def norm(x, name):
        return F.layer_norm(x, (H,), w[f"{name}.weight"], w[f"{name}.bias"], EPS)

    def heads(x):
        return x.view(len(ids), HEADS, H // HEADS).transpose(0, 1)

    e = "embeddings"
    x = w[f"{e}.word_embeddings.weight"][ids] + w[f"{e}.token_type_embeddings.weight"][segments]
    x = norm(x + w[f"{e}.position_embeddings.weight"][: len(ids)], f"{e}.LayerNorm")
    for i in range(L):
        layer = f"encoder.layer.{i}"
        q, k, v = (heads(linear(x, f"{layer}.attention.self.{part}")) for part in ("query", "key", "value"))
        context = F.scaled_dot_product_attention(q, k, v).transpose(0, 1).reshape(len(ids), H)
        x = norm(linear(context, f"{layer}.attention.output.dense") + x, f"{layer}.attention.output.LayerNorm")
        wide = F.gelu(linear(x, f"{layer}.intermediate.dense"))
        x = norm(linear(wide, f"{layer}.output.dense") + x, f"{layer}.output.LayerNorm")
    return x


def vectors(w, sequences):
    """Each sequence alone, so that no padding is involved."""
    pooled = [states(w, torch.tensor(ids), torch.zeros(len(ids), dtype=torch.long)).mean(0) for ids in sequences]
    return F.normalize(torch.stack(pooled), dim=-1)


def pair_scores(w, pairs):
    scores = []
    for ids, first in pairs:
        segments = torch.tensor([0] * first + [1] * (len(ids) - first))
        cls = states(w, torch.tensor(ids), segments)[0]
        pooled = torch.tanh(F.linear(cls, w["pooler.dense.weight"], w["pooler.dense.bias"]))
        scores.append(F.linear(pooled, w["classifier.weight"], w["classifier.bias"]))
    return torch.cat(scores)


generator = torch.Generator().manual_seed(7)


def draw(length):
    return torch.randint(0, V, (length,), generator=generator).tolist()


mentions = [draw(length) for length in (7, 12, 5, 9, 12)]
entities = [draw(length) for length in (6, 11, 8, 3, 14, 8)]
# Mentions 0 and 3 mean the same entity; entity 4 is right for mention 1 too; entity 5 is a hard negative.
columns = [0, 1, 2, 0, 3]
also_right = [[0.0] * len(entities) for _ in mentions]
also_right[1][4] = 1.0
# The gold candidate comes first.
lists = [[0, 1, 2], [1, 5], [2, 3, 4, 5], [0, 4, 3], [3, 2]]
teacher = [[2.0, 1.5, -1.0], [0.5, 1.0], [3.0, 2.5, 0.0, -2.0], [1.0, 0.9, 0.8], [-1.0, -3.0]]
pairs = [[(draw(4 + (i + j) % 5), 3) for j in range(len(row))] for i, row in enumerate(lists)]


def in_batch(w, temperature, symmetric):
    m, e = vectors(w, mentions), vectors(w, entities)
    scores = m @ e.T / temperature
    wrong = torch.tensor(also_right, dtype=torch.bool)
    target = torch.tensor(columns)
    loss = F.cross_entropy(scores.masked_fill(wrong, -torch.inf), target)
    if not symmetric:
        return loss
    back = scores.T[target]
    for i in range(len(mentions)):
        for j in range(len(mentions)):
            if i != j and (columns[j] == columns[i] or also_right[j][columns[i]]):
                back[i, j] = -torch.inf
    return (loss + F.cross_entropy(back, torch.arange(len(mentions)))) / 2


def student_lists(w):
    scores = vectors(w, mentions) @ vectors(w, entities).T / 0.05
    return [scores[i][torch.tensor(row)] for i, row in enumerate(lists)]


def kl(w):
    T, total = 2.0, 0.0
    for scores, wanted in zip(student_lists(w), teacher):
        wanted = torch.tensor(wanted, dtype=torch.float64)
        total = total + F.kl_div((scores / T).log_softmax(0), (wanted / T).softmax(0), reduction="sum") * T * T
    return total / len(lists)


def margin(w):
    squares = []
    for scores, wanted in zip(student_lists(w), teacher):
        wanted = torch.tensor(wanted, dtype=torch.float64)
        squares.append(((scores[0] - scores[1:]) - (wanted[0] - wanted[1:])) ** 2)
    return torch.cat(squares).mean()


def listwise(w):
    losses = [F.cross_entropy(pair_scores(w, row)[None], torch.tensor([0])) for row in pairs]
    return torch.stack(losses).mean()


losses = {
    "inBatch": lambda w: in_batch(w, 0.05, False),
    "symmetric": lambda w: in_batch(w, 0.05, True),
    "kl": kl,
    "margin": margin,
    "listwise": listwise,
}
values, gradients = {}, {}
for name, compute in losses.items():
    w = parameters()
    loss = compute(w)
    loss.backward()
    values[name] = loss.item()
    gradients |= {f"{name}/{key}": value.grad.float() for key, value in w.items() if value.grad is not None}

# Ten steps: BERT's usual groups (decay on matrices only), clipping, a falling learning rate.
w = parameters()
groups = [
    {"params": [value for value in w.values() if value.dim() > 1], "weight_decay": 0.1},
    {"params": [value for value in w.values() if value.dim() == 1], "weight_decay": 0.0},
]
optimizer = torch.optim.AdamW(groups, lr=1e-3, betas=(0.9, 0.999), eps=1e-8)
trace, norms = [], []
for step in range(10):
    for group in optimizer.param_groups:
        group["lr"] = 1e-3 * (10 - step) / 10
    optimizer.zero_grad()
    loss = in_batch(w, 0.05, True)
    loss.backward()
    norms.append(torch.nn.utils.clip_grad_norm_([v for v in w.values() if v.grad is not None], 1.0).item())
    optimizer.step()
    trace.append(loss.item())
after = {f"after/{key}": value.detach().float() for key, value in w.items() if value.grad is not None}

save_file(initial(), here / "tiny-bert.safetensors")
save_file(gradients | after, here / "gradients.safetensors")
data = {
    "versions": {"torch": torch.__version__.split("+")[0]},
    "config": CONFIG,
    "mentions": mentions,
    "entities": entities,
    "columns": columns,
    "alsoRight": also_right,
    "lists": lists,
    "teacher": teacher,
    "pairs": pairs,
    "losses": values,
    "trace": trace,
    "norms": norms,
}
(here / "training.json").write_text(json.dumps(data, separators=(",", ":")) + "\n", encoding="utf-8")
