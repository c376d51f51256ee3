"""`python -m transformer_tf.train CONFIG`: the command of `transformer_tf.training`."""

import sys

from transformer_tf.training.command.command_line import main

if __name__ == "__main__":
    sys.exit(main())
