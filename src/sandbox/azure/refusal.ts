/** What goes back: a status and a JSON body, or none. */
export interface Result {
  readonly status: number;
  readonly json?: unknown;
}

const refused = (status: number, code: string, message: string, inner?: string): Result => ({
  status,
  json: { error: { code, message, ...(inner === undefined ? {} : { innererror: { code: inner } }) } },
});

// Codes and texts as the service gave them in the recordings of the Azure SDK's own tests, where there is one.

/** 404 for a secret that is not there now, deleted ones included. */
export const notFound = (name: string): Result =>
  refused(
    404,
    'SecretNotFound',
    `A secret with (name/id) ${name} was not found in this key vault. If you recently deleted this secret you may be able to recover it using the correct recovery command. For help resolving this issue, please see https://go.microsoft.com/fwlink/?linkid=2125182`,
  );

/** 404 for a secret that is not among the deleted ones, or not yet. */
export const deletedNotFound = (name: string): Result =>
  refused(404, 'SecretNotFound', `Deleted Secret not found: ${name}`);

/** 409: the name is taken by a deleted secret. */
export const deletedButRecoverable = (name: string): Result =>
  refused(
    409,
    'Conflict',
    `Secret ${name} is currently in a deleted but recoverable state, and its name cannot be reused; in this state, the secret can only be recovered or purged.`,
    'ObjectIsDeletedButRecoverable',
  );

/** 409 while a deletion is under way. */
export const beingDeleted: Result = refused(
  409,
  'Conflict',
  'Secret is currently being deleted.',
  'ObjectIsBeingDeleted',
);

/** 409 while a recovery is under way. */
export const beingRecovered: Result = refused(
  409,
  'Conflict',
  'Secret is currently being recovered.',
  'ObjectIsBeingRecovered',
);

/** 403 for the value of a disabled version. */
export const disabled: Result = refused(
  403,
  'Forbidden',
  'Operation get is not allowed on a disabled secret.',
  'SecretDisabled',
);

/** 403 by role assignments. */
export const forbidden = (caller: string, action: string, vault: string): Result =>
  refused(
    403,
    'Forbidden',
    [
      'Caller is not authorized to perform action on resource.',
      'If role assignments, deny assignments or role definitions were changed recently, please observe propagation time.',
      `Caller: ${caller}`,
      `Action: 'Microsoft.KeyVault/vaults/secrets/${action}'`,
      'Assignment: (not found)',
      'DenyAssignmentId: null',
      'DecisionReason: null ',
      `Vault: ${vault};location=sandbox`,
      '',
    ].join('\r\n'),
    'ForbiddenByRbac',
  );

/** 401 without a token, or with one that nobody issued. */
export const unauthorized = (message: string): Result => refused(401, 'Unauthorized', message);

/** 400 for whatever the service cannot read. */
export const badParameter = (message: string): Result => refused(400, 'BadParameter', message);

/** 405 for a method that the path does not take. */
export const notAllowed = (method: string): Result => refused(405, 'MethodNotAllowed', `HTTP ${method} not allowed`);

/** Where the real name would not even resolve. */
export const noSuchVault = (host: string): Result =>
  refused(404, 'ResourceNotFound', `sandbox: there is no key vault ${host}`);
