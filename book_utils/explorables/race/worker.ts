import { inWorker } from "../parts/in_worker.ts";
import { begin } from "./session.ts";

inWorker(begin);
