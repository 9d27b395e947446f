"""Converts the Zeshel fixture with BLINK's own script, and counts with BLINK's own Stats.

    python make_goldens.py PATH_TO_A_CHECKOUT_OF_BLINK

Recorded with facebookresearch/BLINK at 5fe254d. The script needs PyTorch to be importable.
"""

import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

here = pathlib.Path(__file__).parent
blink = pathlib.Path(sys.argv[1]).resolve()
fixture = here.parent / "fixtures" / "zeshel"

sys.path.insert(0, str(blink))
from blink.biencoder.zeshel_utils import WORLDS, Stats  # noqa: E402

with tempfile.TemporaryDirectory() as folder:
    raw = pathlib.Path(folder) / "raw"
    out = pathlib.Path(folder) / "out"
    shutil.copytree(fixture, raw)
    for world in WORLDS:  # the script wants all sixteen
        (raw / "documents" / f"{world}.json").touch()
    subprocess.run(
        [
            sys.executable,
            blink / "examples" / "zeshel" / "create_BLINK_zeshel_data.py",
            f"--document_path={raw / 'documents'}",
            f"--mention_path={raw / 'mentions'}",
            f"--output_path={out}",
        ],
        check=True,
    )
    shutil.copy(out / "test.jsonl", here / "blink-zeshel.jsonl")

positions = {"lego": [0, 3, 4, -1], "yugioh": [7, 63]}
lines = []
pooled = Stats(64)
for world, ranks in positions.items():
    stats = Stats(64)
    for rank in ranks:
        stats.add(rank)
    pooled.extend(stats)
    lines += [f"In world {world}", stats.output()]
lines.append(pooled.output())
(here / "blink-stats.json").write_text(json.dumps({"positions": positions, "lines": lines}, indent=2) + "\n")
