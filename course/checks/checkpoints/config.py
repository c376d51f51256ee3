"""checkpoints.config: one vocabulary for what each family calls otherwise."""

import types

from course.checks.checkpoints.samples import BERT, UNIT
from course.examination import Call, Exercise, OneOf, Sizes


def read_config(config):
    """Translates a published config.json into one vocabulary.

    Args:
        config: {key: value}, as the file of BERT, DistilBERT, GPT-2 or T5 has it. A
            key with the value None counts as absent.

    Returns:
        {setting: value} with every setting of `names`: the value of the first key in
        its list that the file has. Where it has none, `hidden_dim` is four times
        `dim`, `epsilon` 1e-12, `tied` True, and `max_length` None.
    """
    names = {
        "vocabulary_size": ["vocab_size"],
        "dim": ["hidden_size", "n_embd", "dim", "d_model"],
        "num_layers": ["num_hidden_layers", "n_layer", "n_layers", "num_layers"],
        "num_heads": ["num_attention_heads", "n_head", "n_heads", "num_heads"],
        "hidden_dim": ["intermediate_size", "n_inner", "hidden_dim", "d_ff"],
        "max_length": ["max_position_embeddings", "n_positions"],
        "epsilon": ["layer_norm_eps", "layer_norm_epsilon"],
        "tied": ["tie_word_embeddings"],
    }
    found = {}
    for setting, keys in names.items():
        values = [config[key] for key in keys if config.get(key) is not None]
        if values:
            found[setting] = values[0]
    defaults = {"max_length": None, "epsilon": 1e-12, "tied": True}
    return {"hidden_dim": 4 * found["dim"], **defaults, **found}


exercise = Exercise(
    "checkpoints.config",
    unit=UNIT,
    answer="read_config",
    reference=read_config,
    parts={"families": 3, "absent": 2, "tied": 1},
    returns={"settings": ()},
    forbidden=(f"{__name__}.read_config",),
    hints=3,
    difficulty=2,
    importance=4,
    minutes=12,
    paper=BERT,
)

KEYS = {
    "bert": (
        *("vocab_size", "hidden_size", "num_hidden_layers", "num_attention_heads"),
        *("intermediate_size", "max_position_embeddings", "layer_norm_eps"),
    ),
    "gpt2": (
        *("vocab_size", "n_embd", "n_layer", "n_head"),
        *("n_inner", "n_positions", "layer_norm_epsilon"),
    ),
    "distilbert": (
        *("vocab_size", "dim", "n_layers", "n_heads"),
        *("hidden_dim", "max_position_embeddings", None),
    ),
    "t5": (
        *("vocab_size", "d_model", "num_layers", "num_heads"),
        *("d_ff", None, "layer_norm_epsilon"),
    ),
}


def _config(rng, family, tied=None, epsilon=0.003, hidden=True):
    """A file of a family: no number follows from another one."""
    heads = int(rng.choice([3, 5, 7]))
    dim = heads * int(rng.choice([24, 40, 56]))
    values = [
        int(rng.integers(900, 50_000)),
        dim,
        int(rng.integers(2, 40)),
        heads,
        int(rng.integers(3 * dim, 4 * dim)),
        int(rng.integers(200, 2000)),
        epsilon,
    ]
    keys = KEYS[family]
    config = {"model_type": family, "n_ctx": 77, "type_vocab_size": 2}
    config |= {key: value for key, value in zip(keys, values) if key}
    if hidden is not True:
        config |= {keys[4]: None}
    if hidden == "absent":
        del config[keys[4]]
    return config if tied is None else config | {"tie_word_embeddings": tied}


@exercise.probe(part="families")
def a_bert(rng):
    return Call(_config(rng, "bert", tied=True))


@exercise.probe(part="families")
def a_gpt(rng):
    return Call(_config(rng, "gpt2", tied=True))


@exercise.probe(part="families")
def a_distilbert(rng):
    return Call(_config(rng, "distilbert", tied=True))


@exercise.probe(part="families")
def a_t5(rng):
    return Call(_config(rng, "t5", tied=True))


@exercise.probe(part="absent")
def null_in_the_file(rng):
    return Call(_config(rng, "gpt2", tied=True, hidden=None))


@exercise.probe(part="absent")
def no_key_at_all(rng):
    return Call(_config(rng, "gpt2", tied=True, hidden="absent"))


@exercise.probe(part="tied")
def tied_is_false(rng):
    return Call(_config(rng, "t5", tied=False))


@exercise.probe(part="tied")
def nothing_said(rng):
    return Call(_config(rng, "bert"))


@exercise.promise(
    part="families",
    family=OneOf(*KEYS),
    tied=OneOf(None, True, False),
    hidden=OneOf(True, None, "absent"),
    thousandths=Sizes(1, 9),
)
def any_file(rng, family, tied, hidden, thousandths):
    return Call(_config(rng, family, tied, thousandths / 1000, hidden))


