import { read, type Scenario, write } from './scenario.ts';

const path = 'pki-tidy/config/auto-tidy';

/** What a PKI engine clears away by itself. */
export const pkiTidy = {
  'pki-tidy': [
    write('sys/mounts/pki-tidy', { type: 'pki' }),
    read(path),
    write(path, { enabled: true }),
    write(path, { min_startup_backoff_duration: 0 }),
    write(path, { min_startup_backoff_duration: '20m' }),
    write(path, { safety_buffer: 0 }),
    write(path, { issuer_safety_buffer: '0s' }),
    write(path, { interval_duration: 'soon' }),
    write(path, { interval_duration: -1 }),
    write(path, { pause_duration: 'soon' }),
    write(path, { pause_duration: '-1s' }),
    write(path, { tidy_cert_metadata: true }),
    write(path, { publish_stored_certificate_count_metrics: true }),
    read(path),
    write(path, {
      enabled: true,
      interval_duration: '24h',
      min_startup_backoff_duration: '20m',
      max_startup_backoff_duration: 2400,
      tidy_cert_store: true,
      tidy_acme: 'true',
      safety_buffer: '1d',
      issuer_safety_buffer: 3600,
      acme_account_safety_buffer: '90m',
      pause_duration: 100,
      maintain_stored_certificate_counts: true,
      publish_stored_certificate_count_metrics: true,
    }),
    write(path, { enabled: false }),
    read(path),
  ],
} satisfies Record<string, Scenario>;
