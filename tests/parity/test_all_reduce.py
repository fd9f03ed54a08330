"""The ring lab passes pieces on in the browser as PyTorch does in Python, whatever its settings."""

from book_utils.explorables import RingLab
from book_utils.explorables.ring.lab import MOST
from tests.parity.front_end import evaluate

CASES = [
    {"devices": n, "step": step, "method": method}
    for method in ("ring", "collect")
    for n in range(2, MOST + 1)
    for step in range(2 * (n - 1) + 1)
]


def test_every_step_of_every_ring_leaves_what_it_leaves_in_python():
    answers = evaluate([["ringLab", case] for case in CASES])
    for case, found in zip(CASES, answers, strict=True):
        lab = RingLab(**case)
        n = lab.devices
        assert (found["steps"], found["taken"]) == (lab.steps, lab.taken)
        assert found["gradients"] == lab.gradients.tolist()
        pieces = [[piece["value"] for piece in row] for row in found["pieces"]]
        assert pieces == lab.pieces.tolist()
        assert found["sum"] == lab.output.tolist()
        for name in ("sent", "received"):
            assert [round(n * share) for share in found[name]] == (
                (n * getattr(lab, name)).round().tolist()
            )
        for row in found["pieces"]:
            for k, piece in enumerate(row):
                assert piece["value"] == lab.gradients[piece["of"], k].sum()
        whole = sum(len(piece["of"]) == n for row in found["pieces"] for piece in row)
        if lab.method == "ring":
            assert whole == n * max(0, lab.taken - (n - 2)), "one more each, once it is added up"
        if lab.taken:
            sender, receiver, which = (each.tolist() for each in lab.transfers(lab.taken - 1))
            moved = [(each["from"], each["to"], each["piece"]) for each in found["moved"]]
            assert moved == list(zip(sender, receiver, which, strict=True))


def test_a_step_beyond_the_last_is_the_last():
    beyond, last = evaluate(
        [["ringLab", {"devices": 3, "step": step, "method": "ring"}] for step in (14, 4)]
    )
    assert beyond == last and last["taken"] == 4
