import type { ConfigForm } from './config-form.ts';

/** The names of the roles and chains that a host supports. The embedder defines them. */
export interface HostForm {
  readonly roles: readonly string[];
  readonly chains: readonly string[];
}

/** The hosts that this process runs, by their names in the file. Other hosts in the file belong to other processes. */
export type HostForms = Readonly<Record<string, HostForm>>;

/** A problem in the hosts of a file, and its place. */
interface HostIssue {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/** Finds plugins that are not defined or not on the list of their host, and roles and chains that a host of this process does not support. */
export const checkHosts = (
  { plugins, hosts }: Pick<ConfigForm, 'plugins' | 'hosts'>,
  forms: HostForms,
): readonly HostIssue[] => [
  ...Object.entries(hosts).flatMap(([name, host]) =>
    checkPlugins(host, plugins).map((issue) => within(name, issue)),
  ),
  ...Object.entries(forms).flatMap(([name, form]) => {
    const host = hosts[name];
    return host === undefined
      ? [
          {
            path: ['hosts'],
            message: `the host "${name}" is missing, but this process runs it: add [hosts.${name}].`,
          },
        ]
      : checkForm(name, host, form).map((issue) => within(name, issue));
  }),
];

type Host = ConfigForm['hosts'][string];

const within = (host: string, { path, message }: HostIssue): HostIssue => ({
  path: ['hosts', host, ...path],
  message,
});

const checkPlugins = ({ plugins: listed, roles, chains }: Host, plugins: object): readonly HostIssue[] => {
  const issues: HostIssue[] = [];
  const at = (path: readonly PropertyKey[], message: string): void => void issues.push({ path, message });
  const seen = new Set<string>();
  for (const [place, plugin] of listed.entries()) {
    if (!Object.hasOwn(plugins, plugin))
      at(
        ['plugins', place],
        `the plugin "${plugin}" is not defined: add [plugins.${plugin}], or correct the name.`,
      );
    if (seen.has(plugin)) at(['plugins', place], `"${plugin}" is listed twice: list it once.`);
    seen.add(plugin);
  }
  const checkListed = (path: readonly PropertyKey[], plugin: string): void => {
    if (!seen.has(plugin)) at(path, `"${plugin}" is not on the list of this host: add it to its plugins.`);
  };
  for (const [role, plugin] of Object.entries(roles)) checkListed(['roles', role], plugin);
  for (const [chain, links] of Object.entries(chains)) {
    const linked = new Set<string>();
    for (const [place, plugin] of links.entries()) {
      checkListed(['chains', chain, place], plugin);
      if (linked.has(plugin))
        at(['chains', chain, place], `"${plugin}" is in the chain twice: list it once.`);
      linked.add(plugin);
    }
  }
  return issues;
};

const checkForm = (name: string, host: Host, form: HostForm): readonly HostIssue[] =>
  (['roles', 'chains'] as const).flatMap((kind) =>
    Object.keys(host[kind])
      .filter((key) => !form[kind].includes(key))
      .map((key) => ({
        path: [kind, key],
        message: `the host "${name}" has no ${kind.slice(0, -1)} "${key}": expected one of ${form[kind].join(', ')}.`,
      })),
  );
