import type { Hook } from '@oclif/core/interfaces';
import { didYouMean } from '../engine/suggest.ts';
import { LabError } from '../errors.ts';
import { errorJson, problemOf, problemText, shownOf } from '../views/problem.ts';
import { errorExit } from './exit-code.ts';

/** What a word that is no command gets: the nearest one, in the form of every other error. */
const unknownCommand: Hook.CommandNotFound = async function ({ id, argv = [], config }) {
  const words = id.replaceAll(':', ' ');
  const known = config.commandIDs.map((name) => name.replaceAll(':', ' '));
  const error = new LabError('BAD_MANIFEST', `there is no command ${words}${didYouMean(words, known)}`, {
    next: 'lab --help lists them.',
  });
  const exit = errorExit(error.code);
  if (argv.includes('--json')) this.log(JSON.stringify(errorJson(shownOf(error), [], exit), undefined, 2));
  else process.stderr.write(`${problemText(problemOf(error))}\n`);
  this.exit(exit.code);
};

export default unknownCommand;
