"""The Jupyter kernel that the course's notebooks name: IPython's, but for one thing.

It does not start for `nbgrader autograde`. nbgrader without this course's configuration
would run a class's submissions as the instructor, with nothing around them; it takes
the kernel's name from the release, so the release itself refuses that. With the
configuration no submission runs in a kernel at all.

    python -P -m course.kernel -f CONNECTION_FILE

Where the course is not installed there is no kernel of that name, which also refuses.
"""

import os
import shutil
import sys
import tempfile
from pathlib import Path

NAME = "transformer-course"
SPECIFICATION = {
    "name": NAME,
    "language": "python",
    "display_name": "Transformer course",
}
_REFUSAL = """
transformer-course: refused. `nbgrader autograde` without the course's configuration
would run this submission as you, not isolated. Run `transformer-course course .` in the
course's folder (its nbgrader_config.py must call configure), or grade with
`transformer-course grade`.
"""


def install() -> None:
    """Makes the kernel known to Jupyter where the installation did not.

    A wheel puts it beside Jupyter's other kernels; a checkout that is installed as it
    stands does not. Where neither this Python's folder nor the user's can be written,
    Jupyter asks for a kernel when a notebook is opened, and any will do.
    """
    from jupyter_client.kernelspec import KernelSpecManager

    manager = KernelSpecManager()
    if NAME in manager.find_kernel_specs():
        return
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(Path(__file__).with_name("kernel.json"), folder)
        for place in ({"prefix": sys.prefix}, {"user": True}):
            try:
                manager.install_kernel_spec(folder, NAME, **place)
            except OSError:
                continue
            return


def main() -> None:
    # nbgrader sets it, and the submission has no say in it.
    if os.environ.get("NBGRADER_EXECUTION") == "autograde":
        sys.exit(_REFUSAL)
    from ipykernel import kernelapp

    # -P kept what lies in the notebook's folder from being imported until here.
    sys.path.insert(0, "")
    kernelapp.launch_new_instance()


if __name__ == "__main__":
    main()
