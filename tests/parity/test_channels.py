"""The channel lab and the mixing lab compute in the browser what they compute in PyTorch."""

from random import Random

import pytest
import torch
from torch.testing import assert_close

from book_utils.explorables import ChannelLab, MixLab

from .front_end import evaluate, to_tensor
from .reach import CHANNELS


def channel_labs(count, seed=0):
    rng, g = Random(seed), torch.Generator().manual_seed(seed)
    for _ in range(count):
        c_i, c_o, p, h, w = (rng.choice(CHANNELS[s]) for s in ("c_i", "c_o", "padding", "n", "n"))
        k = [rng.randint(1, min(CHANNELS["k"][-1], n + 2 * p)) for n in (h, w)]
        shapes = (c_i, h, w), (c_o, c_i, *k), (c_o,)
        x, kernel, bias = (torch.randn(shape, generator=g) for shape in shapes)
        stride = (rng.choice(CHANNELS["stride"]), rng.choice(CHANNELS["stride"]))
        yield ChannelLab(x, kernel, bias, stride=stride, padding=p, channel=rng.randrange(c_o))


def test_outputs_and_partial_maps_agree():
    labs = list(channel_labs(200))
    assert {s for lab in labs for s in lab.stride} == set(CHANNELS["stride"])
    calls = []
    for lab in labs:
        x = torch.tensor([lab.input], dtype=torch.float64)
        k = torch.tensor(lab.kernel, dtype=torch.float64)
        where = {"stride": lab.stride, "padding": lab.padding}
        calls.append(["conv2d", x, k, where | {"bias": lab.bias}])
        # as the view does: one group for each input channel
        calls.append(["conv2d", x, k[lab.channel][:, None], where | {"groups": len(lab.input)}])
    answers = [to_tensor(answer) for answer in evaluate(calls)]
    for lab, y, partial in zip(labs, answers[::2], answers[1::2], strict=True):
        assert_close(y[0].float(), lab.output, rtol=1e-4, atol=1e-4)
        assert_close(partial[0].float(), lab.partial[lab.channel], rtol=1e-4, atol=1e-4)
        bias = lab.bias[lab.channel]
        assert_close(partial[0].sum(0) + bias, y[0, lab.channel])


def mixtures(count=12):
    g = torch.Generator().manual_seed(0)
    yield MixLab()
    yield MixLab(weight=[[0.393, 0.769, 0.189], [0.349, 0.686, 0.168], [0.272, 0.534, 0.131]])
    for _ in range(count):
        photo = torch.rand(3, 17, 23, generator=g)
        yield MixLab(photo, torch.randn(3, 3, generator=g), torch.randn(3, generator=g) / 4)


@pytest.fixture(scope="module")
def mixed():
    """(lab, the photograph unpacked by the front end, what its 1×1 convolution makes of it)."""
    labs = list(mixtures())
    photos = evaluate([["unpack", lab.photo] for lab in labs])
    calls = [
        ["mixed", photo, {"weight": lab.weight, "bias": lab.bias}]
        for lab, photo in zip(labs, photos, strict=True)
    ]
    return list(zip(labs, photos, evaluate(calls), strict=True))


def test_photographs_and_mixtures_agree(mixed):
    for lab, photo, y in mixed:
        assert_close(to_tensor(photo)[0].float(), lab.image)
        assert_close(to_tensor(y)[0].float(), lab.output, rtol=1e-5, atol=1e-5)


def test_the_same_pixels_leave_the_range(mixed):
    answers = evaluate([["outOfRange", y["data"]] for _, _, y in mixed])
    for (lab, _, _), answer in zip(mixed, answers, strict=True):
        assert answer["count"] == lab.clipped == sum(answer["mask"])
    assert 0 in [answer["count"] for answer in answers]
    assert max(answer["count"] for answer in answers) > 0


def test_bytes_are_clamped_and_rounded(mixed):
    calls = [["toBytes", y["data"], channel] for _, _, y in mixed for channel in (None, 1)]
    answers = evaluate(calls)
    for (lab, _, _), colour, grey in zip(mixed, answers[::2], answers[1::2], strict=True):
        wanted = lab.output.clamp(0, 1).mul(255)
        colour, grey = (torch.tensor(b).reshape(*lab.image.shape[1:], 4) for b in (colour, grey))
        assert (colour[..., :3].permute(2, 0, 1) - wanted).abs().max() <= 0.501
        assert (grey[..., 0] - wanted[1]).abs().max() <= 0.501
        assert (grey[..., :1] == grey[..., :3]).all() and (colour[..., 3] == 255).all()


def test_a_blend_of_mixtures_is_the_blend_of_their_kernels():
    one = {"weight": [[1, 0, 0], [0, 1, 0], [0, 0, 1]], "bias": [0, 0, 0]}
    two = {"weight": [[0.5, 2, 1], [0, -1, 0], [1 / 3, 0, 0]], "bias": [0.1, 0, 1]}
    for part in (0, 0.25, 1):
        found = evaluate([["blend", one, two, part]])[0]
        for key in ("weight", "bias"):
            wanted = torch.lerp(torch.tensor(one[key]).float(), torch.tensor(two[key]), part)
            assert_close(torch.tensor(found[key]).float(), wanted, atol=1e-6, rtol=0)
