"""The same random numbers in every run, so that a green test stays green until something changes.

TEST_SEED=7 in the environment (`make fast TEST_SEED=7`) draws other ones: random layers, random
tensors and hypothesis' cases. A test must pass with each.
"""

import os

import pytest
import torch
from hypothesis import settings

from tests import SEED

settings.register_profile("book", derandomize="TEST_SEED" not in os.environ, deadline=None)
settings.load_profile("book")


@pytest.fixture(autouse=True)
def seeded():
    """Each test starts from the seed, whichever ran before it; pytest prints it with a failure."""
    torch.manual_seed(SEED)
    print(f"TEST_SEED={SEED}")
