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
  // Formulas are wider without their fonts.
  addEventListener("load", () => document.fonts.ready.then(update));
  addEventListener("resize", update);
}

// Search results quote the chapter, not the menus that the theme puts beside it, and its sentences
// rather than its cells, which are moved to the end here, and each formula once.
addEventListener("DOMContentLoaded", () => {
  if (typeof Search === "undefined") return;
  const { htmlToText } = Search;
  Search.htmlToText = (html, anchor) => {
    const page = new DOMParser().parseFromString(html, "text/html");
    const article = page.querySelector("article.bd-article");
    if (!article) return htmlToText(html, anchor);
    for (const twin of article.querySelectorAll(".katex-mathml")) twin.remove();
    for (const cell of article.querySelectorAll(".cell")) article.append(cell);
    article.setAttribute("role", "main");
    page.body.replaceChildren(article);
    return htmlToText(page.documentElement.outerHTML, anchor);
  };
});

// The list of what a page contains lies over the page where there is no room beside it: following
// one of its links puts it away.
addEventListener("DOMContentLoaded", () => {
  const list = document.getElementById("pst-secondary-sidebar-modal");
  list?.addEventListener("click", ({ target }) => {
    if (target.closest("a[href]")) list.close();
  });
});
