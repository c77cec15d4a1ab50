import { isMap } from './fields.ts';

/** A request's parameters; of a GET they stand in the query. */
export type ParsedBody =
  | { readonly ok: true; readonly body: Readonly<Record<string, unknown>> }
  | { readonly ok: false; readonly error: string };

/** Parses the JSON body of a write. None at all is an empty object. */
export const parseBody = (text: string): ParsedBody => {
  if (text === '') return { ok: true, body: {} };
  const fault = 'failed to parse JSON input: ';
  try {
    const body: unknown = JSON.parse(text);
    if (isMap(body)) return { ok: true, body };
    const kind = Array.isArray(body) ? 'array' : typeof body;
    return {
      ok: false,
      error: `${fault}json: cannot unmarshal ${kind} into Go value of type map[string]interface {}`,
    };
  } catch {
    return { ok: false, error: `${fault}invalid character '${text[0] ?? ''}' looking for beginning of value` };
  }
};

/** The remark on parameters that the endpoint does not know. */
export const ignoredWarning = (
  body: Readonly<Record<string, unknown>>,
  knows: ReadonlySet<string> | undefined,
): readonly string[] => {
  if (knows === undefined) return [];
  const unknown = Object.keys(body).filter((name) => !knows.has(name));
  return unknown.length === 0
    ? []
    : [`Endpoint ignored these unrecognized parameters: [${unknown.toSorted().join(' ')}]`];
};
