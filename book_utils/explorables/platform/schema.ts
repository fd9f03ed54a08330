/**
 * What the settings of a lab may be (check.ts checks them where they come from a link).
 *
 * A lab's traits are the only list of its settings: their names, limits and defaults come with the
 * state, as `Explorable.schema` in platform/base.py writes them.
 */

type Limits =
  | { type: "grid"; most: number }
  | { type: "block"; axes: Record<string, number>; exact?: boolean; cells?: number }
  | { type: "whole"; low: number; high: number }
  | { type: "real"; low?: number; above?: number; high: number; words?: readonly string[] }
  | { type: "pair"; low: number; high: number; words?: readonly string[] }
  | { type: "wholes"; least: number; most: number; low: number; high: number; gaps?: boolean }
  | { type: "choice"; of: readonly (string | number)[] }
  | { type: "switch" }
  | { type: "text"; most: number }
  | { type: "cell"; grids: readonly string[] }
  | { type: "position"; axes: Record<string, number> }
  | { type: "picture"; side: number }
  | { type: "unit"; layers: Record<string, readonly number[]> }
  | { type: "records"; most: number; kinds: Record<string, Rules>; besides: Rules };
type Rules = Record<string, Rule>;

type Besides = {
  none?: boolean;
  default?: unknown;
  /** of a link that is older than the setting */
  missing?: unknown;
  /** as far as a slider goes, where that is less than what is allowed */
  slider?: number;
  /** the largest value by that of another setting */
  highs?: Record<number, number>;
};
export type Rule = Limits & Besides;
export type Schema = Record<string, Rule>;

/** The settings of a lab that was told nothing. */
export const defaultsOf = <S extends object>(schema: Schema): S =>
  Object.fromEntries(Object.entries(schema).map(([name, rule]) => [name, rule.default])) as S;
