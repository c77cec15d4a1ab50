import { plainStyle, type Style, styleFor } from './style.ts';

/** Where text ends up: its colours, and how many columns it has. */
export interface Screen {
  readonly style: Style;
  /** undefined for a file or a pipe, where nothing is ever cut. */
  readonly width: number | undefined;
}

/** A file, a pipe, a test: no colours, no end of the line. */
export const noScreen: Screen = { style: plainStyle, width: undefined };

/** The screen behind one of the process's streams. */
export const screenOf = (
  stream: { readonly isTTY?: boolean; readonly columns?: number },
  env: Readonly<Record<string, string | undefined>>,
): Screen => {
  const isTTY = stream.isTTY === true;
  return { style: styleFor({ isTTY, env }), width: isTTY ? stream.columns : undefined };
};

/** The stream, if what was drawn on it can be drawn over. */
export const canvasOf = (
  stream: NodeJS.WriteStream,
  env: Readonly<Record<string, string | undefined>>,
): NodeJS.WriteStream | undefined => (stream.isTTY && !env.CI && env.TERM !== 'dumb' ? stream : undefined);
