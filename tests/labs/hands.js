/**
 * What the checks do on the page of one lab, at the page's own pace. It runs before the page's
 * scripts.
 *
 * It knows of a lab what a reader could: controls by their kind and name, the buttons "Copy link"
 * and "Copy as PyTorch", the lab's line for messages, and links by their fragment.
 */
globalThis.hands = (() => {
  let written = null; // what was copied last: the clipboard itself belongs to the whole machine
  const clipboard = {
    writeText: async (text) => {
      written = text;
    },
  };
  Object.defineProperty(navigator, "clipboard", { value: clipboard });

  const root = () => document.querySelector(".cnl-explorable .cnl");
  const clean = (text) => (text ?? "").trim().replace(/\s+/g, " ");
  const tick = () =>
    new Promise((done) => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => done();
      port2.postMessage(null);
    });
  const frame = () => new Promise(requestAnimationFrame);
  /** Until what was set is painted, and what a lab does after a paint, and while busy, is done. */
  const painted = async () => {
    await frame();
    await frame();
    await tick();
    while (root()?.querySelector("[aria-busy=true]")) await frame();
  };

  /** Opens *More settings*, where a lab has it, or closes it: what is there is its part too. */
  const open = async (on = true) => {
    root().querySelector(`.cnl-toggle[aria-expanded="${!on}"]`)?.click();
    await painted();
  };

  // Copying and links

  const button = (name) =>
    [...root().querySelectorAll("button")].find((each) => clean(each.textContent) === name);
  const copied = async (name) => {
    written = null;
    button(name).click();
    for (let turn = 0; turn < 100 && written === null; turn++) await tick();
    await tick(); // the lab says that it is done
    return written;
  };
  /** The end of a link to what the lab shows. */
  const link = async () => `#${(await copied("Copy link")).split("#")[1]}`;
  /** The settings as a link holds them; of a lab that copies no links, where its controls stand. */
  const settings = async () => {
    if (!button("Copy link"))
      return JSON.stringify(controls().map((c) => [c, stateOf(c, find(c))]));
    const packed = new URLSearchParams((await link()).slice(1)).get("s");
    const bytes = atob(packed.replaceAll("-", "+").replaceAll("_", "/"));
    return new TextDecoder().decode(Uint8Array.from(bytes, (c) => c.charCodeAt(0)));
  };
  const follow = async (fragment) => {
    history.replaceState(null, "", location.href.split("#")[0]);
    const arrived = new Promise((done) => addEventListener("hashchange", done, { once: true }));
    location.hash = fragment;
    await arrived;
    await tick();
  };
  /** The same without the browser's part, which takes twenty times as long. */
  const arrive = async (fragment) => {
    history.replaceState(null, "", location.href.split("#")[0] + fragment);
    dispatchEvent(new HashChangeEvent("hashchange"));
    await tick();
  };
  const message = () => clean(root().querySelector(".cnl-message")?.textContent);
  const complaint = () => clean(root().querySelector(".cnl-message.wrong")?.textContent);
  /**
   * What the lab says to each link and what its settings are then. It is brought `home` in between;
   * `slow` follows the links as a browser does, and waits for the paint.
   */
  const followAll = async (fragments, home, slow) => {
    const [found, start] = [[], await settings()];
    for (const fragment of fragments) {
      await (slow ? follow : arrive)(fragment);
      if (slow) await painted();
      found.push({ said: message(), settings: await settings() });
      if (found.at(-1).settings !== start) await arrive(home);
    }
    return found;
  };
  /** The code of each state. */
  const codes = async (fragments) => {
    const found = [];
    for (const fragment of fragments) {
      await arrive(fragment);
      await painted();
      found.push(await copied("Copy as PyTorch"));
    }
    return found;
  };

  // Controls

  const named = (element) =>
    clean(
      element.ariaLabel ??
        element.labels?.[0]?.textContent.replace(element.textContent, "") ??
        element.textContent,
    );
  const SELECTORS = {
    slider: "input[type=range]",
    switch: "input[type=checkbox]",
    choice: "select",
    radio: "input[type=radio]",
    fold: "summary",
  };
  const all = (kind) =>
    [...root().querySelectorAll(SELECTORS[kind])].filter(
      (each) => each.checkVisibility() && !each.disabled,
    );
  /** Every control as its kind, its name and its place among those of that name. */
  const controls = () =>
    Object.keys(SELECTORS).flatMap((kind) =>
      all(kind).map((element, i, list) => {
        const name = named(element);
        return { kind, name, nth: list.slice(0, i).filter((each) => named(each) === name).length };
      }),
    );
  const find = ({ kind, name, nth }) => all(kind).filter((each) => named(each) === name)[nth];
  const isOn = (element) => element.checked ?? element.parentElement.open;
  const stateOf = ({ kind }, element) =>
    kind === "slider" || kind === "choice" ? element.value : isOn(element);
  /** The values to which a control can be moved from where it is. */
  const others = (control, element) => {
    const now = stateOf(control, element);
    if (control.kind === "slider") return [element.min, element.max].filter((v) => v !== now);
    if (control.kind === "choice")
      return [...element.options].map((o) => o.value).filter((v) => v !== now);
    return control.kind === "radio" && now ? [] : [!now];
  };
  const put = (control, value) => {
    const element = find(control);
    if (!element) return false;
    if (control.kind === "slider" || control.kind === "choice") {
      element.value = value;
      const event = control.kind === "slider" ? "input" : "change";
      element.dispatchEvent(new Event(event, { bubbles: true }));
    } else if (isOn(element) !== value) element.click();
    return true;
  };
  /** Puts a control back; a radio button is put back by the one that was pressed before. */
  const putBack = (control, value, pressed) =>
    control.kind === "radio" ? pressed && put(pressed, true) : put(control, value);
  const pressed = (element) => {
    const one = all("radio").find((each) => each.name === element.name && each.checked);
    return one && controls().find((each) => each.kind === "radio" && find(each) === one);
  };
  const size = () => ({
    height: root().getBoundingClientRect().height,
    width: document.documentElement.scrollWidth,
  });
  /**
   * Moves every control to each of its other values (a slider to its ends) and back, and says what
   * became of the lab. `home` is the fragment that brings it back where a control does not.
   */
  const walk = async (home) => {
    const start = { ...size(), settings: await settings() };
    const moves = [];
    for (const control of controls()) {
      const before = find(control);
      if (!before) continue;
      const [was, group] = [stateOf(control, before), control.kind === "radio" && pressed(before)];
      for (const value of others(control, before)) {
        if (!put(control, value)) break;
        await painted();
        const move = { ...control, value, ...size(), complaint: complaint() };
        putBack(control, was, group);
        await tick();
        move.complaint ||= complaint();
        move.settings = await settings();
        if (home && move.settings !== start.settings) await arrive(home);
        moves.push(move);
      }
    }
    return { start, moves };
  };

  /** The places, among all sliders, of those that change a setting. */
  const setters = async () => {
    const found = [];
    for (const control of controls().filter(({ kind }) => kind === "slider")) {
      const [slider, start] = [find(control), await settings()];
      const [end] = others(control, slider);
      if (end === undefined) continue;
      const place = [...root().querySelectorAll(SELECTORS.slider)].indexOf(slider);
      const was = slider.value;
      put(control, end);
      await tick();
      if ((await settings()) !== start) found.push(place);
      put(control, was);
      await tick();
    }
    return found;
  };

  // The keyboard

  const STOPS = "a[href], button, input, select, textarea, summary, [tabindex='0']";
  const inGrid = (element) => element.closest("[role=grid]");
  /** The stops of the Tab key: each control, one of a group of radio buttons, one of a grid. */
  const stops = () => {
    const found = [...root().querySelectorAll(STOPS)].filter(
      (each) => each.checkVisibility() && !each.disabled && !inGrid(each),
    );
    const radios = new Set();
    const single = found.filter((each) => {
      if (each.type !== "radio") return true;
      if (radios.has(each.name)) return false;
      return radios.add(each.name);
    });
    return [
      ...single.map((each) => nameOf(each)),
      ...[...root().querySelectorAll("[role=grid]")]
        .filter((each) => each.checkVisibility())
        .map((each) => nameOf(each)),
    ];
  };
  const numbers = new WeakMap(); // so that two controls of one name are two stops
  let count = 0;
  const nameOf = (element) => {
    const key =
      element.type === "radio"
        ? root().querySelector(`input[type=radio][name="${CSS.escape(element.name)}"]`)
        : (inGrid(element) ?? element);
    if (!numbers.has(key)) numbers.set(key, ++count);
    return `${numbers.get(key)}: ${key.localName} ${named(key)}`.slice(0, 80);
  };
  /** The stop that has the focus, or null where it is not in the lab. */
  const focused = () => {
    const element = document.activeElement;
    return root().contains(element) ? nameOf(element) : null;
  };

  // What is seen

  const paintOf = (element, part = null) => {
    const style = getComputedStyle(element, part);
    const edges = ["Top", "Right", "Bottom", "Left"].map((side) => {
      const [kind, wide] = [style[`border${side}Style`], parseFloat(style[`border${side}Width`])];
      return kind === "none" || !wide ? "none" : `${kind} ${wide} ${style[`border${side}Color`]}`;
    });
    const outline =
      style.outlineStyle === "none"
        ? "none"
        : `${style.outlineStyle} ${style.outlineWidth} ${style.outlineColor}`;
    return {
      ground: style.backgroundColor,
      image: style.backgroundImage,
      edge: edges.join(", "),
      outline,
      shadow: style.boxShadow,
      letters: `${style.color} ${style.fontWeight} ${style.textDecoration}`,
    };
  };
  const groundBehind = (element) => {
    for (let box = element; box; box = box.parentElement) {
      const { backgroundColor } = getComputedStyle(box);
      if (!/rgba\(.*, 0\)|transparent/.test(backgroundColor)) return backgroundColor;
    }
    return getComputedStyle(document.documentElement).backgroundColor;
  };
  const where = (element) => `${element.localName}.${[...element.classList].join(".")}`;
  /** Is there nothing but the ground of an element to be seen? */
  const isWordless = (each) =>
    !each.children.length &&
    !each.textContent.trim() &&
    !/^(input|canvas|img|video)$/.test(each.localName);
  /** A bar, whatever stands in it: its own style says how long it is. */
  const isBar = ({ style }) => /%$/.test(style.width) || /%$/.test(style.height);
  const drawnParts = (each) =>
    ["::before", "::after"].filter((part) => getComputedStyle(each, part).content === '""');
  /** All that a colour of the ground may say: boxes and bars, cells, and states of ARIA. */
  const paints = () => {
    const every = [...root().querySelectorAll("*")].filter(
      (each) =>
        each.checkVisibility() && !each.closest("svg, select") && each.getClientRects().length,
    );
    const boxes = every.flatMap((each) => [
      ...(each.role !== "gridcell" && (isWordless(each) || isBar(each))
        ? [{ where: where(each), behind: groundBehind(each.parentElement), ...paintOf(each) }]
        : []),
      ...drawnParts(each).map((part) => ({
        where: where(each) + part,
        behind: groundBehind(each),
        ...paintOf(each, part),
      })),
    ]);
    const cells = every
      .filter((each) => each.role === "gridcell")
      .map((each) => ({
        where: where(each),
        grid: nameOf(each),
        text: clean(each.textContent),
        note: clean(each.querySelector("small")?.textContent),
        ...paintOf(each),
      }));
    const states = every.flatMap((each) =>
      ["aria-pressed", "aria-selected"]
        .filter((name) => each.hasAttribute(name) && each.role !== "gridcell")
        .map((name) => {
          const kept = each.getAttribute(name);
          const [on, off] = ["true", "false"].map((value) => {
            each.setAttribute(name, value);
            return JSON.stringify([each, ...each.children].map((part) => paintOf(part)));
          });
          each.setAttribute(name, kept);
          return { where: `${where(each)} ${name}`, on, off };
        }),
    );
    return { boxes, cells, states };
  };

  return {
    root,
    open,
    button,
    painted,
    link,
    settings,
    arrive,
    followAll,
    codes,
    controls,
    find,
    put,
    walk,
    setters,
    stops,
    focused,
    paints,
    message,
    complaint,
    size,
    others,
    stateOf,
  };
})();
