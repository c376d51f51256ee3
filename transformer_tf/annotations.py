"""Names for what public signatures take, where Python's types cannot say it."""

from typing import Any

Tensor = Any
"""A tensor of the backend, a symbolic one of Keras, or an array that becomes one."""

Initializer = Any
"""A name, a configuration or an instance of `keras.initializers`, or a function."""
