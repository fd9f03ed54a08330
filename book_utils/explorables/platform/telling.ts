/** Says things of the page as a whole: politely, and to be seen where a reader has to know. */

const SHOWN = 12_000; // milliseconds that a sentence can be seen

export type Tell = (text: string, how?: { seen: boolean }) => void;

/** Makes the place for what will be told: what is there before its words is read out. */
export function teller(): Tell {
  const region = document.createElement("div");
  region.className = "cnl-told";
  region.setAttribute("role", "status");
  document.body.append(region);
  let hiding: ReturnType<typeof setTimeout> | undefined;
  return (text, { seen } = { seen: false }) => {
    region.textContent = "";
    region.classList.toggle("seen", seen);
    setTimeout(() => {
      region.textContent = text; // a task later: what is told twice is read twice
    });
    clearTimeout(hiding);
    hiding = setTimeout(() => region.classList.remove("seen"), SHOWN);
  };
}
