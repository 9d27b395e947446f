"""Writes the checkpoints of this folder, in both serializations, and expected.json with what PyTorch reads from them.

    python packages/torch-checkpoint/test/goldens/make.py      (needs torch; 2.5.1 wrote the committed files)
"""

import argparse
import collections
import json
import math
import os
import pathlib
import random

import torch

here = pathlib.Path(__file__).parent
FLOATS = [torch.float32, torch.float64, torch.float16, torch.bfloat16]
INTEGERS = [torch.int64, torch.int32, torch.int16, torch.int8, torch.uint8, torch.bool]


def number(value):
    """JSON has no NaN, no infinity, and not every int64."""
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    return value if abs(value) < 2**53 else str(value)


def described(tensor):
    return {
        "dtype": str(tensor.dtype).removeprefix("torch."),
        "shape": list(tensor.shape),
        "values": [number(it) for it in tensor.detach().contiguous().reshape(-1).tolist()],
    }


def filled(shape, dtype, generator):
    """Every kind of bits that a type has, the extremes among them."""
    if dtype == torch.bool:
        return torch.randint(0, 2, shape, generator=generator).bool()
    if dtype in INTEGERS:
        limits = torch.iinfo(dtype)
        return torch.randint(max(limits.min, -(2**62)), min(limits.max, 2**62), shape, generator=generator).to(dtype)
    values = torch.randn(shape, generator=generator, dtype=torch.float64) * 10.0 ** torch.randint(-6, 4, shape, generator=generator)
    return values.to(dtype)


def state_dict():
    generator = torch.Generator().manual_seed(1)
    weights = collections.OrderedDict()
    for dtype in FLOATS + INTEGERS:
        weights[f"matrix.{str(dtype).removeprefix('torch.')}"] = filled([3, 4], dtype, generator)
    weights["parameter"] = torch.nn.Parameter(torch.randn([2, 3], generator=generator))
    weights["scalar"] = torch.tensor(-1.5)
    weights["empty"] = torch.zeros([0, 4])
    weights["position_ids"] = torch.arange(6).expand((1, -1))
    weights["extremes.int64"] = torch.tensor([-(2**63), 2**63 - 1, 0, -1])
    weights["extremes.float64"] = torch.tensor([1e308, 5e-324, -0.0, math.pi], dtype=torch.float64)
    for dtype in FLOATS:
        name = str(dtype).removeprefix("torch.")
        tiny = torch.finfo(dtype).tiny
        weights[f"special.{name}"] = torch.tensor(
            [math.inf, -math.inf, math.nan, -0.0, tiny, tiny / 4, torch.finfo(dtype).max, 1 / 3], dtype=dtype
        )
    weights._metadata = collections.OrderedDict([("", {"version": 1})])
    return weights


def many_float16():
    """Bit patterns from all over the 2^16."""
    return torch.arange(-(2**15), 2**15, 31, dtype=torch.int32).to(torch.int16).view(torch.float16)


def nested():
    generator = torch.Generator().manual_seed(2)
    model = collections.OrderedDict(
        [("a.weight", torch.randn([2, 2], generator=generator)), ("a.bias", torch.randn([2], generator=generator))]
    )
    step = {"step": 7, "exp_avg": torch.randn([2, 2], generator=generator)}
    return {
        "epoch": 3,
        "lr": 1e-5,
        "best": None,
        "done": True,
        "steps": 2**70,
        "negative": -5,
        "far": -(2**31),
        "note": "naïve 🙂 \ud83d",
        "history": [0.5, 0.25, ("a", 1)],
        "nothing": {},
        "size": torch.Size([2, 3]),
        "dtype": torch.float16,
        "model": model,
        "optimizer": {"state": {0: step, 1: step}, "param_groups": [{"lr": 0.1, "betas": (0.9, 0.999)}]},
    }


def views():
    base = torch.arange(120, dtype=torch.float32) * 0.5
    cube = base.view(4, 5, 6)
    doubles = torch.arange(60, dtype=torch.int64).view(6, 10)
    return {
        "base": base,
        "same": base,
        "part": base[10:30].view(4, 5),
        "turned": base[10:30].view(4, 5).t(),
        "every_third": base[::3],
        "column": cube[:, 2, :],
        "permuted": cube.permute(2, 0, 1),
        "narrow": cube[1:3, 1:4, 2:5],
        "expanded": base[:3].view(3, 1, 1).expand(3, 2, 4),
        "windows": base[:12].unfold(0, 4, 2),
        "strided": base.as_strided((3, 3), (1, 2), 5),
        "doubles_turned": doubles.t(),
        "doubles_corner": doubles[3:, 7:],
        "bytes_turned": torch.arange(12, dtype=torch.uint8).view(3, 4).t(),
        "halves_turned": torch.arange(12, dtype=torch.float16).view(3, 4).t(),
        "one": cube[2:3, 3:4, 4:5],
    }


