"""A Keras call means the same to the page and to Python: PyTorch's text, notes, refusals."""

import random
import re
from dataclasses import asdict

from book_utils.keras import KERAS, translate
from tests import SEED
from tests.parity.front_end import Refused, evaluate

SHAPES = [(28, 28, 1), (7, 9, 6), (12, 5, 4), (1, 1, 3), (400,)]
CALLS = [
    *(call for _, call in KERAS["such"]),
    "net.add(tf.keras.layers.Dense(10,),)",
    "self.conv1 = tf.keras.layers.Conv2D(\n    6, 5,\n)  # 卷积层, with a ( in it\n",
    "# the first layer\ny = layers.Conv2D(64, kernel_size=[3, 3], activation=tf.nn.relu)(x)",
    "layers.Conv2D(6,\u00a05), # first",
    "layers.Conv2D(6, 5, activation=‘relu’)",
    "Conv2D(6, (3), input_shape=(None, None, 3))",
    "Conv2D(6, 3, padding='SAME', strides=(2, 1), use_bias=False, name='first')",
    "Conv2D(filters=6, kernel_size=(2, 3), dilation_rate=2, groups=1, dtype=tf.float16)",
    "BatchNormalization(momentum=.9, epsilon=1e-5)",
    "BatchNormalization(-1, 0.999, 1.1e-7, False, False)",
    "Dense(10, kernel_initializer='he_normal', input_shape=(784,))",
    "LeakyReLU(alpha=0.2)",
    "ReLU(6.)",
    "ZeroPadding2D((1, 2))",
    "GlobalMaxPool2D(keepdims=True)",
]
REFUSED = [
    *("", "  # nothing", "Conv2D", "Conv2D(", "Conv2D(64, 3", "Conv2D(64 3)", "Conv2D(64,, 3)"),
    *("nn.Conv2d(3, 64, 3)", "os.Conv2D(1, 3)", "Conv3D(3, 3)", "layers.LSTM(4)", "toString()"),
    *("__import__('os').system('x')", "Conv2D(6, 3).x", "Conv2D(6, 3)()", "f(x)(y)(z)", "1", "'x'"),
    *("Conv2D(64, 3); Conv2D(3, 3)", "Conv2D(64, 3)\nConv2D(3, 3)", "[Conv2D(64, 3)]", "x = 3"),
    *("lambda: 0", "Conv2D(64, 3, padding=f'same')", "Conv2D(1_0, 3)", "Conv2D(0x10, 3)"),
    *("Conv2D(*[3])", "Conv2D(**{})", "Conv2D(64, 3 + 1)", "Conv2D(64, 3 ** 2)", "Conv2D(3j, 1)"),
    *("\0", "(" * 400, "Conv2D(" + "[" * 200, "x" * 501, "<img src=x onerror=alert(1)>"),
    *("Conv2D('a' 'b', 3)", 'Conv2D("""a""", 3)', "Conv2D(-True, 3)", "Conv2D(b'a', 3)"),
    *("Conv2D(64, 3, padding=1)", "Conv2D(n, 3)", "Conv2D(64, 3, stride=2)", "Conv2D(64)"),
    *("Conv2D(64, 3, kernel_regularizer=l2(1e-3))", "Conv2D(0, 3)", "Conv2D(9e999, 3)"),
    *("Conv2D(64, 3, kernel_size=3)", "Conv2D(64, 3, filters=64)", "Conv2D(64, filters=3, 3)"),
    *("Conv2D(True, 3)", "Conv2D(64.5, 3)", "Conv2D(64, (3, 3, 3))", "Conv2D(64, ())"),
    *("Conv2D(64, 99)", "Conv2D(64, 3, groups=5)", "Conv2D(64, 3, 2, dilation_rate=2)"),
    *("DepthwiseConv2D(3, (1, 2))", "Conv2DTranspose(3, 3, 2, 'same', 1)", "Dense(10, 'nothing')"),
    *("Dense(10, keras.relu)", "Dense(10, activation=True)", "Dropout(1.5)", "Dropout('a')"),
    *("Dense(units=constructor)", "Dense(10, __proto__=1)", "Dense(10, constructor=1)"),
    *("Conv2D(8, 3, data_format='channels_first')", "BatchNormalization(axis=1)", "Flatten(1, 2)"),
    *("BatchNormalization(center=False)", "Conv2D(8, 3, input_shape=(None,))", "MaxPooling2D(0)"),
    *("Conv2D(8, 3, input_shape=3)", "ZeroPadding2D((1, (2, 3)))", "ZeroPadding2D((1, 2, 3))"),
    *("UpSampling2D(2, interpolation='bilinear')", "ReLU(5)", "Conv2D(8, 3, use_bias=None)"),
]
WHY = re.compile(r"(?<=cannot be read as a call: ).*(?=\. Write)", re.DOTALL)
SIGNS = [
    "(",
    ")",
    "[",
    "]",
    ",",
    "=",
    ".",
    "'",
    '"',
    "#",
    "-",
    "*",
    "\n",
    " ",
    "é",
    "None",
    "x",
    "9",
]


