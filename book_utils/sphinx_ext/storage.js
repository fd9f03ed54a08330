// Runs before all other scripts of a page, which may take it for granted that the browser keeps
// what it is told. Where it refuses (blocked, or full), what it is told lasts as long as the page.
{
  const kept = new Map();
  const inMemory = {
    getItem: (key) => kept.get(String(key)) ?? null,
    setItem: (key, value) => void kept.set(String(key), String(value)),
    removeItem: (key) => void kept.delete(String(key)),
    clear: () => kept.clear(),
    key: (i) => [...kept.keys()][i] ?? null,
    get length() {
      return kept.size;
    },
  };
  let store = null;
  try {
    store = localStorage;
    store.getItem("");
  } catch {
    Object.defineProperty(window, "localStorage", { value: inMemory, configurable: true });
    store = null;
  }
  if (store) {
    const { getItem, setItem, removeItem, clear } = Storage.prototype;
    const own = (memory, others) =>
      function (...given) {
        return this === store ? memory(...given) : others.apply(this, given);
      };
    Storage.prototype.setItem = own((key, value) => {
      try {
        setItem.call(store, key, value);
        inMemory.removeItem(key);
      } catch {
        inMemory.setItem(key, value);
      }
    }, setItem);
    Storage.prototype.getItem = own(
      (key) => inMemory.getItem(key) ?? getItem.call(store, key),
      getItem,
    );
    Storage.prototype.removeItem = own((key) => {
      inMemory.removeItem(key);
      removeItem.call(store, key);
    }, removeItem);
    Storage.prototype.clear = own(() => {
      inMemory.clear();
      clear.call(store);
    }, clear);
  }
}
