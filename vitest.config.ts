import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/real/**'],
          testTimeout: 30_000,
        },
      },
      {
        test: {
          // The tests of the real servers, with the sandbox in their place.
          name: 'sandbox',
          include: [
            'test/real/kubernetes/**/*.test.ts',
            'test/real/vault/{*contract,database,database-source,pki*,kv-secret,login-proof,read-back}.test.ts',
            'test/real/state/{conformance,crashes,lock,move,own-objects,rights,session}.test.ts',
            'test/real/external-secrets/{certificate,contract,dynamic,external-secrets,stores,unchecked-store}.test.ts',
          ],
          globalSetup: ['test/sandbox/setup.ts'],
          testTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'real',
          include: ['test/real/**/*.test.ts'],
          globalSetup: ['test/real/setup.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          // The servers share two cores; more files at once only makes timeouts.
          maxWorkers: 2,
        },
      },
    ],
  },
});
