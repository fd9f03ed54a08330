/** A lab for the tests of the checks (see broken.py): healthy, unless its `fault` names a check. */
const HEADS = { size: [1, 6], picked: 9 };
const clean = (value) => JSON.parse(JSON.stringify(value));
/** Computes for some 50 ms; by the clock it would compute less where others do, too. */
const compute = (times) => {
  let x = 1;
  for (let i = 0; i < times; i++) x = (31 * x + i) % 1000003;
  return x;
};
const sum = (list) => list.reduce((total, v) => total + v, 0);

/** Settings from a link, or a RangeError that says what is wrong with them. */
function accept(s, fault) {
  const demand = (ok, complaint) => {
    if (!ok) throw new RangeError(complaint);
  };
  const whole = (v, low, high) => Number.isInteger(v) && v >= low && v <= high;
  const high = fault === "hostile" ? HEADS.size[1] + 1 : HEADS.size[1];
  demand(whole(s.size, HEADS.size[0], high), "its size is not a whole number from 1 to 6");
  demand(["sum", "product"].includes(s.kind), "its kind is not sum or product");
  demand(typeof s.flip === "boolean", "its flip is not true or false");
  demand(
    s.picked === null ||
      (Array.isArray(s.picked) &&
        s.picked.length === 3 &&
        s.picked[0] === "cells" &&
        s.picked.slice(1).every(Number.isInteger)),
    "its picked cell is none",
  );
  return { size: s.size, kind: s.kind, flip: s.flip, picked: s.picked };
}

