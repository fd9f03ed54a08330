/** How the race is trained for: what a page and PyTorch in a notebook have in common. */
import type { Kind } from "../parts/trainer.ts";
import type { Order, Progress, Settings } from "./orders.ts";
import { begin } from "./session.ts";
import code from "./worker.ts?worker";

export const RACING: Kind<Order, Settings, Progress> = {
  begin,
  code,
  needing: ["practise", "race"],
  ending: "stop",
};

export const fromKernel = (found: Progress): Progress => found;
