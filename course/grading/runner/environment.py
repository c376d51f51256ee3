"""All that a submission's process finds in its environment, and has imported."""

ENVIRONMENT = {
    "HOME": "/tmp",
    "LANG": "C.UTF-8",
    "PATH": "/usr/bin:/bin",
    "KERAS_BACKEND": "tensorflow",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "CUDA_VISIBLE_DEVICES": "-1",
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MPLBACKEND": "agg",
}

# Beside the library, and what a unit's notebooks import.
MODULES = (
    "numpy",
    "tensorflow",
    "keras",
    "matplotlib.pyplot",  # so has Keras
    "scipy.special",  # has functions that exercises forbid, looked up in every runner
    "course.pieces",
    "course.pieces.trained",  # its models are files that no runner can read
)
