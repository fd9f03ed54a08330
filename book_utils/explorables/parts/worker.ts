/**
 * A worker made from text (see `?worker` in frontend/build.ts): a page from a disk may start none
 * from a file.
 */

export type Worked<To> = { send(message: To): void; end(): void };

/**
 * A worker that has said that it lives, by the message "ready"; rejects where the browser refuses
 * it. What it says besides is heard.
 */
export function started<To, From>(code: string, first: To, hear: (message: From) => void) {
  return new Promise<Worked<To>>((resolve, reject) => {
    const address = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
    const worker = new Worker(address);
    const send = (message: To) => worker.postMessage(message);
    worker.onerror = (event) => {
      event.preventDefault(); // it is answered: nothing for the console
      worker.terminate();
      reject(event);
    };
    worker.onmessage = ({ data }: MessageEvent<From | "ready">) => {
      if (data !== "ready") return hear(data as From);
      URL.revokeObjectURL(address);
      resolve({ send, end: () => worker.terminate() });
    };
    send(first);
  });
}
