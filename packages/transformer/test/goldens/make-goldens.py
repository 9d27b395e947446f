"""Makes the golden files of this folder with PyTorch and transformers.

    python make-goldens.py                      # tiny-bert.safetensors, tiny-bert.json
    python make-goldens.py --minilm FOLDER      # minilm.json; FOLDER holds all-MiniLM-L6-v2 (config, weights, tokenizer)

The tiny model has seeded random weights, drawn large enough that every part of it matters to the result.
"""

import argparse
import json
import pathlib

import torch
import transformers
from safetensors.torch import save_file

here = pathlib.Path(__file__).parent
versions = {"torch": torch.__version__.split("+")[0], "transformers": transformers.__version__}


def rounded(tensor, digits=7):
    return [round(value, digits) for value in tensor.flatten().tolist()]


def run(model, sequence):
    """All hidden states and the pooler's output of one unpadded sequence."""
    arguments = {
        "input_ids": torch.tensor([sequence["ids"]]),
        "token_type_ids": torch.tensor([sequence.get("segments", [0] * len(sequence["ids"]))]),
        "position_ids": torch.tensor([sequence.get("positions", list(range(len(sequence["ids"]))))]),
    }
    with torch.no_grad():
        return model(**arguments, output_hidden_states=True)


def unit(vector):
    return torch.nn.functional.normalize(vector, dim=-1)


def tiny():
    config = {
        "model_type": "bert",
        "vocab_size": 40,
        "hidden_size": 16,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "intermediate_size": 32,
        "max_position_embeddings": 24,
        "type_vocab_size": 2,
        "hidden_act": "gelu",
        "layer_norm_eps": 1e-12,
        "position_embedding_type": "absolute",
    }
    torch.manual_seed(52313)
    model = transformers.BertModel(transformers.BertConfig(**config, attn_implementation="eager")).eval()
    projection = torch.nn.Linear(16, 6)
    with torch.no_grad():
        for name, parameter in [*model.named_parameters(), *projection.named_parameters()]:
            center = 1.0 if name.endswith("LayerNorm.weight") else 0.0
            parameter.normal_(center, 0.35)
    weights = {name: value.contiguous() for name, value in model.state_dict().items()}
    weights["additional_linear.weight"] = projection.weight.detach()
    weights["additional_linear.bias"] = projection.bias.detach()
    # Checkpoints of that time carry this buffer; it is no weight.
    weights["embeddings.position_ids"] = torch.arange(24).unsqueeze(0)
    save_file(weights, here / "tiny-bert.safetensors", metadata=versions)

    generator = torch.Generator().manual_seed(7)
    draw = lambda count, limit: torch.randint(0, limit, (count,), generator=generator).tolist()
    sequences = [{"ids": draw(length, 40)} for length in (1, 2, 3, 7, 8, 12, 23, 24)]
    sequences.append({"ids": draw(10, 40), "segments": [0] * 4 + [1] * 6})
    # BLINK's pairs: the second part starts at a fixed position, with a gap before it.
    sequences.append({"ids": draw(9, 40), "segments": [0] * 5 + [1] * 4, "positions": [0, 1, 2, 3, 4, 16, 17, 18, 19]})
    cases = []
    for sequence in sequences:
        output = run(model, sequence)
        last = output.last_hidden_state[0]
        with torch.no_grad():
            projected = projection(output.pooler_output[0])
        cases.append(
            {
                **sequence,
                "states": [rounded(state[0]) for state in output.hidden_states],
                "cls": rounded(last[0]),
                "mean": rounded(last.mean(0)),
                "normalizedMean": rounded(unit(last.mean(0))),
                "pooler": rounded(output.pooler_output[0]),
                "projectedPooler": rounded(projected),
            }
        )
    write("tiny-bert.json", {"versions": versions, "config": config, "cases": cases})


texts = [
    "Troy",
    "the capital of France",
    "Paris carried Helen off to Troy and so began a war.",
    "A town in Texas, named after the other one.",
    "In computing, a cache is a component that stores data so that future requests for it can be served faster.",
    "größe naïve façade coöperate Łódź",
    "東京は日本の首都である。",
    "C++ & C#: 3.14159, e-mail@example.org, 10%–20%!",
    "He painted by the Seine in Paris until 1889. " * 3,
    "a " * 60,
    "The quick brown fox jumps over the lazy dog; pack my box with five dozen liquor jugs. " * 6,
    "entity linking without training data " * 40,
]


def minilm(folder):
    model = transformers.BertModel.from_pretrained(folder, attn_implementation="eager").eval()
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    cases = []
    for text in texts:
        ids = tokenizer(text, truncation=True, max_length=256)["input_ids"]
        vector = unit(run(model, {"ids": ids}).last_hidden_state[0].mean(0))
        cases.append({"text": text, "ids": ids, "vector": rounded(vector)})
    write("minilm.json", {"versions": versions, "model": "all-MiniLM-L6-v2", "cases": cases})


def write(name, value):
    # One case a line keeps the file small and its diffs readable.
    cases = ",\n".join(json.dumps(case, ensure_ascii=False, separators=(",", ":")) for case in value.pop("cases"))
    head = json.dumps(value, separators=(",", ":"))[:-1]
    (here / name).write_text(f'{head},"cases":[\n{cases}\n]}}\n', encoding="utf-8")


parser = argparse.ArgumentParser()
parser.add_argument("--minilm", help="folder of all-MiniLM-L6-v2")
options = parser.parse_args()
if options.minilm:
    minilm(options.minilm)
else:
    tiny()
