"""What a hand on the controls finds: sliders that come back, and a keyboard that reaches all."""

import json

from tests.labs.stand import Stand

MOST_STOPS = 150


def sliders(stand: Stand) -> list[str]:
    """Every slider goes to both ends without a complaint, and back to the settings there were."""
    start, found = stand.walk["start"], []
    for move in stand.walk["moves"]:
        if move["kind"] != "slider":
            continue
        at = f"{move['name']} at {move['value']}"
        found += [f"{at}: “{move['complaint']}”"] if move["complaint"] else []
        if move["settings"] != start["settings"]:
            found.append(f"{at} and back: {_changed(start['settings'], move['settings'])}")
    return found


def _changed(before: str, after: str) -> str:
    """What differs between two settings, as `hands.js` tells them."""
    one, two = json.loads(before), json.loads(after)
    if isinstance(one, list):  # where the controls stand
        one, two = ({str(control): value for control, value in each} for each in (one, two))
    differ = [key for key in {**one, **two} if one.get(key) != two.get(key)]
    return "; ".join(f"{key} was {one.get(key)}, is {two.get(key)}"[:100] for key in differ)


def tab(stand: Stand) -> list[str]:
    """The Tab key reaches every control of the lab, and each grid, group of radios once."""
    stand.page.evaluate("document.activeElement.blur()")
    wanted, reached = stand.hand("stops"), []
    for _ in range(MOST_STOPS):
        stand.page.keyboard.press("Tab")
        if (stop := stand.hand("focused")) is None:
            break
        if reached and stop == reached[0]:
            break  # round the page
        reached.append(stop)
    missed = [f"not reached: {stop}" for stop in wanted if stop not in reached]
    twice = [f"reached twice: {stop}" for stop in wanted if reached.count(stop) > 1]
    return missed + twice


def reset(stand: Stand) -> list[str]:
    """The key 0 puts a slider back to where it began."""
    found = []
    for control in stand.hand("controls"):
        if control["kind"] != "slider":
            continue
        moved = stand.page.evaluate(MOVE, control)
        if moved is None:
            continue
        stand.page.keyboard.press("0")
        if (now := stand.page.evaluate("c => hands.find(c)?.value", control)) != moved:
            found.append(f"{control['name']} is at {now} after 0, and began at {moved}")
        stand.back()
    return found


MOVE = """async (control) => {
  const slider = hands.find(control);
  if (!slider) return null;
  const [end] = hands.others(control, slider);
  if (end === undefined) return null;
  const was = slider.value;
  hands.put(control, end);
  await hands.painted();
  hands.find(control)?.focus();
  return was;
}"""
