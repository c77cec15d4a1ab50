import type { Action, Diagnostic } from './change.ts';

/** What the engine says while it works. Views turn it into text; nothing in here is a secret. */
export type Event =
  | { readonly type: 'reading'; readonly total: number }
  | { readonly type: 'read'; readonly address: string }
  | { readonly type: 'started'; readonly address: string; readonly action: Action }
  | { readonly type: 'waiting'; readonly address: string; readonly for: string }
  | { readonly type: 'gate'; readonly gate: string; readonly state: 'waiting' | 'open'; readonly because: string }
  | { readonly type: 'done'; readonly address: string; readonly action: Action; readonly ms: number }
  | { readonly type: 'failed'; readonly address: string; readonly diagnostic: Diagnostic }
  | { readonly type: 'skipped'; readonly address: string; readonly because: string };

/** Where events go. */
export type Emit = (event: Event) => void;
