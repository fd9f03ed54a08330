"""What every lab keeps: one list of checks, which run over each lab that there is.

A check takes a `Stand` and returns its complaints. Its first line says what is promised. What a lab
has no part in (links, where it has no settings; sliders, where it has none) holds of itself.
"""

from tests.labs.keys import reset, sliders, tab
from tests.labs.links import code, hostile, round_trip
from tests.labs.looks import axe, forced_colours, growth, printed, sideways, without_scripts
from tests.labs.stage import stage

DESKTOP, PHONE = "desktop", "phone"

# Each check, and the sizes of window for which it has to be made.
CHECKS = {
    stage: (DESKTOP, PHONE),
    axe: (DESKTOP, PHONE),
    sideways: (PHONE,),
    growth: (DESKTOP, PHONE),
    sliders: (DESKTOP, PHONE),
    round_trip: (DESKTOP,),
    hostile: (DESKTOP,),
    code: (DESKTOP,),
    printed: (DESKTOP,),
    without_scripts: (DESKTOP,),
    forced_colours: (DESKTOP,),
    tab: (DESKTOP,),
    reset: (DESKTOP,),
}
