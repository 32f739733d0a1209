import { readToolchainPlugin, TOOLCHAIN_PLUGINS, type ToolchainPluginName } from '@plugwire/pdk-fixtures';
import { createSandbox } from '@plugwire/runtime';
import { beforeAll, describe, expect, it } from 'vitest';

import { type Call, CALLS, CONFIGS, type PluginKind } from '../support/alike-calls.ts';
import { BALANCERS, GREETERS, GUARDS } from '../support/balancer-plugins.ts';
import { createTracedHost } from '../support/traced-host.ts';

/** Plugins that must return the same bytes. The first is compared with the others. */
const ALIKE = {
  greeter: GREETERS,
  'load balancer': BALANCERS,
  guard: GUARDS,
} as const satisfies Record<PluginKind, readonly [ToolchainPluginName, ...ToolchainPluginName[]]>;

/** Makes the calls one after another. Returns the plugin's answers and its calls of host functions as text. */
const answersOf = async (
  name: ToolchainPluginName,
  calls: readonly Call[],
  config: Readonly<Record<string, string>>,
): Promise<readonly string[]> => {
  const { hostFunctions, trace } = createTracedHost();
  using sandbox = await createSandbox(readToolchainPlugin(name), {
    config,
    hostFunctions,
    limits: { deadlineMs: 20_000 },
    wasi: TOOLCHAIN_PLUGINS[name].needsWasi,
  });
  return calls.map(({ name: of, request }) => {
    const asked = trace.length;
    let answer: string;
    try {
      answer = sandbox.callText(of, request) ?? 'nothing';
    } catch (error) {
      answer = (error as { code: string }).code;
    }
    // Objects and sets of the protocol may have any order.
    const text = of.startsWith('cc_lb_') && answer.startsWith('{') ? sortKeys(JSON.parse(answer)) : answer;
    return [text, ...trace.slice(asked)].join('\n');
  });
};

const sortKeys = (value: unknown): string =>
  JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'object' && part !== null
      ? Array.isArray(part)
        ? part.map(String).toSorted((one, other) => (one < other ? -1 : 1))
        : Object.fromEntries(Object.entries(part).toSorted(([one], [other]) => (one < other ? -1 : 1)))
      : part,
  );

const KINDS = Object.keys(ALIKE) as PluginKind[];

describe.each(KINDS)('the %s', (kind) => {
  const [first] = ALIKE[kind];
  const calls: readonly Call[] = CALLS[kind];

  describe.each(CONFIGS[kind])('configured with %j', (config) => {
    let wanted: readonly string[];
    beforeAll(async () => {
      wanted = await answersOf(first, calls, config);
    });

    it.each(ALIKE[kind].slice(1))(`returns the same answers in %s as in ${first}`, async (name) => {
      const answers = await answersOf(name, calls, config);
      const different = calls.flatMap(({ label }, at) =>
        answers[at] === wanted[at]
          ? []
          : [{ label: label.slice(0, 300), answer: answers[at], wanted: wanted[at] }],
      );
      expect(different.slice(0, 5)).toEqual([]);
    });
  });
});
