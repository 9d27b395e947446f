"""FAISS on the vectors of a run, for run.mjs: builds or searches one index and prints one line of JSON.
   pip install -r requirements.txt; it takes the same settings as measure.mjs, with `index` as hnsw-M-efConstruction or flat."""
import json, os, resource, sys, time
import faiss
import numpy as np

s = json.loads(sys.argv[1])
faiss.omp_set_num_threads(s["threads"])
d, count = s["dimensions"], s["count"]
path = os.path.join(s["work"], "faiss-" + s["index"])
kind, *numbers = s["index"].split("-")


def cpu():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def peak():
    return 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


if s["phase"] == "build":
    vectors = np.memmap(os.path.join(s["folder"], "vectors.f32"), "<f4", "r", shape=(count, d))
    if kind == "flat":
        index = faiss.IndexFlatIP(d)
    else:
        index = faiss.IndexHNSWFlat(d, int(numbers[0]), faiss.METRIC_INNER_PRODUCT)
        index.hnsw.efConstruction = int(numbers[1])
    before, cpu_before = time.perf_counter(), cpu()
    for start in range(0, count, 8192):
        index.add(np.ascontiguousarray(vectors[start : start + 8192]))
    built = {"buildSeconds": time.perf_counter() - before, "buildCpuSeconds": cpu() - cpu_before, "buildPeakBytes": peak()}
    faiss.write_index(index, path)
    print(json.dumps({**built, "diskBytes": os.path.getsize(path), "version": faiss.__version__}))
    sys.exit()

index = faiss.read_index(path)
queries = np.fromfile(os.path.join(s["folder"], "queries.f32"), "<f4").reshape(-1, d)[: s["queries"]]
truth = json.load(open(os.path.join(s["work"], "truth.json")))[: len(queries)]
points = []
for expansion in [None] if kind == "flat" else s["expansions"]:
    if expansion:
        index.hnsw.efSearch = expansion
    for k in s["ks"]:
        if expansion and expansion < k:
            continue
        rounds = []
        for _ in range(s["rounds"] + 1):
            before, cpu_before = time.perf_counter(), cpu()
            _, found = index.search(queries, k)
            rounds.append((time.perf_counter() - before, cpu() - cpu_before))
        # The first is for what a service meets once, as in measure.mjs.
        seconds, cpu_seconds = (min(some) for some in zip(*rounds[1:]))
        times = []
        for query in queries[: s["singles"]]:
            one = time.perf_counter()
            index.search(query[None], k)
            times.append(1000 * (time.perf_counter() - one))
        right = sum(len(set(row.tolist()) & set(best[:k])) for row, best in zip(found, truth))
        points.append({
            "expansionSearch": expansion, "k": k, "recall": right / (k * len(queries)),
            "queriesPerSecond": len(queries) / seconds, "queriesPerCpuSecond": len(queries) / cpu_seconds,
            "firstQueriesPerSecond": len(queries) / rounds[0][0],
            "p50": float(np.percentile(times, 50)), "p99": float(np.percentile(times, 99)),
        })
print(json.dumps({"searchPeakBytes": peak(), "points": points}))
