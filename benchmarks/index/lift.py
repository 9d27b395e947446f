"""The same vectors in more dimensions: all inner products, and so all neighbours, stay; what changes is what a comparison costs.

    python benchmarks/index/lift.py --vectors FOLDER --out FOLDER [--from 384] [--to 1024] [--count ROWS] [--seed 1]

FOLDER holds vectors.f32, queries.f32 and vectors.json, as run.mjs reads them. Each row is multiplied by a random matrix with
orthonormal rows. Models of 1,024 dimensions give vectors whose neighbourhoods are of far fewer, too.
"""
import argparse
import json
import os

import numpy as np

parser = argparse.ArgumentParser()
parser.add_argument("--vectors", required=True)
parser.add_argument("--out", required=True)
parser.add_argument("--from", dest="before", type=int, default=384)
parser.add_argument("--to", type=int, default=1024)
parser.add_argument("--count", type=int)
parser.add_argument("--seed", type=int, default=1)
parser.add_argument("--block", type=int, default=65536)
options = parser.parse_args()

random = np.random.default_rng(options.seed)
lift = np.linalg.qr(random.standard_normal((options.to, options.before)))[0].T.astype("<f4")  # [before, to]
os.makedirs(options.out, exist_ok=True)
with open(os.path.join(options.vectors, "vectors.json")) as file:
    facts = json.load(file)
count = min(options.count or facts["count"], facts["count"])
for name, rows in (("vectors.f32", count), ("queries.f32", None)):
    source = np.memmap(os.path.join(options.vectors, name), "<f4", "r").reshape(-1, options.before)
    with open(os.path.join(options.out, name), "wb") as file:
        for start in range(0, rows or len(source), options.block):
            (source[start : min(start + options.block, rows or len(source))] @ lift).tofile(file)
facts.update(dimensions=options.to, count=count)
facts["described"] += f" Lifted from {options.before} to {options.to} dimensions (`lift.py`): inner products are the same."
with open(os.path.join(options.out, "vectors.json"), "w") as file:
    json.dump(facts, file)
