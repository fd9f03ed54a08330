"""The scaling lab in Python: the steps it shows, and what it refuses."""

from dataclasses import asdict

import pytest
from traitlets import TraitError

from book_utils import scaling
from book_utils.explorables import ScalingLab


def test_its_output_is_the_step_on_one_device_and_on_all():
    lab = ScalingLab(network="resnet50", devices=16, batch=1024, link=25, rate=40, cost=1.5)
    work = scaling.work("resnet50")
    machine = {"batch": 1024, "link": 25, "rate": 40, "cost": 1.5}
    assert lab.output == {n: asdict(scaling.step(work, n, **machine)) for n in (1, 16)}
    assert lab.speedup == scaling.speedup(work, 16, **machine)
    lab.shared, lab.overlap = False, False
    assert lab.speedup == scaling.speedup(work, 16, False, overlap=False, **machine)
    assert list(ScalingLab(devices=1).output) == [1] and ScalingLab(devices=1).speedup == 1


@pytest.mark.parametrize(
    ("setting", "value", "says"),
    [
        ("network", "vgg16", "'vgg16'; allowed: one of 'lenet', 'small_resnet', 'alexnet', "),
        ("devices", 3, "devices was given 3; allowed: one of 1, 2, 4, 8, 16, 32, 64"),
        ("devices", True, "devices was given True"),
        ("batch", 100, "batch was given 100; allowed: one of 64, 128, 256"),
        ("link", 0.5, "link was given 0.5; allowed: a number from 1 to 1000"),
        ("cost", -1, "cost was given -1; allowed: a number from 0 to 10"),
    ],
)
def test_what_cannot_be_is_refused_by_name(setting, value, says):
    lab = ScalingLab()
    before = getattr(lab, setting)
    with pytest.raises(TraitError, match=says):
        setattr(lab, setting, value)
    assert getattr(lab, setting) == before


def test_the_still_has_every_number_of_devices():
    still = ScalingLab(network="lenet", link=1).still()
    assert still.count("<tr>") == 8 and "reckoned and not measured" in still
    assert "LeNet, 256 images in all, 1 Gbit/s" in still
    assert '<th scope="row">8</th>' in still and "<td>0.38</td></tr>" in still
