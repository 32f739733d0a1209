import { behave, buildPlugin, type PluginDescription } from '@plugwire/pdk-fixtures';
import { describe, expect, it } from 'vitest';

import type { LoadOptions } from './load-options.ts';
import { keepLines } from '../testing/keep-lines.ts';
import { openHost } from '../testing/open-plugin.ts';
import { reflect } from '../testing/contracts.ts';

const asking: PluginDescription = { functions: { reflect: behave.configGet('greeting') } };

/** Returns the warnings of a load and two dispatches. */
const warningsOf = async (options: LoadOptions): Promise<readonly Record<string, unknown>[]> => {
  const { lines, logger } = keepLines('warn');
  const plugin = await openHost({ functions: [reflect], logger }).load(await buildPlugin(asking), options);
  for (let call = 0; call < 2; call += 1) plugin.dispatchSync(reflect, { text: '' });
  return lines.filter(({ target }) => target === 'cc_lb_plugin.load');
};

describe('a granted capability', () => {
  it('that no host function uses is reported, with a suggestion', async () => {
    expect(await warningsOf({ capabilities: ['log', 'storge', 'geo'], name: 'greeter' })).toStrictEqual([
      {
        level: 40,
        target: 'cc_lb_plugin.load',
        plugin: 'greeter',
        capability: 'storge',
        msg: 'no host function uses the granted capability. Did you mean "storage"?',
      },
      {
        level: 40,
        target: 'cc_lb_plugin.load',
        plugin: 'greeter',
        capability: 'geo',
        msg: 'no host function uses the granted capability.',
      },
    ]);
  });

  it('that a host function uses is not reported, whether or not the plugin requires it', async () => {
    expect(await warningsOf({ capabilities: ['log', 'clock'] })).toEqual([]);
  });

  it('that the plugin requires is not reported', async () => {
    const { lines, logger } = keepLines('warn');
    const description = { ...asking, requiredCapabilities: ['beta'] };
    const host = openHost({ functions: [reflect], logger });
    await host.load(await buildPlugin(description), { capabilities: ['beta'] });
    expect(lines).toEqual([]);
  });
});

describe('a config key', () => {
  it('that is similar to a key that the plugin reads is reported once', async () => {
    expect(await warningsOf({ config: { greting: 'secret', other: '' }, name: 'greeter' })).toStrictEqual([
      {
        level: 40,
        target: 'cc_lb_plugin.load',
        plugin: 'greeter',
        given: 'greting',
        asked: 'greeting',
        msg: 'the plugin reads a config key that is missing and similar to a given one',
      },
    ]);
  });

  it.each([
    ['is exactly the key', { greeting: 'Hello', greting: '' }],
    ['is not similar', { salutation: '' }],
  ])('that %s is not reported', async (_, config) => {
    expect(await warningsOf({ config })).toEqual([]);
  });
});
