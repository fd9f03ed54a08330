"""Helper package of the book Convolutional Networks, Live."""

import os

# Threads of PyTorch that wait for work then sleep, instead of keeping a processor busy: beside
# other notebooks a chapter could take many times as long. It counts only before torch is loaded.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

__version__ = "0.1.0"
