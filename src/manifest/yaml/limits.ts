/** Bytes that a manifest or a policy file may have. */
export const maxBytes = 1024 * 1024;

/** How deep maps and lists may nest, aliases included. */
export const maxDepth = 100;

/** How many values aliases may add up to. */
export const maxAliased = 100_000;
