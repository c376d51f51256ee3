"""Units 11 to 13: checkpoints, pipelines, bias."""

import re

from tests.checks.wild import Wild


def replaced_everywhere(names, rules):
    """`name.replace(old, new)`, wherever and as often as it stands there."""
    renamed, left = {}, []
    for name in names:
        new_name = name
        for pattern, new in rules:
            if re.search(pattern, new_name):
                new_name = re.sub(pattern, new, new_name)
        if new_name == name:
            left.append(name)
        else:
            renamed[name] = new_name
    return renamed, left


def strays_dropped(tags, scores, offsets):
    """An entity begins with B- and with nothing else."""
    found, kind = [], ""
    for tag, score, (start, end) in zip(tags, scores, offsets):
        if tag.startswith("B-"):
            kind = tag[2:]
            found.append([kind, [score], start, end])
        elif kind and tag == f"I-{kind}":
            found[-1][1].append(score)
            found[-1][3] = end
        else:
            kind = ""
    return [[kind, sum(s) / len(s), start, end] for kind, s, start, end in found]


RENAME = "checkpoints.rename"
SPLIT = "checkpoints.split_joined"
FOUND = [
    Wild(
        "checkpoints.config",
        "mlx-lm#1298",
        "tied_only_if_said",
        (("'tied': True", "'tied': False"),),
    ),
    Wild(
        "checkpoints.config",
        "one epsilon for every family",
        "",
        (
            (
                "{'hidden_dim': 4 * found['dim'], **defaults, **found}",
                "{'hidden_dim': 4 * found['dim'], **defaults, **found, "
                "'epsilon': 1e-05}",
            ),
        ),
    ),
    Wild(
        "checkpoints.safetensors",
        "safetensors#448, all but bfloat16",
        "",
        (
            ("'<f8'", "'>f8'"),
            ("'<f4'", "'>f4'"),
            ("'<f2'", "'>f2'"),
            ("'<i8'", "'>i8'"),
        ),
    ),
    Wild(
        "checkpoints.safetensors",
        "offsets read from the file's beginning, several readers",
        "offsets_from_the_beginning",
        (("data[begin + first:begin + last]", "data[first:last]"),),
    ),
    Wild(
        "checkpoints.bfloat16",
        "safetensors readers that know float16 only",
        "taken_for_float16",
        (
            ("bits = np.frombuffer(data, '<u2').astype('uint32')", "pass"),
            (
                "(bits << 16).view('float32')",
                "np.frombuffer(data, '<f2').astype('float32')",
            ),
        ),
    ),
    Wild(
        RENAME,
        "transformers#42468",
        "replaced_in_the_middle",
        written=replaced_everywhere,
    ),
    Wild(
        RENAME,
        "maskrcnn-benchmark#478",
        "",
        (("re.fullmatch(pattern, name)", "re.search(pattern + '$', name)"),),
    ),
    Wild(
        RENAME,
        "`re.match` for names",
        "only_the_beginning_matched",
        (("re.fullmatch", "re.match"),),
    ),
    Wild(SPLIT, "nntile#370", "", (("if out_first:", "if False:"),)),
    Wild(
        SPLIT,
        "mobius#61, CodeGen's order",
        "value_before_key",
        (("query, key, value = ops.reshape(", "query, value, key = ops.reshape("),),
    ),
    Wild(
        SPLIT,
        "tensor_parallel#103",
        "always_side_by_side",
        (("if by_head:", "if False:"),),
    ),
    Wild(
        "checkpoints.report",
        "accelerate#2875",
        "tied_ones_missing",
        (("for name, home in tied.items()", "for name, home in ()"),),
    ),
    Wild(
        "checkpoints.report",
        "transformers#38870",
        "unexpected_not_reported",
        (
            (
                "return (missing, unexpected, misshapen)",
                "return (missing, [], misshapen)",
            ),
        ),
    ),
    Wild(
        "checkpoints.save",
        "transformers#30202",
        "tied_written_twice",
        (("name in tied and tied[name] in weights", "False"),),
    ),
    Wild(
        "checkpoints.save",
        "a transposed view written in its old order",
        "shape_turned_and_numbers_not",
        (
            (
                "part = array.astype('<f4').tobytes()",
                "part = np.asarray(weights[name]).astype('<f4').tobytes()",
            ),
        ),
    ),
    Wild(
        "pipelines.probabilities",
        "bert-use-demo#7",
        "over_the_texts",
        (("axis=-1", "axis=0"),),
    ),
    Wild(
        "pipelines.probabilities",
        "a classifier of one class through softmax",
        "softmax_of_a_single_class",
        (("several or logits.shape[-1] == 1", "several"),),
    ),
    Wild(
        "pipelines.entities",
        "PaddleNLP#2376",
        "neighbours_grow_together",
        (
            (
                "tag.startswith('I-') and before[2:] == kind",
                "tag != 'O' and before[2:] == kind",
            ),
        ),
    ),
    Wild(
        "pipelines.entities",
        "semantic-router#3140",
        "stray_inside_dropped",
        written=strays_dropped,
    ),
    Wild(
        "pipelines.zero_shot",
        "allennlp#1681",
        "",
        (("logits[:, entailment]", "logits[:, 0]"),),
    ),
    Wild(
        "pipelines.zero_shot",
        "transformers-interpret#84",
        "sigmoid_of_entailment",
        (("ops.sigmoid(yes - no)", "ops.sigmoid(yes)"),),
    ),
    Wild(
        "pipelines.settings",
        "max_length that forgets the prompt",
        "prompt_not_counted",
        (("length - prompt_length", "length"),),
    ),
    Wild(
        "bias.effect",
        "sweater#39",
        "pooled_spread",
        (
            (
                "np.concatenate([first, second]).std(ddof=1)",
                "np.sqrt((first.var(ddof=1) + second.var(ddof=1)) / 2)",
            ),
        ),
    ),
    Wild(
        "bias.effect",
        "NumPy's own spread, several",
        "population_spread",
        (("ddof=1", "ddof=0"),),
    ),
    Wild(
        "bias.permutation",
        "ieat#2",
        "both_sides",
        (
            (
                "np.array(sums) > first.sum() + 1e-09",
                "abs(np.array(sums) / size - (both.sum() - np.array(sums)) / "
                "len(second)) > abs(first.mean() - second.mean()) + 1e-09",
            ),
        ),
    ),
    Wild(
        "bias.permutation",
        "wefe#8",
        "",
        (("1e-09)", "1e-09) * 2"),),
    ),
    Wild(
        "bias.calibration",
        "pycalib#4",
        "centre_of_the_bin",
        (("confidence[inside].mean()", "(place + 0.5) / bins"),),
    ),
    Wild(
        "bias.calibration",
        "torchmetrics#3510",
        "certainty_alone",
        (
            (
                "np.minimum((confidence * bins).astype(int), bins - 1)",
                "(confidence * bins).astype(int)",
            ),
        ),
    ),
    Wild(
        "bias.calibration",
        "laya#39",
        "zero_lost",
        (
            (
                "np.minimum((confidence * bins).astype(int), bins - 1)",
                "np.ceil(confidence * bins).astype(int) - 1",
            ),
            ("np.unique(places)", "range(bins)"),
            (
                "inside = places == place",
                "inside = places == place\n        if not inside.any():\n    "
                "        continue",
            ),
        ),
    ),
    Wild(
        "bias.calibration",
        "BrowseComp-Plus#18",
        "last_bin_skipped",
        (
            ("np.unique(places)", "range(bins - 1)"),
            (
                "inside = places == place",
                "inside = places == place\n        if not inside.any():\n    "
                "        continue",
            ),
        ),
    ),
]
