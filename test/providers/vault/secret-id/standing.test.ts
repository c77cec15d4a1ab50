import { expect, test } from 'vitest';
import type { Letter } from '../../../../src/engine/ports.ts';
import type { Issued } from '../../../../src/providers/vault/secret-id/issued.ts';
import { letterId, standingOf } from '../../../../src/providers/vault/secret-id/standing.ts';

const now = Date.parse('2026-11-28T12:00:00.250Z');
const hour = 3600;

const issuedOne = (accessor: string, seconds = 0): Issued => ({
  accessor,
  ttl: seconds,
  usesLeft: 0,
  ...(seconds === 0 ? {} : { expires: new Date(now + seconds * 1000).toISOString() }),
});

const letterOf = (accessor: string, ttl = 0, made = now): Letter => ({
  id: letterId(accessor, ttl, made),
  moved: false,
});

const told = (issued: readonly Issued[], letter: Letter | undefined, renewBefore?: number) => {
  const { delivery, renewal, others } = standingOf(issued, letter, renewBefore, now);
  return [delivery, renewal, others.map(({ accessor }) => accessor)];
};

test('what was delivered and is known to Vault is complete, for ever or until renewBefore', () => {
  expect(told([issuedOne('a')], letterOf('a'))).toEqual(['complete', 'not due', []]);
  expect(told([issuedOne('a', 7 * hour)], letterOf('a', 7 * hour), 6 * hour)).toEqual(['complete', 'not due', []]);
  expect(told([issuedOne('a', 6 * hour)], letterOf('a', 6 * hour), 6 * hour)).toEqual([
    'complete',
    'expires 2026-11-28T18:00:00Z',
    [],
  ]);
});

test('one that is over by its time is expired, and nobody is to blame', () => {
  const old = letterOf('a', hour, now - 2 * hour * 1000);
  expect(told([], old, hour / 2)).toEqual(['complete', 'expired 2026-11-28T11:00:00Z', []]);
});

test('one that Vault does not know before its time was ended by somebody', () => {
  expect(told([], letterOf('a', hour))).toEqual(['unknown to Vault', 'not due', []]);
  expect(told([], letterOf('a'))).toEqual(['unknown to Vault', 'not due', []]);
});

test('what was issued and is not what lies there is named, and found to be ended', () => {
  expect(told([issuedOne('a')], undefined)).toEqual(['missing', 'not due', ['a']]);
  expect(told([issuedOne('a'), issuedOne('b')], letterOf('b'))).toEqual([
    'complete, and 1 more issued',
    'not due',
    ['a'],
  ]);
  expect(told([issuedOne('a')], { ...letterOf('a'), moved: true })).toEqual([
    'changed by somebody else',
    'not due',
    [],
  ]);
});

test('what stands beside a delivered value fits into every store', () => {
  const id = letterId('11111111-2222-3333-4444-555555555555', 24 * hour, now);
  expect(id).toMatch(/^[A-Za-z0-9.-]{1,64}$/);
});
