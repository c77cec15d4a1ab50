import { once } from 'node:events';
import { createInterface } from 'node:readline/promises';
import { Command } from '@oclif/core/command';
import { CLIError } from '@oclif/core/errors';
import { LabError } from '../errors.ts';
import { noRedactor, redactor } from '../secrets/redaction.ts';
import type { Document } from '../views/document.ts';
import { errorJson, problemOf, problemsText, problemText, shownOf } from '../views/problem.ts';
import { canvasOf, type Screen, screenOf } from '../views/screen.ts';
import { manyLines } from '../views/text.ts';
import { errorExit, exitFor } from './exit-code.ts';
import type { Host } from './host.ts';
import { bugReport, type Failure, failureOf } from './problems.ts';

/** What all commands share: the only place for --json, for errors as text or JSON, for exit codes and for the process's streams. */
export abstract class LabCommand extends Command {
  static override enableJsonFlag = true;

  private readonly redactor = process.env['LAB_REDACT'] === 'off' ? noRedactor : redactor();

  abstract override run(): Promise<Document>;

  /** The end of every command that worked: text or JSON on stdout, and the exit code. */
  protected answer<Answer extends Document>(document: Answer, text: string): Answer {
    process.exitCode = document.exit.code;
    if (!this.jsonEnabled()) this.print(text);
    return document;
  }

  /** The process as the verbs may know it. */
  protected host(): Host {
    return {
      say: (line) => this.tell(line),
      report: (diagnostic) => this.tell(problemText(diagnostic)),
      ask: this.canAsk() ? (question) => this.putQuestion(question) : undefined,
      askHidden: this.canAsk() ? (question) => this.putHiddenQuestion(question) : undefined,
      screen: screenOf(process.stderr, process.env),
      canvas: canvasOf(process.stderr, process.env),
      env: process.env,
      toolVersion: this.config.version,
      redactor: this.redactor,
    };
  }

  /** What stdout looks like: for the answer. */
  protected screen(): Screen {
    return screenOf(process.stdout, process.env);
  }

  // Values are redacted one by one, so that the document stays one whatever they are.
  override logJson(json: unknown): void {
    const redacted = (_: string, value: unknown) => (typeof value === 'string' ? this.redactor.redact(value) : value);
    process.stdout.write(`${JSON.stringify(json, redacted, 2)}\n`);
  }

  protected override async catch(thrown: unknown): Promise<void> {
    const failure = thrown instanceof CLIError ? this.misuse(thrown) : failureOf(thrown);
    if (failure === undefined) return this.reportBug(thrown);
    const exit = errorExit(failure.error.code);
    process.exitCode = exit.code;
    if (this.jsonEnabled()) return this.logJson(errorJson(shownOf(failure.error), failure.parts, exit));
    if (failure.parts.length > 0) this.tell(problemsText(failure.parts));
    this.tell(problemText(problemOf(failure.error)));
  }

  // Wrong flags or arguments. oclif adds a hint to its message; ours names the command.
  private misuse(error: CLIError): Failure {
    const message = error.message.replace(/\n*See more help with --help$/, '');
    const next = `lab ${(this.id ?? '').replaceAll(':', ' ')} --help`;
    return { error: new LabError('BAD_MANIFEST', message, { next }), parts: [] };
  }

  private reportBug(thrown: unknown): void {
    const exit = exitFor({ error: true });
    process.exitCode = exit.code;
    const message = 'this is a bug in lab, not a mistake of yours';
    const next = 'Please report it with the stack on stderr; it holds no value of your manifest.';
    this.tell(manyLines(bugReport(thrown)).join('\n'));
    const problem = { code: 'BUG', message, next };
    if (this.jsonEnabled()) return this.logJson(errorJson(problem, [], exit));
    this.tell(problemText({ severity: 'error', ...problem }));
  }

  private print(text: string): void {
    process.stdout.write(`${this.redactor.redact(text)}\n`);
  }

  private tell(text: string): void {
    process.stderr.write(`${this.redactor.redact(text)}\n`);
  }

  // Under --json nothing was shown that an answer could be about.
  private canAsk(): boolean {
    return process.stdin.isTTY && process.stderr.isTTY && !this.jsonEnabled();
  }

  private async putHiddenQuestion(question: string): Promise<Buffer | undefined> {
    const { readHidden } = await import('./hidden-input.ts');
    return readHidden(question, {
      input: process.stdin,
      write: (text) => void process.stderr.write(text),
      interrupt: () => void process.kill(process.pid, 'SIGINT'),
    });
  }

  private async putQuestion(question: string): Promise<string> {
    const terminal = createInterface({ input: process.stdin, output: process.stderr });
    // Ctrl-C or the end of input at the question is an empty answer.
    const closed = once(terminal, 'close').then(() => '\n');
    try {
      const answer = await Promise.race([terminal.question(question).catch(() => '\n'), closed]);
      if (answer === '\n') process.stderr.write(answer);
      return answer;
    } finally {
      terminal.close();
    }
  }
}
