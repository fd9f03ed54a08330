/**
 * Ids for labels: unique in the whole document, where Preact's own are unique in one root alone.
 */
import { useState } from "preact/hooks";

export function useId() {
  const [id] = useState(() => `cnl-${Math.random().toString(36).slice(2)}`);
  return id;
}
