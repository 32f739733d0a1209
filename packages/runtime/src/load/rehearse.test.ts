import { subscribe, unsubscribe } from 'node:diagnostics_channel';

import { behave, buildPlugin } from '@plugwire/pdk-fixtures';
import { defineWireFunction } from '@plugwire/wire';
import { expect, it } from 'vitest';
import { z } from 'zod';

import { CHANNELS } from '../observe/channels.ts';
import { createPluginHost } from '../host/plugin-host.ts';

it('a rehearsal dispatches samples during the first load of a process, and publishes no failures', async () => {
  let answersRead = 0;
  const text = z.string().refine(() => {
    answersRead += 1;
    return true;
  });
  const greet = defineWireFunction({
    name: 'greet',
    fallback: 'silent_skip',
    request: z.strictObject({}),
    response: z.strictObject({ text }),
    sample: { request: {}, response: { text: '' } },
  });
  const failures: unknown[] = [];
  const listen = (message: unknown): void => void failures.push(message);
  subscribe(CHANNELS.dispatchFailed, listen);
  const host = createPluginHost({ functions: [greet] });
  answersRead = 0;
  await host.load(await buildPlugin({ functions: { greet: behave.answer({ _v: 1, text: '' }) } }));
  unsubscribe(CHANNELS.dispatchFailed, listen);
  await host.close();
  expect(failures).toEqual([]);
  // The number depends on the speed of the machine.
  expect(answersRead).toBeGreaterThan(0);
});
