/** How far the reader has come, chapter by chapter. */
import { useEffect, useState } from "preact/hooks";
import { answers, clearAnswers, onAnswers } from "../parts/answers.ts";
import { type Host, view } from "../platform/lab.tsx";
import { useTraits } from "../platform/traits.ts";

/** Title, page without extension, number of questions. */
type Chapter = [string, string, number];

function download(data: object) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(
    new Blob([JSON.stringify(data, null, 2)], { type: "application/json" }),
  );
  link.download = "convolutional-networks-live-answers.json";
  link.click();
  URL.revokeObjectURL(link.href);
}

function Progress({ model, share }: Host) {
  const [{ chapters }] = useTraits<{ chapters: Chapter[] }>(model, ["chapters"]);
  const [given, setGiven] = useState(answers());
  const [asking, ask] = useState(false);
  useEffect(() => {
    const follow = () => setGiven(answers());
    follow(); // a question may have been answered between the first render and this effect
    return onAnswers(follow);
  }, []);

  const rightIn = (page: string, count: number) => {
    const chapter = page.split("/").at(-1);
    const names = Array.from({ length: count }, (_, i) => `${chapter}-${i + 1}`);
    return names.filter((name) => given[name]?.right).length;
  };
  return (
    <section class="cnl cnl-progress" aria-label="Your progress">
      <table>
        <thead>
          <tr>
            <th scope="col">Chapter</th>
            <th scope="col">Questions answered</th>
          </tr>
        </thead>
        <tbody>
          {chapters.map(([title, page, count]) => (
            <tr key={page}>
              <th scope="row">{share ? <a href={`${page}.html`}>{title}</a> : title}</th>
              <td>
                {rightIn(page, count)} of {count}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <div class="cnl-bar">
        <button type="button" onClick={() => download(given)}>
          Save my answers to a file
        </button>
        {asking ? (
          <span role="group" aria-label="Forget all answers?">
            Forget all answers?{" "}
            <button
              type="button"
              onClick={() => {
                clearAnswers();
                ask(false);
              }}
            >
              Forget
            </button>{" "}
            <button type="button" onClick={() => ask(false)}>
              Keep
            </button>
          </span>
        ) : (
          <button type="button" onClick={() => ask(true)}>
            Forget my answers
          </button>
        )}
      </div>
      <p class="cnl-message" role="status">
        Kept in this browser alone; nothing is sent anywhere.
      </p>
    </section>
  );
}

export default view(Progress);