def random_call(rng: random.Random) -> str:
    """A call of any layer with any of its arguments, most of them allowed."""
    name = rng.choice([*KERAS["layers"], *KERAS["also"]])
    signature = KERAS["layers"][KERAS["also"].get(name, name)]
    listed = [each.rstrip("!") for each in signature if each != "*"]
    needed = [each.rstrip("!") for each in signature if each.endswith("!")]
    places = rng.randint(0, 2)
    words = []
    for place, argument in enumerate(listed):
        if place < places:
            words.append(value(argument, rng))
        elif argument in needed or rng.random() < 0.4:
            called = KERAS["arguments"][argument].get("called", argument)
            words.append(f"{called}={value(argument, rng)}")
    return f"{rng.choice(['', 'layers.', 'tf.keras.layers.'])}{name}({', '.join(words)})"


def value(argument: str, rng: random.Random) -> str:
    """What a reader may write for an argument; now and then what it does not take."""
    rule = KERAS["arguments"][argument]
    whole = rng.choice([1, 2, 2, 3, 3, 4, 5, 6])
    pair = f"({whole}, {rng.randint(1, 4)})"
    share = rng.choice(["0", "0.1", "0.5", "1e-5", ".001", "1.", "0.99"])
    written = {
        "whole": str(whole),
        "pair": rng.choice([str(whole), str(whole), pair]),
        "border": rng.choice([str(whole), pair, f"({pair}, {pair})"]),
        "number": share,
        "truth": rng.choice(["True", "True", "False"]),
        "one of": f"'{rng.choice(rule.get('of', ['x']))}'",
        "activation": rng.choice([f"'{each}'" for each in KERAS["activations"]] + ["tf.nn.relu"]),
        "last axis": "-1",
        "six": "6",
        "text": rng.choice(["'glorot_uniform'", "'zeros'", "'he_normal'"]),
    }.get(rule["takes"], "None")
    return rng.choice(["None", "x", "'a'", "(1,)", "-2"]) if rng.random() < 0.03 else written


def broken(call: str, rng: random.Random) -> str:
    """A call with a sign too many, or one too few."""
    place = rng.randrange(len(call) + 1)
    return call[:place] + rng.choice(["", *SIGNS]) + call[place + rng.randint(0, 1) :]


def by_python(call, shape):
    try:
        found = asdict(translate(call, shape))
    except ValueError as error:
        return Refused(str(error))
    found["input"] = found.pop("input_shape")
    return found


def plain(found):
    return found if isinstance(found, Refused) else {k: listed(v) for k, v in found.items()}


def listed(value):
    return [listed(each) for each in value] if isinstance(value, list | tuple) else value


def alike(one, two):
    """Whether two translations are one; why a text cannot be read, each parser says itself."""
    if not isinstance(one, Refused) or not isinstance(two, Refused):
        return plain(one) == plain(two)
    return WHY.sub("…", one.message) == WHY.sub("…", two.message)


def unlike(cases):
    answers = evaluate([("translate", call, shape) for call, shape in cases])
    ours = [by_python(*case) for case in cases]
    return ours, [
        f"{call!r} of {shape}: {one}, but on the page {two}"
        for (call, shape), one, two in zip(cases, ours, answers, strict=True)
        if not alike(one, two)
    ]


def test_calls_as_they_stand_in_code_mean_the_same():
    cases = [(call, shape) for call in CALLS for shape in SHAPES]
    ours, differ = unlike(cases)
    assert not differ
    for call in CALLS:
        found = [one for (text, _), one in zip(cases, ours, strict=True) if text == call]
        assert any(not isinstance(each, Refused) for each in found), call


def test_other_texts_are_refused_with_what_was_given_what_is_known_and_what_to_do():
    ours, differ = unlike([(text, (28, 28, 1)) for text in REFUSED])
    assert not differ
    for text, found in zip(REFUSED, ours, strict=True):
        assert isinstance(found, Refused), text
        assert 30 < len(found.message) < 500, found.message
        assert "{" not in re.sub(r"“.*”", "", found.message), found.message


def test_random_calls_and_broken_ones_mean_the_same():
    rng = random.Random(SEED)
    calls = [random_call(rng) for _ in range(1500)]
    calls += [broken(rng.choice(calls), rng) for _ in range(1500)]
    ours, differ = unlike([(call, rng.choice(SHAPES)) for call in calls])
    assert not differ
    assert sum(not isinstance(each, Refused) for each in ours) > 700
