"""Runs at full size whose results the chapters draw: one module a run.

`python -m experiments.lenets` trains, and writes `book_utils/records/lenets.json`. A run that was
interrupted goes on where it stopped: start it again with the same options.
"""
