"""Encodes a fixed batch whenever a line comes in, and answers with the seconds it took: python torch-worker.py MODEL IDS.json THREADS"""

import json
import sys
import time

import torch
import transformers

folder, ids_file, threads = sys.argv[1:]
torch.set_num_threads(int(threads))
model = transformers.BertModel.from_pretrained(folder).eval()
ids = torch.tensor(json.load(open(ids_file)))
mask = torch.ones_like(ids)
with torch.inference_mode():
    model(input_ids=ids, attention_mask=mask)
    print(json.dumps({"torch": torch.__version__, "transformers": transformers.__version__}), flush=True)
    for _ in sys.stdin:
        cpu, wall = time.process_time(), time.perf_counter()
        model(input_ids=ids, attention_mask=mask)
        print(json.dumps({"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu}), flush=True)
