"""Writes a BERT of the Hugging Face layout as an ONNX file: python export-onnx.py MODEL_FOLDER OUT.onnx

Inputs ids, segments, mask (int64, [B, T]); output "states": the last hidden states [B, T, H]. Pooling is left out on
both sides of the comparison that it could change: it costs less than a thousandth.
"""

import sys
import warnings

import torch
import transformers

warnings.filterwarnings("ignore")
folder, out = sys.argv[1:]


class States(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.bert = transformers.BertModel.from_pretrained(folder, attn_implementation="eager").eval()

    def forward(self, ids, segments, mask):
        # The mask in its added form: the exporter then need not follow the library's own way of making it.
        shift = (1.0 - mask[:, None, None, :].float()) * -30000.0
        x = self.bert.embeddings(input_ids=ids, token_type_ids=segments)
        for layer in self.bert.encoder.layer:
            x = layer(x, shift)
            x = x[0] if isinstance(x, tuple) else x
        return x


axes = {0: "B", 1: "T"}
example = torch.ones(2, 16, dtype=torch.int64)
torch.onnx.export(
    States(),
    (example, torch.zeros_like(example), example),
    out,
    input_names=["ids", "segments", "mask"],
    output_names=["states"],
    dynamic_axes={name: axes for name in ("ids", "segments", "mask", "states")},
    opset_version=17,
    dynamo=False,
)