function fromFragment(hash, name) {
  const parts = new URLSearchParams(hash.replace(/^#/, ""));
  if (parts.get("lab") !== name) return null;
  const bytes = atob((parts.get("s") ?? "").replaceAll("-", "+").replaceAll("_", "/"));
  const utf8 = Uint8Array.from(bytes, (c) => c.charCodeAt(0));
  const state = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(utf8));
  if (state === null || typeof state !== "object" || Array.isArray(state)) throw new Error("none");
  return state;
}

const asPython = ({ size, kind, flip }, fault) =>
  [
    "import torch",
    `x = torch.arange(1.0, ${size + 1})`,
    ...(flip ? ["x = x.flip(0)"] : []),
    `y = x.cum${kind === "sum" ? "sum" : "prod"}(0)${fault === "code" ? " + 1" : ""}`,
    "",
  ].join("\n");

const KEYS = ["size", "kind", "flip", "picked"];
const HTML = `
  <header class="cnl-task"><p>Move the slider.</p></header>
  <div class="b-row"><label for="b-size">Size</label> <output for="b-size"></output>
    <input id="b-size" type="range" min="1" max="6" step="1"></div>
  <div class="b-row"><label>Keep the <select><option>sum</option><option>product</option></select>
    </label> <label class="b-box"><input type="checkbox" role="switch"> flip</label></div>
  <table role="grid" aria-label="Cells, 1 by 6"><tbody></tbody></table>
  <button type="button" class="cnl-toggle" aria-expanded="false">More settings</button>
  <div class="b-panel" hidden>
    <div class="b-row" role="radiogroup" aria-label="Count from">
      <label class="b-box"><input type="radio" name="b-from" checked> 0</label>
      <label class="b-box"><input type="radio" name="b-from"> 1</label></div>
    <p class="b-row"><i class="b-swatch"></i> a cell <span class="b-key">a key</span>
      <b class="b-bar" style="width: 40%">40 %</b> <button type="button" aria-pressed="false">
      Loud</button></p>
    <div class="b-more"><details><summary>More</summary>Room that is kept for it.</details></div>
    <div class="b-row"><button type="button" class="b-link">Copy link</button>
      <button type="button" class="b-code">Copy as PyTorch</button></div>
  </div>
  <p class="cnl-message" role="status"></p>`;
const EXTRA = {
  axe: '<button type="button"></button>',
  sideways: '<div style="width: 500px">A line that does not break.</div>',
  tab: '<button type="button" tabindex="-1">Not for you</button>',
  printed:
    "<style>@media print { .cnl-explorable .cnl.cnl-framed { display: block !important } }</style>",
  forced_colours: "<style>.cnl .b-swatch { border: 0 }</style>",
  forced_key: "<style>.cnl .b-key::before { border: 0 }</style>",
  forced_bar: "<style>.cnl .b-bar { border: 0 }</style>",
  forced_part: "<style>.cnl .b-part { border: 0 }</style>",
};
const STYLE = `
  .b-row { min-height: 48px; display: flex; flex-wrap: wrap; gap: 0.5rem 1rem; align-items: center }
  .b-row input { min-height: 32px } .b-more { height: 80px }
  .b-box { min-height: 44px; min-width: 44px }
  .b-box { display: inline-flex; align-items: center; gap: 0.4rem }
  .b-box input { width: 24px; height: 24px }
  .b-row output { min-width: 2em } summary { min-height: 32px } .cnl-message { height: 3.2em }
  .b-swatch { width: 20px; height: 20px; background: #0b6e75; border: 1px solid #6e7781 }
  .b-key::before { content: ""; display: inline-block; width: 10px; height: 10px }
  .b-part { display: block; height: 4px }
  .b-key::before, .b-bar, .b-part { background: #0b6e75; border: 1px solid #6e7781 }
  .b-bar { color: #fff }
  table[role=grid] td { width: 40px; height: 40px; border: 1px solid #6e7781; text-align: center }
  table[role=grid] td.on { outline: 3px solid #0b6e75; outline-offset: -3px }
  table[role=grid] td.off { border-style: dotted }
  .cnl button[aria-pressed=true] { background: #0b6e75; color: #fff; border: 3px solid #6e7781 }`;

function render({ model, el, share }) {
  const fault = model.get("fault");
  const inside = HTML + (EXTRA[fault] ?? "");
  el.innerHTML = `<style>${STYLE}</style>
    <section class="cnl cnl-framed" aria-label="Broken lab">${inside}</section>`;
  const root = el.querySelector(".cnl");
  const [slider, choice, flip] = ["[type=range]", "select", "[role=switch]"].map((s) =>
    root.querySelector(s),
  );
  const [first] = [model.get("size")];
  const says = root.querySelector(".cnl-message");
  const say = (text, wrong = false) => {
    says.textContent = text;
    says.classList.toggle("wrong", wrong);
  };
  const state = () => Object.fromEntries(KEYS.map((key) => [key, clean(model.get(key))]));
  const change = (changes) => {
    for (const [key, value] of Object.entries(changes)) model.set(key, value);
    if (fault !== "to_python") model.save_changes();
    draw();
  };
  const values = () => {
    const list = Array.from({ length: model.get("size") }, (_, i) => i + 1);
    if (model.get("flip")) list.reverse();
    return list.map((_, i) =>
      model.get("kind") === "sum"
        ? sum(list.slice(0, i + 1))
        : list.slice(0, i + 1).reduce((product, v) => product * v, 1),
    );
  };
  const draw = () => {
    const [shown, picked] = [values(), model.get("picked")];
    slider.value = model.get("size");
    root.querySelector("output").textContent = slider.value;
    choice.value = model.get("kind");
    flip.checked = model.get("flip");
    const at = picked ? Math.min(5, Math.max(0, picked[2])) : 0;
    const cell = (_, i) => {
      const kinds = [picked && i === at ? "on" : "", i < shown.length ? "" : "off"].join(" ");
      const says = `cell ${i}: ${shown[i] ?? "none"}`;
      const stop = i === at ? 0 : -1;
      return `<td role="gridcell" tabindex="${stop}" aria-label="${says}"
        class="${kinds}">${shown[i] ?? ""}<i class="b-part"></i></td>`;
    };
    const cells = Array.from({ length: 6 }, cell).join("");
    root.querySelector("tbody").innerHTML = `<tr role="row">${cells}</tr>`;
    root.style.height = "";
    if (fault === "growth" && shown.length === 6) root.style.height = "700px";
  };
  slider.addEventListener("input", () => {
    if (fault === "paints_in_time") compute(1e7);
    if (fault === "console") console.error("a slider was moved");
    say("");
    const size = Number(slider.value);
    change(fault === "sliders" && size === 6 ? { size, flip: true } : { size });
  });
  const reset = () => change({ size: first });
  slider.addEventListener("dblclick", reset);
  slider.addEventListener("keydown", ({ key }) => key === "0" && fault !== "reset" && reset());
  choice.addEventListener("change", () => change({ kind: choice.value }));
  flip.addEventListener("change", () => change({ flip: flip.checked }));
  const [toggle, panel] = [".cnl-toggle", ".b-panel"].map((part) => root.querySelector(part));
  const open = (on) => {
    toggle.ariaExpanded = on;
    panel.hidden = !on && fault !== "stage";
  };
  toggle.addEventListener("click", () => open(panel.hidden));
  if (fault === "stage") panel.hidden = false;
  const loud = root.querySelector("[aria-pressed]");
  loud.addEventListener("click", () =>
    loud.setAttribute("aria-pressed", loud.ariaPressed === "false"),
  );
  const copy = async (what, text) => {
    await navigator.clipboard.writeText(text);
    say(`${what} copied.`);
  };
  root
    .querySelector(".b-code")
    .addEventListener("click", () => copy("Code", asPython(state(), fault)));
  root.querySelector(".b-link").addEventListener("click", () => copy("Link", share.link(state())));
  if (!share) root.querySelector(".b-link").remove();
  if (fault !== "to_the_page") for (const key of KEYS) model.on(`change:${key}`, draw);
  share?.follow(() => {
    try {
      const settings = share.read();
      if (settings) {
        say("");
        const accepted = accept(settings, fault);
        const lost = fault === "round_trip" && accepted.size !== first;
        change({ ...accepted, ...(lost ? { picked: ["cells", 0, 0] } : {}) });
      }
    } catch (error) {
      const why = error instanceof RangeError ? error.message : "it is damaged or incomplete";
      say(`The link’s settings were not used: ${why}. The lab keeps its own.`, true);
    }
  });
  // JupyterLab takes arrow keys for moves between cells, unless the focused element says otherwise
  el.addEventListener("focusin", ({ target }) =>
    target.setAttribute("data-lm-suppress-shortcuts", "true"),
  );
  draw();
}

/** Mounts the lab on a page, as the book's own host does. */
function mount(place) {
  const state = JSON.parse(place.querySelector("script").textContent);
  const model = {
    get: (key) => state[key],
    set: (key, value) => {
      state[key] = value;
    },
    on() {},
    save_changes() {},
  };
  const share = {
    read: () => fromFragment(location.hash, state.name),
    follow: (restore) => {
      restore();
      addEventListener("hashchange", restore);
    },
    link: (settings) => {
      const text = btoa(JSON.stringify(settings)).replaceAll("+", "-").replaceAll("/", "_");
      return `${location.href.split("#")[0]}#lab=${state.name}&s=${text.replaceAll("=", "")}`;
    },
  };
  render({ model, el: place.appendChild(document.createElement("div")), share });
  place.classList.add("cnl-mounted");
}

export default { render };
const place = document.querySelector('[data-explorable="broken"]');
if (place) mount(place);
