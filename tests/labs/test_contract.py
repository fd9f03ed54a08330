"""Every lab keeps the contract; what it does not keep yet stands in expected.py."""

import pytest

from tests.labs.contract import CHECKS
from tests.labs.expected import EXPECTED, is_expected
from tests.labs.kinds import KINDS
from tests.labs.stand import SIZES


def test_what_is_expected_to_fail_names_labs_and_checks_that_there_are():
    assert set(EXPECTED) <= {kind.__name__ for kind in KINDS}
    listed = {name for checks in EXPECTED.values() for name in checks}
    assert listed <= {check.__name__ for check in CHECKS}


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("kind", KINDS)
def test_a_lab_keeps_the_contract(stand_for, kind, size):
    stand, report = stand_for(kind.example, size), []
    for check, sizes in CHECKS.items():
        if size not in sizes:
            continue
        complaints = stand.run(check)
        known = is_expected(kind.__name__, check.__name__, size)
        if complaints and not known:
            report += [f"{check.__name__}: {check.__doc__.splitlines()[0]}"]
            report += [f"    {complaint}" for complaint in complaints]
        if known and not complaints:
            report += [f"{check.__name__}: passes now, so take it off the list in expected.py"]
    assert report == [], "\n".join(["", *report])
