/** What stands in an answer's `data` or `auth`. */
export type Data = Readonly<Record<string, unknown>>;

/** The lease of what was made; seconds. */
export interface LeaseData {
  readonly id: string;
  readonly duration: number;
  readonly renewable: boolean;
}

/** What an endpoint answers, before it is put on the wire as Vault puts it. */
export type Result =
  /** 204. */
  | { readonly is: 'done' }
  | {
      readonly is: 'data';
      /** 404 goes with what KV keeps of a deleted version. */
      readonly status: 200 | 404;
      readonly data: Data | null;
      readonly auth?: Data;
      readonly lease?: LeaseData;
      readonly warnings?: readonly string[];
      /** Old paths below sys/ repeat the data at the top of the answer. */
      readonly repeated?: boolean;
    }
  | { readonly is: 'refused'; readonly status: number; readonly errors: readonly string[] }
  /** 200 with a body of its own form. */
  | { readonly is: 'plain'; readonly json: Data }
  /** A status without a body. */
  | { readonly is: 'bare'; readonly status: number };

export const done: Result = { is: 'done' };

/** 200 with data. */
export const found = (data: Data): Result => ({ is: 'data', status: 200, data });

/** 200 with data, and the same again at the top. */
export const foundRepeated = (data: Data): Result => ({ is: 'data', status: 200, data, repeated: true });

/** 200 for what would be 204, had it nothing to remark. */
export const doneWith = (warnings: readonly string[]): Result =>
  warnings.length === 0 ? done : { is: 'data', status: 200, data: null, warnings };

/** 404 with data or a hint. */
export const foundGone = (data: Data | null, warnings: readonly string[] = []): Result => ({
  is: 'data',
  status: 404,
  data,
  ...(warnings.length === 0 ? {} : { warnings }),
});

export const refused = (status: number, ...errors: readonly string[]): Result => ({ is: 'refused', status, errors });

/** 404 with no words: the object is not there, or a list is empty. */
export const absent: Result = refused(404);

/** What a LIST answers: the names in order, and 404 for none. */
export const namesOf = (names: readonly string[]): Result =>
  names.length === 0 ? absent : found({ keys: names.toSorted() });

/** Several complaints in the form that Go's multierror gives them. */
export const together = (complaints: readonly string[]): string =>
  `${complaints.length} error${complaints.length === 1 ? '' : 's'} occurred:\n${complaints.map((line) => `\t* ${line}\n`).join('')}\n`;

export const unsupportedPath: Result = refused(404, together(['unsupported path']));

export const unsupportedOperation: Result = refused(405, together(['unsupported operation']));
