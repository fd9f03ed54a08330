"""The stage of a lab: what is seen before *More settings* is opened, all of it on one screen."""

from tests.labs.stand import SIZES, Stand

MOST = 6  # controls before *More settings* is opened, its own button among them
AROUND = {"desktop": 64, "phone": 56}  # pixels of a screen that the page's header may take
LEAST = 12  # pixels of type

# Buttons, sliders and the like that a reader sees; a grid or a picture is the stage itself.
SEEN = """() => {
  const lab = hands.root();
  const clean = (each) => (each.ariaLabel ?? each.labels?.[0]?.textContent ?? each.textContent)
    .trim();
  const controls = [...lab.querySelectorAll("button, input, select, summary, a[href]")]
    .filter((each) => each.checkVisibility() && !each.closest("[role=grid], .cnl-stage"));
  const small = new Set();
  const texts = document.createTreeWalker(lab, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const { parentElement: box, textContent } = texts.currentNode;
    const size = parseFloat(getComputedStyle(box).fontSize);
    const isSeen = box.checkVisibility({ visibilityProperty: true }) &&
      !box.closest(".cnl-hidden, option, svg");
    if (textContent.trim() && isSeen && size > 0) small.add(size);
  }
  const clipped = [lab, ...lab.querySelectorAll(".cnl-task > *, .cnl-said, .cnl-hand")]
    .filter((each) => each.scrollHeight > each.clientHeight + 2)
    .map((each) => `${each.className} needs ${each.scrollHeight} of ${each.clientHeight} pixels`);
  return {
    controls: controls.map(clean), type: Math.min(...small), clipped,
    height: lab.getBoundingClientRect().height, task: lab.querySelector(".cnl-task")?.textContent,
    kept: lab.closest(".cnl-explorable").getBoundingClientRect().height,
  };
}"""


def stage(stand: Stand) -> list[str]:
    """A lab opens with a task and few controls, on one screen, in the room that was kept for it.

    What the settings do, and *More settings* itself, changes none of that: see `growth`.
    """
    if stand.lab.room is None:
        return ["it declares no room"] if stand.schema else []
    stand.hand("open", False)
    seen, size = stand.page.evaluate(SEEN), stand.page.viewport_size
    is_phone = size["width"] == SIZES["phone"]["width"]
    name = "phone" if is_phone else "desktop"
    room = stand.lab.room[is_phone]
    found = []
    if not seen["task"]:
        found.append("it says nothing of what to try")
    if len(seen["controls"]) > MOST:
        found.append(f"{len(seen['controls'])} controls: {', '.join(seen['controls'])}")
    if seen["height"] != room or seen["kept"] != room:
        found.append(f"{seen['height']} pixels high in {seen['kept']}, and declares {room}")
    if room > (most := size["height"] - AROUND[name]):
        found.append(f"{room} pixels high; a screen has {most}")
    if seen["type"] < LEAST:
        found.append(f"type of {seen['type']} pixels; at least {LEAST}")
    stand.hand("open")
    opened = stand.page.evaluate("hands.size().height")
    if opened != seen["height"]:
        found.append(f"{opened} pixels with More settings, {seen['height']} without")
    return found + seen["clipped"]
