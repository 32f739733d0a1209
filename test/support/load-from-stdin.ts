import { readFileSync } from 'node:fs';

import { appendCustomSections } from '@plugwire/pdk-fixtures';
import { createPluginHost } from '@plugwire/runtime';
import { defineWireFunction } from '@plugwire/wire';
import { z } from 'zod';

const greet = defineWireFunction({
  name: 'greet',
  fallback: 'fail_request',
  request: z.strictObject({ name: z.string() }),
  response: z.strictObject({ text: z.string() }),
  sample: { request: { name: '' }, response: { text: '' } },
});

/** A size at which a load uses another thread. */
const PADDING = 'x'.repeat(3 << 20);

/** Loads the plugin from stdin twice: enlarged, and truncated. Prints the results. */
const bytes = new Uint8Array(readFileSync(0));
const large = appendCustomSections(bytes, [{ name: 'padding', payload: PADDING }]);
const host = createPluginHost({ functions: [greet], limits: { deadlineMs: 10_000 } });
const plugin = await host.load(large);
const cut = await host.load(large.subarray(0, -1), { name: 'cut' }).catch((error: unknown) => error);
const outcome = plugin.dispatchSync(greet, { name: 'Ada' });
const { workers } = process.report.getReport() as unknown as { readonly workers: readonly unknown[] };
const hasThread = workers.length > 0;
process.stdout.write(JSON.stringify({ outcome, hasThread, cut: (cut as { code?: unknown }).code }));
