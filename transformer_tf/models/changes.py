"""What was done to a model's layers since they were made, so that it is saved with it.

Configs say how layers are made. Frozen layers, policies of single layers, LoRA and
quantization come later; a file that forgot them would hold another model.
"""

import keras


def changes_of(model):
    """What tells the layers of a model from those of a new one.

    Args:
        model: A built model.

    Returns:
        A dict from paths of layers (names of attributes, numbers in lists) to dicts
        with `trainable` and `dtype` where they differ from those of the layer that
        holds it, and `quantization` and `lora`. It can be written as JSON.
    """
    found = {}
    for path, layer, parent in _walk(model):
        change = {}
        if layer.trainable != (True if parent is None else parent.trainable):
            change["trainable"] = layer.trainable
        mode = getattr(layer, "quantization_mode", None)
        if mode is not None:
            config = layer.get_config().get("quantization_config")
            change["quantization"] = {"mode": mode, "config": config}
        elif parent is not None and _name(layer) != _name(parent):
            policy = layer.dtype_policy
            change["dtype"] = keras.saving.serialize_keras_object(policy)
        if getattr(layer, "lora_enabled", False):
            change["lora"] = {"rank": layer.lora_rank, "lora_alpha": layer.lora_alpha}
        if change:
            found[path] = change
    return found


def apply_changes(model, changes):
    """Does to a new model what `changes_of` found; its weights are loaded after that.

    Args:
        model: A built model, made from the config of the one that was saved.
        changes: What `changes_of` returned.
    """
    expected: dict = {}
    for path, layer, parent in _walk(model):
        change = changes.get(path, {})
        if "quantization" in change:
            _quantize(layer, **change["quantization"])
        else:
            policy = change.get("dtype") or expected.get(id(parent))
            if policy is not None:
                policy = keras.saving.deserialize_keras_object(policy)
                if policy.name != _name(layer):
                    layer.dtype_policy = policy
        expected[id(layer)] = keras.saving.serialize_keras_object(layer.dtype_policy)
        if "lora" in change and not layer.lora_enabled:
            _enable_lora(layer, **change["lora"])
    # Last, because LoRA and quantization freeze what they replace. Layer by layer:
    # setting what a layer has already does not reach its parts in Keras.
    trainable = {id(None): True}
    for path, layer, parent in _walk(model):
        wanted = changes.get(path, {}).get("trainable", trainable[id(parent)])
        trainable[id(layer)] = wanted
        if layer.trainable != wanted:
            layer.trainable = wanted


def _quantize(layer, mode, config):
    if layer.quantization_mode is None:
        config = keras.saving.deserialize_keras_object(config)
        layer.quantize(mode, config=config)


def _enable_lora(layer, rank, lora_alpha):
    """Enables LoRA, and lets it train on after weights are loaded.

    A file holds the kernel with what LoRA added to it. Keras then fills both of its
    factors with zeros, from which no gradient leads away; one of them may be any.
    """
    layer.enable_lora(rank, lora_alpha=lora_alpha)
    load, factor = layer.load_own_variables, layer.lora_kernel_a

    def load_own_variables(store):
        start = factor.numpy() if hasattr(factor, "numpy") else factor.value
        load(store)
        factor.assign(start)

    layer.load_own_variables = load_own_variables


def _walk(layer, path="", parent=None, seen=None):
    """Paths, layers and what holds them, from the outside in; shared ones once."""
    seen = set() if seen is None else seen
    if id(layer) in seen:
        return
    seen.add(id(layer))
    yield path, layer, parent
    for name, value in sorted(vars(layer).items()):
        if name.startswith("_"):
            continue
        parts = {name: value}
        if isinstance(value, (list, tuple)):
            parts = {f"{name}/{number}": part for number, part in enumerate(value)}
        for key, part in parts.items():
            if isinstance(part, keras.layers.Layer):
                yield from _walk(part, f"{path}/{key}".lstrip("/"), layer, seen)


def _name(layer):
    """The name of the policy that the layer had before it was quantized."""
    policy = layer.dtype_policy
    return getattr(policy, "_source_name", None) or policy.name
