"""The networks of the book, one architecture a module."""

from book_utils.models.lenet import LeNet

__all__ = ["LeNet"]
