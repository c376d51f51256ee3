"""The other side: transformers on torch, told what to do by lines. Run by `peer.py`.

Nothing of this project is imported here.
"""

import json
import sys

import torch
import transformers

transformers.logging.set_verbosity_error()


def make(kind, config, folder):
    """Writes a model with random weights."""
    torch.manual_seed(0)
    model_class = getattr(transformers, kind)
    settings = model_class.config_class(**config)
    model_class(settings).eval().save_pretrained(folder)


class Side:
    """What has been loaded."""

    def __init__(self):
        self.calls = {}

    def pipeline(self, task, folder, dtype="float32", **options):
        self.calls["pipeline"] = transformers.pipeline(
            task, folder, dtype=getattr(torch, dtype), **options
        )

    def call(self, inputs, options):
        """Answers as people ask: the pipeline called once on all of the inputs."""
        with torch.inference_mode():
            return self.calls["pipeline"](inputs, **options)

    def encoder(self, folder, dtype="float32"):
        """An encoder whose mean vectors are wanted, without a pipeline around it."""
        model = transformers.AutoModel.from_pretrained(
            folder, dtype=getattr(torch, dtype)
        ).eval()
        tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
        self.calls["encoder"] = tokenizer, model

    def vectors(self, texts, batch_size):
        """[text, dim] mean vectors, in batches of like length: their best setting."""
        tokenizer, model = self.calls["encoder"]
        order = sorted(range(len(texts)), key=lambda n: len(texts[n]))
        vectors = torch.zeros(len(texts), model.config.hidden_size)
        with torch.inference_mode():
            for first in range(0, len(texts), batch_size):
                rows = order[first : first + batch_size]
                given = tokenizer(
                    [texts[n] for n in rows],
                    padding=True,
                    truncation=True,
                    return_tensors="pt",
                )
                states = model(**given).last_hidden_state.float()
                mask = given["attention_mask"][:, :, None]
                vectors[rows] = (states * mask).sum(1) / mask.sum(1)
        return vectors.tolist()

    def vectors_by_pipeline(self, texts):
        """The same as people call it: one text after the other, all states as lists."""
        with torch.inference_mode():
            return [
                torch.tensor(states[0]).mean(0).tolist()
                for states in self.calls["pipeline"](texts)
            ]


def plain(value):
    """What JSON can hold."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return value if isinstance(value, (str, int, float, type(None))) else float(value)


def main():
    answers, sys.stdout = sys.stdout, sys.stderr
    side = Side()
    for line in sys.stdin:
        values = json.loads(line)
        what = values.pop("what")
        show = values.pop("show", True)
        try:
            done = make if what == "make" else getattr(side, what)
            result = done(**values)
            answer = {"result": plain(result) if show else None}
        except Exception as error:  # told to the side that asked
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), file=answers, flush=True)


if __name__ == "__main__":
    main()
