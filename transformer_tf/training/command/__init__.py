"""What `python -m transformer_tf.train CONFIG` does: see `command_line`.

TensorFlow's own. From a configuration it makes a model, an optimizer and batches of
files, and gives them to `transformer_tf.training.loop`, which scripts with a model and
batches of their own call themselves.
"""

__all__: list[str] = []
