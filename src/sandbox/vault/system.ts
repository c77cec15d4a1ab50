import { type Endpoint, endpoint } from './endpoint.ts';
import { done } from './result.ts';

/** What is left of `sys/…` once it is active and a token is needed. */
export const systemEndpoints: readonly Endpoint[] = [
  endpoint({
    pattern: /^seal$/,
    fields: {},
    on: {
      update: ({ vault }) => {
        vault.seal();
        return done;
      },
    },
  }),
];
