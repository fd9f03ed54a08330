"""Answers to the exercise on LeNet, right and wrong."""

import math

# ---- right answers ----


def field_forwards(layers):
    r = j = 1
    for k, stride in layers:
        r, j = r + (k - 1) * j, j * stride
    return r


def field_backwards(layers):
    r = 1
    for k, stride in reversed(layers):
        r = (r - 1) * stride + k
    return r


def field_by_places(layers):
    places = {0}
    for k, stride in reversed(layers):
        places = {stride * place + tap for place in places for tap in range(k)}
    return max(places) + 1


RIGHT = {"receptive_field": [field_forwards, field_backwards, field_by_places]}


# ---- wrong answers ----


def field(layers):
    """Walk from the last layer to the picture."""
    r = 1
    for k, stride in layers[::-1]:
        r = stride * (r - 1) + k
    return r


def with_strides_added(layers):
    r, jump = 1, 1
    for k, stride in layers:
        r += jump * (k - 1)
        jump += stride - 1
    return r


def with_jump_first(layers):
    r, jump = 1, 1
    for k, stride in layers:
        jump *= stride
        r += jump * (k - 1)
    return r


RECEPTIVE_FIELD = {
    "strides are forgotten": lambda layers: field([(k, 1) for k, _ in layers]),
    "a layer's own stride is counted for its window": with_jump_first,
    "strides are added where they multiply": with_strides_added,
    "each layer adds its whole window": lambda layers: field(
        [(k + 1, stride) for k, stride in layers]
    ),
    "it begins with no pixel": lambda layers: field(layers) - 1,
    "the windows are multiplied": lambda layers: math.prod(k for k, _ in layers),
    "only the last layer counts": lambda layers: field(layers[-1:]),
    "the layers are taken from the last to the first": lambda layers: field([*reversed(layers)]),
    "the jump is returned": lambda layers: math.prod(stride for _, stride in layers),
}


WRONG = {"receptive_field": RECEPTIVE_FIELD}
