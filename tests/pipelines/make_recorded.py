"""The recorded calls of another library's pipelines, cut to what the tests read.

    python tests/pipelines/make_recorded.py FOLDER

FOLDER holds one folder a pipeline: a tiny random model and its tokenizer as
transformers 4.57.6 saved them, and `expected.json`, the calls with their results.
Copied are the files that are read; numbers of results keep seven digits.
"""

import json
import shutil
import sys
from pathlib import Path

HERE = Path(__file__).parent / "recorded"
FILES = (
    "config.json",
    "generation_config.json",
    "model.safetensors",
    "tokenizer.json",
    "tokenizer_config.json",
)


def rounded(value):
    if isinstance(value, float):
        return float(f"{value:.7g}")
    if isinstance(value, list):
        return [rounded(item) for item in value]
    if isinstance(value, dict):
        return {name: rounded(item) for name, item in value.items()}
    return value


def main(source):
    for folder in sorted(Path(source).iterdir()):
        target = HERE / folder.name
        target.mkdir(parents=True, exist_ok=True)
        for name in FILES:
            if (folder / name).exists():
                shutil.copyfile(folder / name, target / name)
        calls = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
        (target / "expected.json").write_text(
            json.dumps(rounded(calls), ensure_ascii=False) + "\n", encoding="utf-8"
        )


if __name__ == "__main__":
    main(sys.argv[1])
