import { expect, test } from 'vitest';
import { runLink } from '../../src/cli/run-link.ts';

test.each([
  [
    { GITHUB_SERVER_URL: 'https://github.com', GITHUB_REPOSITORY: 'a/b', GITHUB_RUN_ID: '7' },
    'https://github.com/a/b/actions/runs/7',
  ],
  [
    { SYSTEM_COLLECTIONURI: 'https://dev.azure.com/org/', SYSTEM_TEAMPROJECT: 'p', BUILD_BUILDID: '7' },
    'https://dev.azure.com/org/p/_build/results?buildId=7',
  ],
  [{ CI_JOB_URL: 'https://gitlab.com/a/-/jobs/7' }, 'https://gitlab.com/a/-/jobs/7'],
  [{ BUILD_URL: 'https://jenkins/job/a/7/' }, 'https://jenkins/job/a/7/'],
  [{ CI: 'true', BUILD_BUILDID: '7' }, undefined],
  [{}, undefined],
])('a lock says where the log of a run in CI is: %#', (env, link) => {
  expect(runLink(env)).toBe(link);
});
