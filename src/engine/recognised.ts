/** Whether a server would keep every field of a spec, by what it tells of itself. */
export type Recognised =
  | { readonly is: 'known' }
  /** `by`: which server does not know these: `vault 1.21.4`. */
  | { readonly is: 'unknown'; readonly fields: readonly string[]; readonly by: string }
  /** It could not be told here. */
  | { readonly is: 'untold'; readonly because: string };
