"""Programs that `write_program` wrote, compiled for this machine's device by JAX."""

import jax
import numpy as np
from jax._src.lib import xla_client


class Program:
    """One compiled program with its parameters on the device.

    Args:
        path: The .hlo file; its .npz stands beside it.
        device: A JAX device.
    """

    def __init__(self, path, device):
        self.name = path.stem
        computation = xla_client.XlaComputation(path.read_bytes())
        module = xla_client._xla.mlir.xla_computation_to_mlir_module(computation)
        self.executable = device.client.compile_and_load(
            module, xla_client.DeviceList((device,)), xla_client.CompileOptions()
        )
        with np.load(path.with_suffix(".npz")) as arrays:
            parameters = _number(arrays, "parameter")
            self.expected = _number(arrays, "output")
        self.parameters = [jax.device_put(x, device) for x in parameters]

    def __call__(self):
        """The outputs, computed."""
        outputs = self.executable.execute(self.parameters)
        return [jax.block_until_ready(x) for x in outputs]

    def difference(self):
        """The largest difference from what the CPU computed under TensorFlow."""
        pairs = zip(self(), self.expected, strict=True)
        return max(
            float(np.abs(np.asarray(x, "float64") - expected).max())
            for x, expected in pairs
        )


def _number(arrays, kind):
    count = sum(name.startswith(kind) for name in arrays.files)
    return [arrays[f"{kind}_{n}"] for n in range(count)]


def programs(folder, device):
    """The programs of a folder, compiled."""
    return [Program(path, device) for path in sorted(folder.glob("*.hlo"))]
