// What the well-known CI systems tell their jobs.
// https://docs.github.com/actions/reference/workflows-and-actions/variables
// https://docs.gitlab.com/ci/variables/predefined_variables/
// https://learn.microsoft.com/azure/devops/pipelines/build/variables
type Env = Readonly<Record<string, string | undefined>>;

/** Where this run's log is, in a CI system that says so: whoever finds the lock taken can look what it does. */
export const runLink = (env: Env): string | undefined => {
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository, GITHUB_RUN_ID: run } = env;
  if (server && repository && run) return `${server}/${repository}/actions/runs/${run}`;
  const { SYSTEM_COLLECTIONURI: collection, SYSTEM_TEAMPROJECT: project, BUILD_BUILDID: build } = env;
  if (collection && project && build) return `${collection}${project}/_build/results?buildId=${build}`;
  return env['CI_JOB_URL'] || env['BUILD_URL'] || undefined;
};
