"""Run by test_layout.py under JAX, on eight virtual devices of one processor.

python -m tests.training.sharded FILE [NAME ...]: outputs and gradients of models
on one device and on eight, and bytes of weights on each device.
"""

import pickle
import sys

import jax
import keras
import numpy as np

from tests.training.families import FAMILIES, config_of, inputs_of, new_model
from transformer_tf.training.layout import new_layout_map

MESH = (2, 4)  # batches are split in two, weights in four


def measured(name):
    """What a model gives for a batch, its gradients, and bytes a device holds."""
    model = new_model(name)
    inputs = inputs_of(name)
    distribution = keras.distribution.distribution()
    if distribution is not None:
        inputs = {
            key: keras.distribution.distribute_tensor(
                jax.numpy.asarray(array), distribution.get_data_layout(array.shape)
            )
            for key, array in inputs.items()
        }
    states = [variable.value for variable in model.non_trainable_variables]

    def loss(weights):
        outputs, _ = model.stateless_call(weights, states, inputs)
        flat = [out for out in keras.tree.flatten(outputs) if out.dtype == "float32"]
        return sum((out**2).mean() for out in flat), flat

    weights = [variable.value for variable in model.trainable_variables]
    run = jax.jit(jax.value_and_grad(loss, has_aux=True))
    (value, outputs), gradients = run(weights)
    device = jax.devices()[0]
    held = sum(
        shard.data.nbytes
        for weight in weights
        for shard in weight.addressable_shards
        if shard.device == device
    )
    return {
        "loss": float(value),
        "outputs": [np.asarray(out) for out in outputs],
        "gradients": [np.asarray(gradient) for gradient in gradients],
        "held": held,
        "all": sum(weight.nbytes for weight in weights),
        "bytes of whole": sum(one.nbytes for one in weights if is_whole(one)),
        "bytes of split": sum(one.nbytes for one in weights if not is_whole(one)),
        "whole": [
            variable.path.split("/", 1)[-1]
            for variable, weight in zip(model.trainable_variables, weights)
            if is_whole(weight)
        ],
    }


def is_whole(array):
    """Whether each device holds all of an array."""
    return array.sharding.is_fully_replicated


def both(name):
    keras.distribution.set_distribution(None)
    one = measured(name)
    mesh = keras.distribution.DeviceMesh(MESH, ["batch", "model"])
    config = config_of(name)
    layouts = new_layout_map(config, mesh)
    keras.distribution.set_distribution(
        keras.distribution.ModelParallel(layout_map=layouts, batch_dim_name="batch")
    )
    many = measured(name)
    keras.distribution.set_distribution(None)
    return one, many


assert len(jax.devices()) == 8
results = {name: both(name) for name in sys.argv[2:] or FAMILIES}
with open(sys.argv[1], "wb") as file:
    pickle.dump(results, file)
