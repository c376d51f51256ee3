"""The command `python -m transformer_tf.train CONFIG`: see `command_line`.

TensorFlow's own. The loop that it runs is `transformer_tf.training.loop`, for scripts
that bring a model and batches of their own.
"""

__all__: list[str] = []
