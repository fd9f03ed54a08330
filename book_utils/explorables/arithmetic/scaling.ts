/** The time of a training step on several devices; in Python book_utils/scaling.py does it too. */

export type Work = { parameters: number; multiply_adds: number };
/** images; gigabits and TFLOP a second; milliseconds */
export type Setup = {
  batch: number;
  link: number;
  rate: number;
  cost: number;
  overlap: boolean;
  shared: boolean;
};
/** milliseconds; `hidden` is the part of the exchange that takes place during the arithmetic */
export type Step = { cost: number; arithmetic: number; exchange: number; hidden: number };

export const FLOPS = 2 * 3; // of a multiply-add, forwards and twice backwards
export const BACKWARD = 2 / 3; // of the arithmetic

/** How many images a device has in a step. */
export const shareOf = ({ batch, shared }: Setup, devices: number) =>
  shared ? batch / devices : batch;

/** How many times its gradient a device sends, round a ring. */
export const sentOf = (devices: number) => (2 * (devices - 1)) / devices;

export function stepOn(devices: number, work: Work, setup: Setup): Step {
  const { link, rate, cost, overlap } = setup;
  const flops = FLOPS * work.multiply_adds * shareOf(setup, devices);
  const arithmetic = (1000 * flops) / (rate * 1e12);
  const exchange = (1000 * sentOf(devices) * 4 * work.parameters) / ((link * 1e9) / 8);
  const hidden = overlap ? Math.min(exchange, BACKWARD * arithmetic) : 0;
  return { cost, arithmetic, exchange, hidden };
}

export const lengthOf = ({ cost, arithmetic, exchange, hidden }: Step) =>
  cost + arithmetic + exchange - hidden;

/** How many times as many images a second so many devices learn from as one does. */
export function speedupOn(devices: number, work: Work, setup: Setup) {
  const [one, all] = [1, devices].map((n) => lengthOf(stepOn(n, work, setup)));
  return ((setup.shared ? 1 : devices) * one) / all;
}

/** The same if the exchange took no time: Amdahl's law, where the devices share the batch. */
export const speedupWithoutExchange = (devices: number, work: Work, setup: Setup) =>
  speedupOn(devices, { ...work, parameters: 0 }, setup);
