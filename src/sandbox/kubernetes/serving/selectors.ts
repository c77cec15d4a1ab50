import type { Json } from '../json.ts';
import { membersOf, textOf } from '../json.ts';
import type { KubeObject } from '../object.ts';
import { badRequest } from '../refusal.ts';
import type { ResourceType } from '../resource-type.ts';

/** Whether an object is wanted. */
export type Selector = (object: KubeObject) => boolean;

/** The objects that a request asks for by labelSelector and fieldSelector. Throws 400 for what cannot be read. */
export const selectorOf = (type: ResourceType, query: URLSearchParams): Selector => {
  const byLabels = labelSelector(query.get('labelSelector') ?? '');
  const byFields = fieldSelector(type, query.get('fieldSelector') ?? '');
  return (object) => byLabels(object) && byFields(object);
};

/** Whether a request asks for some objects only. */
export const isSelective = (query: URLSearchParams): boolean =>
  Boolean(query.get('labelSelector')) || Boolean(query.get('fieldSelector'));

const key = '[A-Za-z0-9./_-]+';
const setPattern = new RegExp(`^(${key})\\s+(in|notin)\\s+\\(([^()]*)\\)$`);
const equalPattern = new RegExp(`^(${key})\\s*(==|=|!=)\\s*([A-Za-z0-9._-]*)$`);
const presencePattern = new RegExp(`^(!?)\\s*(${key})$`);

const labelSelector = (text: string): Selector => {
  const requirements = text === '' ? [] : text.split(/,(?![^(]*\))/).map((part) => requirement(part.trim()));
  return ({ metadata: { labels = {} } }) => requirements.every((holds) => holds(labels));
};

type Labels = Readonly<Record<string, string>>;

const requirement = (text: string): ((labels: Labels) => boolean) => {
  const [, setKey = '', setOperator, list = ''] = setPattern.exec(text) ?? [];
  const values = list.split(',').map((value) => value.trim());
  if (setOperator === 'in') return (labels) => values.includes(labels[setKey] ?? '\u0000');
  if (setOperator === 'notin') return (labels) => !values.includes(labels[setKey] ?? '\u0000');
  const [, equalKey = '', operator, value] = equalPattern.exec(text) ?? [];
  if (operator === '!=') return (labels) => labels[equalKey] !== value;
  if (operator !== undefined) return (labels) => labels[equalKey] === value;
  const [, not, name = ''] = presencePattern.exec(text) ?? [];
  if (not === '') return (labels) => name in labels;
  if (not === '!') return (labels) => !(name in labels);
  return badRequest(`unable to parse requirement: ${complaint(text)}`);
};

const complaint = (text: string): string =>
  /=\s*=\s*=/.test(text)
    ? "found '=', expected: identifier"
    : `found '${text}', expected: !, identifier, or 'end of string'`;

const fieldSelector = (type: ResourceType, text: string): Selector => {
  const terms = text === '' ? [] : text.split(',').map((part) => fieldTerm(type, part));
  return (object) => terms.every((holds) => holds(object));
};

const fieldTerm = (type: ResourceType, text: string): Selector => {
  const [, label = '', operator, value = ''] = /^([^=!]+)(==|=|!=)(.*)$/.exec(text) ?? [];
  const path = { ...always, ...type.selectable }[label] ?? unknownField(type, label === '' ? text : label);
  return (object) => {
    const found = path.reduce<Json | undefined>((inner, member) => membersOf(inner)[member], object);
    return (operator === '!=') !== ((textOf(found) ?? '') === value);
  };
};

const always: Readonly<Record<string, readonly string[]>> = {
  'metadata.name': ['metadata', 'name'],
  'metadata.namespace': ['metadata', 'namespace'],
};

const unknownField = (type: ResourceType, label: string): never =>
  badRequest(
    type.custom
      ? `field label not supported: ${label}`
      : `"${label}" is not a known field selector: only "metadata.name", "metadata.namespace"`,
  );
