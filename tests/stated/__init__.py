"""Numbers that a page states in its prose, held against what its cells compute.

`tests/numbers/NAME.py` goes with the page `chapters/NAME.md`, `-` written `_`. It runs in the
page's own kernel after the last cell, as one cell more of `make chapters`, and says what every
number comes from:

    states("Four stops, four numbers: 19, 25, 37, 43.", 4, 4, *corr2d(X, K).flatten())
"""
