import type { Diagnostic } from '../engine/change.ts';
import type { Redactor } from '../secrets/redaction.ts';
import type { Screen } from '../views/screen.ts';

/** What a verb may know of the process that it runs in. */
export interface Host {
  /** One line on stderr: progress and remarks. */
  readonly say: (line: string) => void;
  /** A warning or an error on stderr that does not end the run. */
  readonly report: (diagnostic: Diagnostic) => void;
  /** Puts a question on stderr and returns the answer; undefined where nobody can see it or answer. */
  readonly ask: ((question: string) => Promise<string>) | undefined;
  /** Likewise, for what the terminal must not show. */
  readonly askHidden: ((question: string) => Promise<Buffer | undefined>) | undefined;
  /** What stderr looks like. */
  readonly screen: Screen;
  /** stderr itself where a picture can be redrawn on it; undefined for a file, a pipe or CI. */
  readonly canvas: NodeJS.WriteStream | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly toolVersion: string;
  /** Learns every secret value that is read, and hides it in all that is printed. */
  readonly redactor: Redactor;
}
