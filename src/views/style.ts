import { Ansis } from 'ansis';

/** What a stream is to the eye. */
export interface Terminal {
  readonly isTTY: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Marks text by what it means; the only place that knows colours. */
export interface Style {
  /** Something comes into being, or went well. */
  readonly good: (text: string) => string;
  /** Something changes, waits or deserves a look. */
  readonly change: (text: string) => string;
  /** Something goes away, or failed. */
  readonly bad: (text: string) => string;
  /** What carries the answer. */
  readonly strong: (text: string) => string;
  /** What is only context. */
  readonly quiet: (text: string) => string;
}

/** Colours as the stream can show them and as NO_COLOR and FORCE_COLOR ask for. */
export const styleFor = ({ isTTY, env }: Terminal): Style => {
  // A CI log is a file like any other; colours there are for FORCE_COLOR to ask for.
  const asked = Object.fromEntries(Object.entries(env).filter(([name]) => name !== 'CI'));
  const ansis = new Ansis({ process: { env: asked, argv: [], platform: process.platform, stdout: { isTTY } } });
  return { good: ansis.green, change: ansis.yellow, bad: ansis.red, strong: ansis.bold, quiet: ansis.dim };
};

const asItIs = (text: string): string => text;

/** No colours at all. */
export const plainStyle: Style = { good: asItIs, change: asItIs, bad: asItIs, strong: asItIs, quiet: asItIs };
