"""`python -m transformer_tf.cost CONFIG`: see `cost.command_line`."""

import sys

from transformer_tf.cost.command_line import main

if __name__ == "__main__":
    sys.exit(main())
