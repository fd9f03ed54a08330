"""How far the settings of the labs go, as each lab itself declares: no test draws less."""

from book_utils.explorables import (
    BorderLab,
    ChannelLab,
    CorrelationLab,
    ImageLab,
    PoolingLab,
    SameLab,
    TransposedLab,
)


def reach(lab, name, axis=None):
    """Return every value that a control or a link may give a setting, or the sizes of an axis."""
    schema = lab.class_traits()[name].schema()
    if schema["type"] == "grid":
        return range(1, schema["most"] + 1)
    if schema["type"] == "block":
        return range(1, schema["axes"][axis] + 1)
    return range(schema["low"], schema["high"] + 1)


CONVOLUTION = {
    "n": reach(CorrelationLab, "input"),
    "k": reach(CorrelationLab, "kernel"),
    **{name: reach(CorrelationLab, name) for name in ("stride", "padding", "dilation")},
}
TRANSPOSED = {
    "n": reach(TransposedLab, "input"),
    "k": reach(TransposedLab, "kernel"),
    **{name: reach(TransposedLab, name) for name in ("stride", "padding", "dilation")},
    "outputPadding": reach(TransposedLab, "output_padding"),
}
POOLING = {
    "n": reach(PoolingLab, "input"),
    "k": reach(PoolingLab, "window"),
    **{name: reach(PoolingLab, name) for name in ("stride", "padding", "dilation")},
}
SAME = {
    "n": reach(SameLab, "size"),
    "k": reach(SameLab, "kernel"),
    **{name: reach(SameLab, name) for name in ("stride", "padding", "dilation")},
}
BORDER = {"n": reach(BorderLab, "size"), "padding": reach(BorderLab, "padding")}
CHANNELS = {
    **{name: reach(ChannelLab, "kernel", name) for name in ("c_i", "c_o")},
    "n": reach(ChannelLab, "input", "height"),
    "k": reach(ChannelLab, "kernel", "height"),
    **{name: reach(ChannelLab, name) for name in ("stride", "padding")},
}
FILTER = {"k": reach(ImageLab, "kernel"), "stride": reach(ImageLab, "stride")}
