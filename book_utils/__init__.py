"""Helper package of the book Convolutional Networks, Live."""

__version__ = "0.1.0"
