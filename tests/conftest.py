import os

os.environ["KERAS_BACKEND"] = os.environ.get("KERAS_BACKEND", "tensorflow")
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import numpy as np
import pytest


@pytest.fixture
def rng():
    return np.random.default_rng(0)
