import type { Host } from '../../src/cli/host.ts';
import { redactor } from '../../src/secrets/redaction.ts';
import { noScreen } from '../../src/views/screen.ts';

/** A host that remembers what was said; `answers` are given in turn, and without any there is nobody to ask. */
export const recordingHost = (answers: readonly string[] = []): { host: Host; said: string[]; asked: string[] } => {
  const said: string[] = [];
  const asked: string[] = [];
  const ask = async (question: string): Promise<string> => {
    asked.push(question);
    return answers[asked.length - 1] ?? '';
  };
  return {
    said,
    asked,
    host: {
      say: (line) => said.push(line),
      report: ({ message }) => said.push(message),
      ask: answers.length === 0 ? undefined : ask,
      askHidden: undefined,
      screen: noScreen,
      canvas: undefined,
      env: {},
      toolVersion: '0.1.0',
      redactor: redactor(),
    },
  };
};
