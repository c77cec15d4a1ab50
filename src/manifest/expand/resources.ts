import { address, parseAddress, providerOf } from '../../engine/address.ts';
import type { KindFacts, Ownership } from '../../engine/resource.ts';
import { didYouMean } from '../../engine/suggest.ts';
import { LabError } from '../../errors.ts';
import { complaint } from '../complaint.ts';
import { draft, type Found, type Given, keyOrigin, wrong } from './draft.ts';

/** Section `resources`: any kind, by address. */
export function* expandResources(given: Given, kinds: ReadonlyMap<string, KindFacts>): Generator<Found> {
  for (const [text, { dependsOn, manage, contribute, ...spec }] of Object.entries(given.manifest.resources)) {
    const path = ['resources', text];
    const named = readAddress(text, kinds);
    if (!named.ok) {
      yield complaint(keyOrigin(given, path), named.problem);
      continue;
    }
    if (contribute && manage === 'existing') {
      yield wrong(given, [...path, 'contribute'], 'manage: existing writes nothing, so there is nothing to contribute');
    } else if (contribute && named.facts.ownership === 'whole') {
      const sentence = `lab owns a ${named.facts.kind} whole or not at all; leave contribute away`;
      yield wrong(given, [...path, 'contribute'], sentence);
    }
    const needs = dependsOn.map(canonical);
    for (const [index, need] of needs.entries()) {
      if (need === undefined) yield wrong(given, [...path, 'dependsOn', index], 'is no address, provider.kind/NAME');
    }
    const ownership: Ownership = manage === 'existing' ? 'expected' : contribute ? 'contributed' : 'owned';
    const known = needs.filter((need) => need !== undefined);
    yield draft(path, named.facts.kind, named.parts, { spec, ownership, dependsOn: known });
  }
}

type Named =
  | { readonly ok: true; readonly facts: KindFacts; readonly parts: readonly string[] }
  | { readonly ok: false; readonly problem: string };

const readAddress = (text: string, kinds: ReadonlyMap<string, KindFacts>): Named => {
  const parsed = parse(text);
  if (parsed === undefined) {
    return { ok: false, problem: 'is no address; one is provider.kind/NAME or provider.kind/SCOPE/NAME' };
  }
  const { kind, parts } = parsed;
  const facts = kinds.get(kind);
  if (facts === undefined) {
    const others = [...kinds.keys()].filter((other) => providerOf(other) === providerOf(kind));
    const known = others.length === 0 ? '' : `; there are ${others.join(', ')}`;
    return { ok: false, problem: `there is no kind ${kind}${didYouMean(kind, kinds.keys()) || known}` };
  }
  if (facts.parts.some((names) => names.length === parts.length)) return { ok: true, facts, parts };
  const forms = facts.parts.map((names) => [kind, ...names.map((name) => name.toUpperCase())].join('/')).join(' or ');
  const hint = facts.parts.some((names) => names.length < parts.length) ? '; a "/" inside a part is written %2F' : '';
  return { ok: false, problem: `is not ${forms}${hint}` };
};

const parse = (text: string) => {
  try {
    return parseAddress(text);
  } catch (error) {
    if (error instanceof LabError) return undefined;
    throw error;
  }
};

/** The one way to write an address, or undefined for what is none. */
const canonical = (text: string): string | undefined => {
  const parsed = parse(text);
  return parsed && address(parsed.kind, ...parsed.parts);
};
