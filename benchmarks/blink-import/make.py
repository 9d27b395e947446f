"""Random weights in the shapes and the files of BLINK's released models, 2.7 and 1.3 GB.

    python make.py FOLDER zip|legacy     biencoder.bin, crossencoder.bin
"""

import collections
import pathlib
import sys

import torch

H, I, LAYERS, VOCABULARY, POSITIONS = 1024, 4096, 24, 30522, 512


def dense(name, outputs, inputs):
    yield f"{name}.weight", torch.randn(outputs, inputs) / inputs**0.5
    yield f"{name}.bias", torch.zeros(outputs)


def norm(name):
    yield f"{name}.weight", torch.ones(H)
    yield f"{name}.bias", torch.zeros(H)


def bert(prefix):
    def named(tensors):
        return ((f"{prefix}.bert_model.{name}", tensor) for name, tensor in tensors)

    for table, rows in (("word", VOCABULARY), ("position", POSITIONS), ("token_type", 2)):
        yield f"{prefix}.bert_model.embeddings.{table}_embeddings.weight", torch.randn(rows, H)
    yield from named(norm("embeddings.LayerNorm"))
    for i in range(LAYERS):
        layer = f"encoder.layer.{i}"
        for part in ("query", "key", "value"):
            yield from named(dense(f"{layer}.attention.self.{part}", H, H))
        yield from named(dense(f"{layer}.attention.output.dense", H, H))
        yield from named(norm(f"{layer}.attention.output.LayerNorm"))
        yield from named(dense(f"{layer}.intermediate.dense", I, H))
        yield from named(dense(f"{layer}.output.dense", H, I))
        yield from named(norm(f"{layer}.output.LayerNorm"))
    yield from named(dense("pooler.dense", H, H))


def bi_encoder():
    yield from bert("context_encoder")
    yield from bert("cand_encoder")


def cross_encoder():
    yield from bert("encoder")
    yield from dense("encoder.additional_linear", 1, H)


folder, serialization = pathlib.Path(sys.argv[1]), sys.argv[2]
torch.manual_seed(1)
torch.set_num_threads(1)
for name, tensors in (("biencoder", bi_encoder()), ("crossencoder", cross_encoder())):
    state = collections.OrderedDict(tensors)
    torch.save(state, folder / f"{name}.bin", _use_new_zipfile_serialization=serialization == "zip")
    del state
