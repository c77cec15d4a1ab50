import { describe, expect, test } from 'vitest';
import { rightsCases } from './rights-cases.ts';
import { goThrough, keyOf, type Life, lookWith, newTag, rightsAtEnd } from './rights-life.ts';

// Whoever has exactly the policy that `lab permissions` prints gets through; whoever lacks one line of it does not, and is
// told which. The token has nothing else, not even the policy `default`.

const commands = [
  { command: 'apply', gets: 'makes, changes, proves and destroys it', through: goThrough },
  { command: 'plan', gets: 'sees it and what would end with it', through: lookWith },
] as const;

/** What a path of a policy stands for. */
const patternOf = (path: string): RegExp =>
  new RegExp(
    path
      .replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
      .replaceAll('\\+', '[^/ ]+')
      .replaceAll('\\*', '\\S+'),
  );

describe.each(rightsCases.flatMap((given) => commands.map((one) => ({ ...one, given, name: given.name }))))(
  'the policy for $command of $name',
  ({ given, command, gets, through }) => {
    let whole: Life;
    const tag = newTag();
    const rights = rightsAtEnd(given, tag, command);
    const needed = new Set(rights.filter(({ optional }) => optional !== true).map((right) => keyOf(right, tag)));
    const keys = [...new Set(rights.map((right) => keyOf(right, tag)))];

    test(`is enough: ${gets}`, async () => {
      whole = await through(given);
      expect(whole.errors).toEqual([]);
      expect(whole.left).toEqual([]);
    });

    test.each(keys)('without %s it is not', async (key) => {
      const life = await through(given, (right, its) => keyOf(right, its) === key);
      const [, path = ''] = key.split(' ');
      if (!needed.has(key)) {
        // lab goes on, and says less.
        expect(life.errors).toEqual([]);
        expect(life.said).not.toBe(whole.said);
        return;
      }
      const named = life.errors.map((error) => error.replaceAll(/-[0-9a-f]{8}\b/g, ''));
      expect(named.join('\n')).toMatch(patternOf(path));
      expect(named.filter((error) => !/^vault\.[a-z-]+\//.test(error))).toEqual([]);
    });
  },
);

test.each(rightsCases)('the policy for plan of $name holds nothing that writes', (given) => {
  const rights = rightsAtEnd(given, 'tag', 'plan');
  // A question that Vault takes by POST.
  const actions = rights.filter(({ on }) => !on.endsWith('/secret-id-accessor/lookup')).map(({ action }) => action);
  expect(actions.filter((action) => !['read', 'list', 'sudo'].includes(action))).toEqual([]);
});
