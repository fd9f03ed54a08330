// Paper is white: a page that is read in the dark is printed in the light.
{
  const root = document.documentElement;
  let onScreen;
  addEventListener("beforeprint", () => {
    onScreen = root.dataset.theme;
    root.dataset.theme = "light";
  });
  addEventListener("afterprint", () => {
    root.dataset.theme = onScreen;
  });
}

// What scrolls sideways can be scrolled from the keyboard. (The theme sees to code and tables.)
{
  const boxes = ".katex-display, span.math";
  const update = () => {
    for (const box of document.querySelectorAll(boxes)) {
      if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
      else box.removeAttribute("tabindex");
    }
  };
  addEventListener("load", update);
  addEventListener("resize", update);
}
