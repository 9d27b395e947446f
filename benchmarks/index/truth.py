"""The true best of every query by comparing all vectors, block by block: for large.mjs.

    python benchmarks/index/truth.py --vectors VECTORS.f32 --queries QUERIES.f32 --out TRUTH.json [--queries … --out …]
        [--dimensions 384] [--first-key 1] [--k 100] [--count ROWS]

Writes the keys of each query, best first, and TRUTH.json.facts.json: medians over the queries of the cosine of neighbour 1,
10 and 100, and of the local dimension (maximum likelihood over the 100 nearest: Levina and Bickel 2004).
"""
import argparse
import json
import os
import resource
import time

import numpy as np

parser = argparse.ArgumentParser()
parser.add_argument("--vectors", required=True)
parser.add_argument("--queries", action="append", required=True)
parser.add_argument("--out", action="append", required=True)
parser.add_argument("--dimensions", type=int, default=384)
parser.add_argument("--first-key", type=int, default=1)
parser.add_argument("--k", type=int, default=100)
parser.add_argument("--count", type=int)
parser.add_argument("--block", type=int, default=65536)
options = parser.parse_args()

d, k = options.dimensions, options.k
sets = [np.fromfile(path, "<f4").reshape(-1, d) for path in options.queries]
queries = np.concatenate(sets)
rows = options.count or os.path.getsize(options.vectors) // (d * 4)
keys = np.empty((len(queries), 0), "u4")
scores = np.empty((len(queries), 0), "f4")
begun = time.time()
for start in range(0, rows, options.block):
    count = min(options.block, rows - start)
    block = np.fromfile(options.vectors, "<f4", count=count * d, offset=start * d * 4).reshape(-1, d)
    products = queries @ block.T
    if count > k:
        best = np.argpartition(-products, k, axis=1)[:, :k]
    else:
        best = np.tile(np.arange(count), (len(queries), 1))
    keys = np.concatenate([keys, (best + start + options.first_key).astype("u4")], 1)
    scores = np.concatenate([scores, np.take_along_axis(products, best, 1)], 1)
    order = np.argsort(-scores, axis=1, kind="stable")[:, :k]
    keys, scores = np.take_along_axis(keys, order, 1), np.take_along_axis(scores, order, 1)
seconds = time.time() - begun
cpu = sum(resource.getrusage(resource.RUSAGE_SELF)[:2])

first = 0
for some, path in zip(sets, options.out):
    own_keys, own = keys[first : first + len(some)], scores[first : first + len(some)]
    first += len(some)
    with open(path, "w") as file:
        json.dump(own_keys.tolist(), file)
    distances = np.sqrt(np.maximum(2 - 2 * own, 1e-9))
    dimension = (k - 1) / np.log(distances[:, -1:] / distances[:, :-1]).sum(1)
    facts = {
        "rows": rows,
        "queries": len(some),
        "cosines": {str(rank): float(np.median(own[:, rank - 1])) for rank in (1, 10, 100) if rank <= k},
        "dimension": float(np.median(dimension)),
        "seconds": seconds,
        "cpuSeconds": cpu,
    }
    with open(path + ".facts.json", "w") as file:
        json.dump(facts, file)
    print(json.dumps(facts))
