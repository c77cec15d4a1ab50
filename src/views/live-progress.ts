import { Listr, ListrLogger, ProcessOutput } from 'listr2';
import type { Plan } from '../engine/change.ts';
import { board, type PhaseView } from './board.ts';
import type { Progress } from './progress.ts';
import type { Style } from './style.ts';

/** A terminal, and what must happen to text on its way there. */
export interface LiveScreen {
  readonly stream: NodeJS.WriteStream;
  readonly style: Style;
  readonly redact: (text: string) => string;
  /** Aborted by the first Ctrl-C: what runs is finished, and the picture says so. */
  readonly stopping: AbortSignal;
}

// The spinner redraws by itself; this is how often the times move on.
const tickMs = 250;

/** Progress that redraws itself: one line a phase with what runs below it. listr2 only draws; the engine decides what runs. */
export const liveProgress = (plan: Plan, screen: LiveScreen): Progress => {
  const shown = board(plan, screen.style, Date.now);
  let drawing = draw(shown.views, screen);
  return {
    emit: shown.emit,
    pause: async (work) => {
      await drawing.clear();
      try {
        return await work();
      } finally {
        drawing = draw(shown.views, screen);
      }
    },
    end: async (result) => {
      if (result !== undefined) shown.close(result);
      await drawing.stop();
    },
  };
};

// What of a listr2 task is used here.
interface Drawn {
  title: string;
  skip(): void;
}

interface Drawing {
  /** Draws it once more as it is, and leaves it on the screen. */
  readonly stop: () => Promise<void>;
  /** Takes it off the screen. */
  readonly clear: () => Promise<void>;
}

const draw = (views: () => PhaseView[], { stream, redact, stopping }: LiveScreen): Drawing => {
  const stopped = Promise.withResolvers<'keep' | 'clear'>();
  const text = ({ state, title, below }: PhaseView): string => {
    const ending = stopping.aborted && state === 'running' ? '   stopping once what runs is done' : '';
    return redact([`${title}${ending}`, ...below].join('\n'));
  };
  const current = (phase: PhaseView['phase']) => views().find((view) => view.phase === phase);
  const tasks = views().map(({ phase, ...first }) => ({
    title: text({ phase, ...first }),
    task: async (_: unknown, task: Drawn): Promise<void> => {
      const ticking = setInterval(() => {
        const view = current(phase);
        if (view !== undefined) task.title = text(view);
      }, tickMs);
      const ending = await stopped.promise;
      clearInterval(ticking);
      const view = current(phase);
      if (ending === 'clear') task.title = '';
      if (ending === 'clear' || view === undefined) return;
      task.title = text(view);
      if (view.state === 'failed') throw new TypeError('drawn as failed');
      if (view.state === 'left') task.skip();
    },
  }));
  const listr = new Listr(tasks, {
    concurrent: true,
    exitOnError: false,
    // Ctrl-C belongs to the run, not to its picture.
    registerSignalListeners: false,
    forceTTY: true,
    rendererOptions: {
      showErrorMessage: false,
      showSkipMessage: false,
      logger: new ListrLogger({ useIcons: true, toStderr: [], processOutput: new ProcessOutput(stream, stream) }),
    },
  });
  const running = listr.run();
  const end = async (how: 'keep' | 'clear'): Promise<void> => {
    stopped.resolve(how);
    await running;
  };
  return { stop: () => end('keep'), clear: () => end('clear') };
};
