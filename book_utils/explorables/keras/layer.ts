/** A layer with its settled arguments and its input; collects what is said of it. */
import { significant, thousands } from "../parts/numbers.ts";
import { shown } from "../parts/tokens.ts";
import type { Pair, Settled } from "./arguments.ts";
import { filled, KERAS, refusal } from "./sentences.ts";
import * as write from "./writing.ts";

/** What to know of a translation: in Keras, in PyTorch, and why, in a sentence. */
export type Note = { what: string; keras: string; pytorch: string; why: string };

/** A Keras layer in PyTorch; shapes are TensorFlow's, of one example. */
export type Translation = {
  layer: string;
  input: number[];
  shape: number[];
  pytorch: string;
  parameters: number;
  /** what matters most, in large, and why */
  verdict: string[];
  notes: Note[];
};

type Words = Record<string, unknown>;

export class Layer {
  readonly name: string;
  readonly given: Settled;
  readonly input: number[];
  private notes: Note[] = [];
  private verdict: string[] = [];
  constructor(name: string, given: Settled, input: number[]) {
    this.name = name;
    this.given = given;
    this.input = input;
  }

  note(kind: string, words: Words = {}) {
    const [what, keras, pytorch, why] = KERAS.notes[kind].map((text) => filled(text, words));
    this.notes.push({ what, keras, pytorch, why });
  }

  /** What matters most, in place of what was said before. */
  say(kind: string, words: Words = {}) {
    this.verdict = KERAS.verdicts[kind].map((text) => filled(text, words));
  }

  /** Height and width, and the channels; an input without them is refused. */
  maps() {
    const [height, width, channels] = this.input;
    if (this.input.length === 1) throw refusal("maps", { layer: this.name, given: height });
    return { size: [height, width] as Pair, channels };
  }

  /** The translation; the notes on its output and its parameters come first. */
  done(layers: string[], shape: number[], parameters = 0): Translation {
    const rest = this.notes;
    this.notes = [];
    const pytorch = write.batch(write.channelsFirst(shape));
    this.note(shape.length === 3 ? "output" : "features", { keras: write.batch(shape), pytorch });
    if (parameters && this.name !== "BatchNormalization")
      this.note("parameters", { count: thousands(parameters) });
    return {
      layer: this.name,
      input: this.input,
      shape,
      pytorch: write.sequence(layers),
      parameters,
      verdict: this.verdict,
      notes: [...this.notes, ...rest],
    };
  }

  /** The layer of an activation, if there is one; notes what a loss wants. */
  activation(): string[] {
    const name = this.given.activation as string | null;
    if (name === "softmax") {
      this.note("logits");
      if (["Dense", "Activation"].includes(this.name)) this.say("logits");
    } else if (name === "sigmoid" && this.name === "Dense") this.note("binary logits");
    return name && KERAS.activations[name] ? [`nn.${KERAS.activations[name]}`] : [];
  }

  /** How the weights begin: Glorot's limits by both fans, PyTorch's by its fan in. */
  initial(argument: string, fans: Pair, fanIn: number, bias: unknown) {
    const pytorch = significant(1 / Math.sqrt(fanIn), 2);
    const initializer = this.given[argument];
    if (initializer !== "glorot_uniform") {
      this.note("initializer", { keras: shown(String(initializer)), pytorch });
      return;
    }
    const keras = significant(Math.sqrt(6 / (fans[0] + fans[1])), 2);
    this.note(bias ? "initial" : "initial bare", { keras, pytorch });
  }
}
