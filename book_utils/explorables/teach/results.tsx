/** What each of the three says of the sign on the pad, and how often it is right. */
import { KINDS, type Kind, type Settings, type Study, score } from "./study.ts";
import { FEATURES, numbersOf, verdict } from "./words.ts";

type ResultsProps = {
  study: Study | null;
  /** the next study is on its way */
  isBusy: boolean;
  layer: Settings["layer"];
  names: string[];
  /** for each kind the probability of the second sign, null where there is none */
  seconds: Record<Kind, number | null>;
};

export function Results({ study, isBusy, layer, names, seconds }: ResultsProps) {
  return (
    <table class="cnl-results" aria-busy={isBusy}>
      <thead>
        <tr>
          <th scope="col">features</th>
          <th scope="col">this sign</th>
          <th scope="col">left out in turn</th>
          <th scope="col">further signs</th>
        </tr>
      </thead>
      <tbody>
        {KINDS.map((kind) => (
          <tr key={kind} class={`cnl-of-${kind}`}>
            <th scope="row">
              {FEATURES[kind]} <small>{numbersOf(kind, layer)}</small>
            </th>
            <td>
              <Says second={seconds[kind]} names={names} />
            </td>
            <td>
              <Meter probabilities={study?.of[kind].leftOut ?? []} />
            </td>
            <td>
              <Meter probabilities={study?.of[kind].further ?? []} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** The two probabilities as the two parts of a bar. */
function Says({ second, names }: { second: number | null; names: string[] }) {
  if (second === null) return <span class="cnl-none">–</span>;
  const { name, share } = verdict(second, names);
  return (
    <>
      <span>
        <b>{name}</b> {share}
      </span>
      <div class="cnl-parts" aria-hidden="true">
        <i class="first" style={`width:${100 * (1 - second)}%`} />
        <i class="second" style={`width:${100 * second}%`} />
      </div>
    </>
  );
}

/** How many were named right, of how many. */
function Meter({ probabilities }: { probabilities: readonly (number | null)[] }) {
  const { right, of } = score(probabilities);
  if (!of) return <span class="cnl-none">–</span>;
  return (
    <>
      <span>
        <b>{right}</b> of {of}
      </span>
      <div class="cnl-meter" aria-hidden="true">
        <i style={`width:${(100 * right) / of}%`} />
      </div>
    </>
  );
}
