"""Tests of the book and its package: unit, parity, book, browser."""

import os

SEED = int(os.environ.get("TEST_SEED", 0))
