/** The probabilities of ten classes as bars. */
import { marked, range } from "./grid.tsx";
import { percent } from "./numbers.ts";

type TenBarsProps = {
  probabilities: ArrayLike<number>;
  /** for those who cannot see them */
  label: string;
  /** other probabilities of the same classes, outlined */
  before?: ArrayLike<number>;
  /** the class that is asked for; a press or an arrow key asks for another */
  asked?: number;
  onAsk?: (digit: number) => void;
};

/** Ten bars; the longest says how long it is. */
export function TenBars({ probabilities, label, before, asked, onAsk }: TenBarsProps) {
  const parts = Array.from(probabilities);
  const best = parts.indexOf(Math.max(...parts));
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowUp: -1, ArrowDown: 1, ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!step || asked === undefined || event.altKey || event.metaKey || event.ctrlKey) return;
    event.preventDefault();
    const to = Math.min(parts.length - 1, Math.max(0, asked + step));
    ((event.currentTarget as HTMLElement).children[to] as HTMLElement).focus();
    onAsk?.(to);
  };
  const bar = (k: number) => (
    <>
      <b>{k}</b>
      <span class="cnl-part">
        <i style={`width:${100 * (parts[k] || 0)}%`} />
        {before && <u style={`width:${100 * before[k]}%`} />}
      </span>
      <em>
        <span class={k === best ? "" : "cnl-hidden"}>{percent(parts[k])}</span>
      </em>
    </>
  );
  const kind = (k: number) => marked({ best: k === best, asked: k === asked });
  if (!onAsk)
    return (
      <div class="cnl-ten" role="img" aria-label={label}>
        {range(parts.length).map((k) => (
          <div key={k} class={kind(k)}>
            {bar(k)}
          </div>
        ))}
      </div>
    );
  return (
    <div class="cnl-ten" role="listbox" aria-label={label} onKeyDown={onKeyDown}>
      {range(parts.length).map((k) => (
        <div
          key={k}
          class={kind(k)}
          role="option"
          tabIndex={k === asked ? 0 : -1}
          aria-selected={k === asked}
          onClick={() => onAsk(k)}
        >
          {bar(k)}
        </div>
      ))}
    </div>
  );
}
