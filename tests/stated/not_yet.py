"""Pages whose numbers no file in tests/numbers states yet: a page that gets one leaves.

Nothing is added here: a new page comes with its file.
"""

NOT_YET = {
    "lenet",
    "batch-norm",
}