def any_view(tensor, choose):
    for _ in range(choose.randrange(4)):
        dimensions = tensor.dim()
        how = choose.randrange(5)
        if how == 0 and dimensions > 1:
            tensor = tensor.transpose(*choose.sample(range(dimensions), 2))
        elif how == 1 and dimensions > 0:
            dimension = choose.randrange(dimensions)
            size = tensor.shape[dimension]
            start = choose.randrange(size + 1)
            tensor = tensor.narrow(dimension, start, choose.randrange(size - start + 1))
        elif how == 2 and dimensions > 0:
            dimension = choose.randrange(dimensions)
            tensor = tensor[(slice(None),) * dimension + (slice(None, None, choose.randrange(1, 4)),)]
        elif how == 3 and dimensions > 1:
            tensor = tensor.select(choose.randrange(dimensions), 0) if 0 not in tensor.shape else tensor
        else:
            tensor = tensor.unsqueeze(0).expand(choose.randrange(1, 3), *tensor.shape)
    return tensor


def any_tensors():
    choose = random.Random(3)
    generator = torch.Generator().manual_seed(3)
    tensors = {}
    for i in range(60):
        shape = [choose.randrange(1, 6) for _ in range(choose.randrange(5))]
        tensors[f"t{i}"] = any_view(filled(shape, choose.choice(FLOATS + INTEGERS), generator), choose)
    return tensors


def biencoder():
    """The names of BLINK's bi-encoder, at a size of two."""
    weights = collections.OrderedDict()
    for tower in ["context_encoder", "cand_encoder"]:
        weights[f"{tower}.bert_model.embeddings.word_embeddings.weight"] = torch.arange(12.0).view(6, 2)
        weights[f"{tower}.bert_model.encoder.layer.0.output.LayerNorm.weight"] = torch.ones(2)
        weights[f"{tower}.bert_model.pooler.dense.bias"] = torch.zeros(2)
    return weights


class Evil:
    def __reduce__(self):
        return os.system, ("echo this must never run",)


class WithState:
    def __init__(self):
        self.weights = torch.ones(2)


good = {
    "state-dict": state_dict(),
    "nested": nested(),
    "plain": (torch.arange(35, dtype=torch.float32) / 8).view(7, 5),
    "halves": many_float16(),
    "views": views(),
    "any": any_tensors(),
    "biencoder": biencoder(),
    "worlds": {0: torch.arange(6).view(2, 3), 1: torch.arange(3).view(1, 3)},
    "list": [torch.ones(2), torch.zeros(3)],
}
refused = {
    "evil": {"model": torch.ones(2), "x": Evil()},
    "namespace": {"args": argparse.Namespace(lr=1), "model": torch.ones(2)},
    "instance": WithState(),
    "numpy": {"loss": torch.ones(1).numpy()[0], "model": torch.ones(2)},
    "complex": {"x": torch.ones(2, dtype=torch.complex64)},
    "float8": {"x": torch.ones(2).to(torch.float8_e4m3fn)},
    "set": {"names": {1, 2}, "x": torch.ones(2)},
    "bytes": {"raw": b"abc", "x": torch.ones(2)},
    "negated": {"x": torch._neg_view(torch.ones(2))},
}


def tensors_of(name, value):
    if isinstance(value, torch.Tensor):
        return {"": described(value)}
    if name == "nested":
        value = value["model"]
    items = enumerate(value) if isinstance(value, list) else value.items()
    return {str(key): described(it) for key, it in items}


def save(name, value):
    torch.save(value, here / f"{name}.zip.bin")
    torch.save(value, here / f"{name}.legacy.bin", _use_new_zipfile_serialization=False)


for name, value in good.items():
    save(name, value)
for name, value in refused.items():
    save(f"refused-{name}", value)
# The legacy form would carry PyTorch's source text.
torch.save(torch.nn.Linear(2, 2), here / "refused-module.zip.bin")
torch.save(good["plain"], here / "refused-protocol-4.zip.bin", pickle_protocol=4)

expected = {name: tensors_of(name, value) for name, value in good.items()}
(here / "expected.json").write_text(json.dumps({"torch": torch.__version__, "files": expected}, ensure_ascii=False) + "\n")
