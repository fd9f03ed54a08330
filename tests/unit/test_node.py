"""What the front end works out by itself, without a page, is tested in its own language."""

from pathlib import Path

import pytest

from tests import SEED
from tests.parity.front_end import node

FILES = sorted((Path(__file__).parents[1] / "node").glob("*.test.ts"))
FAILURES = "✖ failing tests:"


def test_there_are_tests():
    assert FILES


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name.removesuffix(".test.ts"))
def test_front_end(path):
    done = node("--test", "--test-reporter=spec", str(path), encoding="utf-8")
    said = done.stdout + done.stderr
    assert done.returncode == 0, f"TEST_SEED={SEED}\n{said[said.find(FAILURES) :]}"
    assert "ℹ skipped 0" in said and "ℹ tests 0" not in said, said
