// How changesets become entries of packages/*/CHANGELOG.md. Leaves out commit hashes and lists of updated dependencies, since all packages
// share one version.

module.exports = {
  getReleaseLine: async ({ summary }) => {
    const [first, ...others] = summary.trim().split('\n');
    return `- ${[first, ...others.map((line) => (line === '' ? '' : `  ${line}`))].join('\n')}`;
  },
  getDependencyReleaseLine: async () => '',
};
