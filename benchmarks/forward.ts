// Times the LeNet lab's forward pass: { layers, pictures, rounds } comes in as JSON on stdin, each
// picture 784 numbers; a list of milliseconds, one for each pass, goes out.
import { readFileSync } from "node:fs";
import { forward, unpackLayer } from "../book_utils/explorables/arithmetic/network.ts";

const { layers, pictures, rounds } = JSON.parse(readFileSync(0, "utf8"));
const network = layers.map(unpackLayer);
const inputs = pictures.map((picture: number[]) => ({
  data: Float64Array.from(picture),
  shape: [1, 1, 28, 28],
}));
for (const x of inputs) forward(network, x); // until the code is compiled
const times = [];
for (let round = 0; round < rounds; round++) {
  for (const x of inputs) {
    const start = performance.now();
    forward(network, x);
    times.push(performance.now() - start);
  }
}
process.stdout.write(JSON.stringify(times));