# Read-only: every alternative looks here.
NAMES = types.MappingProxyType(
    {
        "vocabulary_size": ("vocab_size",),
        "dim": ("hidden_size", "n_embd", "dim", "d_model"),
        "num_layers": ("num_hidden_layers", "n_layer", "n_layers", "num_layers"),
        "num_heads": ("num_attention_heads", "n_head", "n_heads", "num_heads"),
        "hidden_dim": ("intermediate_size", "n_inner", "hidden_dim", "d_ff"),
        "max_length": ("max_position_embeddings", "n_positions"),
        "epsilon": ("layer_norm_eps", "layer_norm_epsilon"),
        "tied": ("tie_word_embeddings",),
    }
)


def _first(config, setting, default=None):
    values = [config.get(key) for key in NAMES[setting]]
    return next((value for value in values if value is not None), default)


def _with(config, **changes):
    """The right settings, some of them replaced."""
    defaults = {"epsilon": 1e-12, "tied": True}
    found = {name: _first(config, name, defaults.get(name)) for name in NAMES}
    found["hidden_dim"] = found["hidden_dim"] or 4 * found["dim"]
    return found | changes


@exercise.misconception
def null_is_a_value(config):
    keys = [key for key in NAMES["hidden_dim"] if key in config]
    dim = _with(config)["dim"]
    return _with(config, hidden_dim=config[keys[0]] if keys else 4 * dim)


@exercise.misconception
def always_four_times(config):
    return _with(config, hidden_dim=4 * _with(config)["dim"])


@exercise.misconception
def nothing_instead_of_four_times(config):
    return _with(config, hidden_dim=_first(config, "hidden_dim"))


@exercise.misconception
def always_tied(config):
    """`config.get(key) or True`: a False is never heard."""
    return _with(config, tied=True)


@exercise.misconception
def tied_only_if_said(config):
    return _with(config, tied=_first(config, "tied", False))


@exercise.misconception
def one_epsilon_for_all(config):
    return _with(config, epsilon=1e-12)


@exercise.misconception
def context_for_positions(config):
    return _with(config, max_length=config["n_ctx"])


@exercise.misconception
def heads_of_sixty_four(config):
    return _with(config, num_heads=max(1, _with(config)["dim"] // 64))


@exercise.misconception
def names_of_bert_only(config):
    found = {setting: config.get(keys[0]) for setting, keys in NAMES.items()}
    defaults = {"epsilon": 1e-12, "tied": True, "hidden_dim": 4 * (found["dim"] or 0)}
    return {
        setting: defaults.get(setting) if value is None else value
        for setting, value in found.items()
    }


@exercise.misconception
def absent_settings_left_out(config):
    return {name: value for name, value in _with(config).items() if value is not None}


@exercise.misconception
def positions_of_512_where_none_are_said(config):
    return _with(config, max_length=_first(config, "max_length", 512))


@exercise.alternative
def with_next(config):
    return _with(config)


@exercise.alternative
def null_taken_out_first(config):
    said = {key: value for key, value in config.items() if value is not None}
    found: dict = {}
    for setting, keys in NAMES.items():
        for key in reversed(keys):
            found[setting] = said.get(key, found.get(setting))
    found["hidden_dim"] = found["hidden_dim"] or 4 * found["dim"]
    if found["epsilon"] is None:
        found["epsilon"] = 1e-12
    found["tied"] = found["tied"] is not False
    return found


@exercise.alternative
def turned_round(config):
    """From the file's keys to the settings, with a table the other way round."""
    ours = {key: setting for setting, keys in NAMES.items() for key in keys}
    found = {
        ours[key]: value
        for key, value in config.items()
        if key in ours and value is not None
    }
    rest = {"max_length": None, "epsilon": 1e-12, "tied": True}
    return {"hidden_dim": found["dim"] * 4, **rest, **found}


@exercise.alternative
def defaults_first(config):
    found: dict = dict.fromkeys(NAMES)
    found.update(epsilon=1e-12, tied=True)
    for setting in NAMES:
        for key in NAMES[setting]:
            if key in config and config[key] is not None:
                found[setting] = config[key]
                break
    if not found["hidden_dim"]:
        found["hidden_dim"] = found["dim"] * 4
    return found


@exercise.alternative
def setting_by_setting(config):
    def get(*keys, default=None):
        for key in keys:
            if config.get(key) is not None:
                return config[key]
        return default

    dim = get("hidden_size", "n_embd", "dim", "d_model")
    return {
        "vocabulary_size": config["vocab_size"],
        "dim": dim,
        "num_layers": get("num_hidden_layers", "n_layer", "n_layers", "num_layers"),
        "num_heads": get("num_attention_heads", "n_head", "n_heads", "num_heads"),
        "hidden_dim": get(*NAMES["hidden_dim"], default=4 * dim),
        "max_length": get("max_position_embeddings", "n_positions"),
        "epsilon": get("layer_norm_eps", "layer_norm_epsilon", default=1e-12),
        "tied": get("tie_word_embeddings", default=True),
    }


@exercise.alternative
def by_recursion(config):
    def first(keys, default):
        if not keys:
            return default
        value = config.get(keys[0])
        return first(keys[1:], default) if value is None else value

    found: dict = {name: first(keys, None) for name, keys in NAMES.items()}
    rest = {"hidden_dim": 4 * found["dim"], "epsilon": 1e-12, "tied": True}
    for name, value in rest.items():
        if found[name] is None:
            found[name] = value
    return found
