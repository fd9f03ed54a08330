/** How far the reader has come, chapter by chapter. */
import { useEffect, useState } from "preact/hooks";
import { answers, clearAnswers, onAnswers } from "../parts/answers.ts";
import { type Host, view } from "../platform/lab.tsx";
import { useTraits } from "../platform/traits.ts";

/** Title, page without extension, number of questions. */
type Chapter = [string, string, number];

type Data = { chapters: Chapter[]; cards: boolean };

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
  const [{ chapters, cards }] = useTraits<Data>(model, ["chapters", "cards"]);
  const [given, setGiven] = useState(answers());
  const [asking, ask] = useState(false);
  useEffect(() => {
    const follow = () => setGiven(answers());
    follow(); // a question may have been answered between the first render and this effect
    return onAnswers(follow);
  }, []);

  const rightIn = ([, page, count]: Chapter) => {
    const names = Array.from({ length: count }, (_, i) => `${nameOf(page)}-${i + 1}`);
    return names.filter((name) => given[name]?.right).length;
  };
  const sum = (numbers: number[]) => numbers.reduce((a, b) => a + b, 0);
  const [right, asked] = [sum(chapters.map(rightIn)), sum(chapters.map(([, , count]) => count))];
  useEffect(() => {
    if (!cards) return;
    for (const chapter of chapters) tellCard(nameOf(chapter[1]), rightIn(chapter), chapter[2]);
  }, [given]);
  return (
    <section class="cnl cnl-progress" aria-label="Your progress">
      {cards ? (
        <p class="cnl-all">
          <b>{right}</b> of {asked} questions answered
        </p>
      ) : (
        <Table {...{ chapters, rightIn }} isPage={!!share} />
      )}
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

type TableProps = {
  chapters: Chapter[];
  rightIn: (chapter: Chapter) => number;
  /** titles are links */
  isPage: boolean;
};

/** The chapters, each with how many of its questions were answered. */
function Table({ chapters, rightIn, isPage }: TableProps) {
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">Chapter</th>
          <th scope="col">Questions answered</th>
        </tr>
      </thead>
      <tbody>
        {chapters.map((chapter) => {
          const [title, page, count] = chapter;
          return (
            <tr key={page}>
              <th scope="row">{isPage ? <a href={`${page}.html`}>{title}</a> : title}</th>
              <td>
                {rightIn(chapter)} of {count}
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

const nameOf = (page: string) => page.split("/").at(-1) ?? page;

/** Writes how far the reader came in a chapter into its card on the page. */
function tellCard(name: string, right: number, count: number) {
  const place = document.querySelector<HTMLElement>(`[data-questions-of="${name}"]`);
  if (!place) return;
  place.textContent = `${right} of ${count} questions`;
  place.classList.toggle("all", right === count);
}

export default view(Progress);
