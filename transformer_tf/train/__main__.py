"""`python -m transformer_tf.train CONFIG`: see `command_line`."""

import sys

from transformer_tf.train.command_line import main

if __name__ == "__main__":
    sys.exit(main())
