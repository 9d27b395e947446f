"""Random files of the sizes of BLINK's, and the check of what came of them.

    python make.py make FOLDER     bert.{zip,legacy}.bin: BERT-large, 1.3 GB; rows.{zip,legacy}.t7: float32 [200000, 1024], 0.8 GB
    python make.py check FOLDER    compares bert.zip.safetensors with bert.zip.bin, tensor by tensor
"""

import collections
import pathlib
import sys

import safetensors
import torch

H, I, LAYERS, VOCABULARY, POSITIONS = 1024, 4096, 24, 30522, 512


def shapes():
    yield "embeddings.word_embeddings.weight", [VOCABULARY, H]
    yield "embeddings.position_embeddings.weight", [POSITIONS, H]
    yield "embeddings.token_type_embeddings.weight", [2, H]
    yield from norm("embeddings.LayerNorm")
    for i in range(LAYERS):
        layer = f"encoder.layer.{i}"
        for part in ["query", "key", "value"]:
            yield from dense(f"{layer}.attention.self.{part}", H, H)
        yield from dense(f"{layer}.attention.output.dense", H, H)
        yield from norm(f"{layer}.attention.output.LayerNorm")
        yield from dense(f"{layer}.intermediate.dense", I, H)
        yield from dense(f"{layer}.output.dense", H, I)
        yield from norm(f"{layer}.output.LayerNorm")
    yield from dense("pooler.dense", H, H)


def norm(name):
    yield f"{name}.weight", [H]
    yield f"{name}.bias", [H]


def dense(name, outputs, inputs):
    yield f"{name}.weight", [outputs, inputs]
    yield f"{name}.bias", [outputs]


def save(value, folder, name, suffix):
    torch.save(value, folder / f"{name}.zip.{suffix}")
    torch.save(value, folder / f"{name}.legacy.{suffix}", _use_new_zipfile_serialization=False)


def make(folder):
    torch.manual_seed(1)
    weights = collections.OrderedDict((f"context_encoder.bert_model.{name}", torch.rand(shape)) for name, shape in shapes())
    save(weights, folder, "bert", "bin")
    del weights
    save(torch.rand([200_000, 1024]), folder, "rows", "t7")


def check(folder):
    expected = torch.load(folder / "bert.zip.bin", mmap=True, weights_only=True)
    with safetensors.safe_open(folder / "bert.zip.safetensors", "pt") as found:
        assert set(found.keys()) == set(expected)
        for name, tensor in expected.items():
            assert torch.equal(found.get_tensor(name), tensor), name


{"make": make, "check": check}[sys.argv[1]](pathlib.Path(sys.argv[2]))
