"""The company lab in Python: the same boot, answered by the company it keeps."""

import json

import pytest
import torch
from torch.testing import assert_close
from traitlets import TraitError

from book_utils import data, weights
from book_utils.explorables import CompanyLab
from book_utils.explorables.company.album import KINDS, boot, network, others, pools, travelling

BOOT = 9


def test_the_output_is_the_networks_answer_in_a_batch():
    lab = CompanyLab(company="bags", size=7, draw=3)
    images = data.fashion_mnist()[1].images
    batch = images[[boot(), *others("bags", 3, 6)]].mul(15).round() / 15
    assert_close(lab.batch, batch)
    with torch.no_grad():
        assert_close(lab.output, weights.load("bn_lenet").train()(batch).softmax(1)[0])
        lab.mode = "eval"
        assert_close(lab.output, weights.load("bn_lenet")(batch[:1]).softmax(1)[0])


@pytest.mark.parametrize("draw", range(1, 21))
def test_among_boots_it_is_no_boot_and_among_the_others_it_is(draw):
    assert CompanyLab(company="boots", draw=draw).output[BOOT] < 0.05
    for company in ("mixed", "bags", "trousers"):
        lab = CompanyLab(company=company, draw=draw)
        assert lab.output.argmax() == BOOT and lab.output[BOOT] > 0.7


def test_in_evaluation_mode_no_company_changes_anything():
    first = CompanyLab(mode="eval").output
    assert first[BOOT] > 0.99
    for company in CompanyLab.company.of:
        for size in (2, 32):
            found = CompanyLab(company=company, size=size, mode="eval").output
            assert_close(found, first, rtol=0, atol=1e-6)


def test_answers_in_training_mode_leave_the_network_as_it_was():
    before = {key: value.clone() for key, value in network().state_dict().items()}
    assert CompanyLab(company="inverted").output.shape == (10,)
    assert not network().training
    for key, value in network().state_dict().items():
        assert torch.equal(value, before[key])


def test_the_others_are_held_out_and_of_the_kind_that_is_said():
    labels = data.fashion_mnist()[1].labels
    classes = data.fashion_mnist()[1].classes
    for company, kind in KINDS.items():
        assert {classes[labels[i]] for i in pools()[company]} == {kind}
    assert torch.bincount(labels[pools()["mixed"]]).tolist() == [6] * 10
    assert all(boot() not in pool for pool in pools().values())
    assert others("mixed", 4, 8) == others("mixed", 4, 31)[:8] == others("inverted", 4, 8)
    assert others("boots", 1, 31) != others("boots", 2, 31)


def test_inverted_ones_are_those_of_the_mixed_batch_and_the_boot_stays():
    mixed, inverted = CompanyLab().batch, CompanyLab(company="inverted").batch
    assert torch.equal(mixed[0], inverted[0])
    assert_close(inverted[1:], 1 - mixed[1:])


def test_the_network_of_the_company_lab_takes_at_most_150_kib_and_stays_out_of_the_state():
    lab = CompanyLab()
    kept = lab.static_html().split('data-later="near">')[1].split("</script>")[0]
    assert json.loads(kept) == travelling() == lab.get_state("_travelling")["_travelling"]
    assert len(kept) <= 150 * 1024
    assert len(json.dumps(lab.settings())) < 1024


@pytest.mark.parametrize(
    ("setting", "value"),
    [("company", "shirts"), ("size", 1), ("size", 33), ("draw", 0), ("draw", 21), ("mode", "on")],
)
def test_what_the_company_lab_does_not_take_is_refused_by_name(setting, value):
    lab = CompanyLab()
    before = lab.settings()
    with pytest.raises(TraitError, match=f"CompanyLab.{setting} was given"):
        setattr(lab, setting, value)
    assert lab.settings() == before


def test_the_still_of_the_company_says_what_the_network_says():
    lab = CompanyLab(company="boots", size=20)
    best = lab.output.argmax()
    still = lab.still()
    assert "19 others (boots)" in still and still.count("<img") == 1
    assert f"{data.fashion_mnist()[1].classes[best]}, {100 * lab.output[best]:.1f} %" in still
