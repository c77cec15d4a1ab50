import type { Answer } from '../http.ts';
import type { AwsRefusal } from './refusal.ts';

// The query protocol of AWS: a form in, XML out. Lists are `Name.member.1`, and `<member>` in answers.

/** What an answer holds: an element's text, its children by name, or the members of a list; undefined is left out. */
export type Xml = string | readonly Xml[] | { readonly [name: string]: Xml | undefined };

/** A service that speaks it, by the name space of its answers. */
export type QueryService = 'iam' | 'sts';

const spaces = {
  iam: 'https://iam.amazonaws.com/doc/2010-05-08/',
  sts: 'https://sts.amazonaws.com/doc/2011-06-15/',
} as const;

/** What a call answers; `result` is absent where AWS answers nothing but that it was done. */
export const queryAnswer = (service: QueryService, action: string, result: Xml | undefined): Answer => {
  const ResponseMetadata = { RequestId: crypto.randomUUID() };
  const content = { ...(result === undefined ? {} : { [`${action}Result`]: result }), ResponseMetadata };
  return xml(200, `<${action}Response xmlns="${spaces[service]}">${textOf(content)}</${action}Response>`);
};

/** A refusal as the query protocol has it. */
export const queryRefusal = (service: QueryService, { name, message, status }: AwsRefusal): Answer => {
  const content = { Error: { Type: 'Sender', Code: name, Message: message }, RequestId: crypto.randomUUID() };
  return xml(status, `<ErrorResponse xmlns="${spaces[service]}">${textOf(content)}</ErrorResponse>`);
};

/** The list with this name in a form. */
export const listIn = (form: URLSearchParams, name: string): string[] => {
  const members: string[] = [];
  for (let index = 1; ; index++) {
    const member = form.get(`${name}.member.${index}`);
    if (member === null) return members;
    members.push(member);
  }
};

/** The tags in a form. */
export const tagsIn = (form: URLSearchParams): Record<string, string> => {
  const tags: Record<string, string> = {};
  for (let index = 1; ; index++) {
    const name = form.get(`Tags.member.${index}.Key`);
    if (name === null) return tags;
    tags[name] = form.get(`Tags.member.${index}.Value`) ?? '';
  }
};

const textOf = (content: Xml): string => {
  if (typeof content === 'string') return escape(content);
  if (isList(content)) return content.map((member) => `<member>${textOf(member)}</member>`).join('');
  return Object.entries(content)
    .map(([name, child]) => (child === undefined ? '' : `<${name}>${textOf(child)}</${name}>`))
    .join('');
};

const isList = (content: Xml): content is readonly Xml[] => Array.isArray(content);

const escape = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

const xml = (status: number, text: string): Answer => ({ status, headers: { 'content-type': 'text/xml' }, text });
