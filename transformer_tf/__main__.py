"""`python -m transformer_tf TASK MODEL < texts.txt`: see `pipelines.command_line`."""

import sys

from transformer_tf.pipelines.command_line import main

if __name__ == "__main__":
    sys.exit(main())
