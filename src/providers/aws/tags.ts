/** Tags of one object by their names. */
export type Tags = Readonly<Record<string, string>>;
