// Runs on the search page, before Sphinx's search.
{
  // It shows a few words of each page it finds, which from a disk it may not read.
  if (location.protocol === "file:") DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;

  // It looks words up in plain objects, where every object has a `constructor`, which is no list of
  // pages. What its index inherits is from here on the one method that the search calls.
  const { hasOwnProperty } = Object.prototype;
  const inherited = Object.create(null, { hasOwnProperty: { value: hasOwnProperty } });
  document.addEventListener("DOMContentLoaded", () => {
    const { terms, titleterms } = Search._index;
    for (const words of [terms, titleterms]) Object.setPrototypeOf(words, inherited);

    // It finds pages that have all words. Sizes in an error message, "(32x576 and 400x120)", are
    // the reader's own, and no page has them.
    const parse = Search._parseQuery;
    Search._parseQuery = (query) => parse(query.replace(/\(\d+x\d+ and \d+x\d+\)/g, ""));
  });
}
