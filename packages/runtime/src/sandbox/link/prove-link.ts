import { loadError } from '../../load/load-error.ts';
import type { Instantiate } from './extism-link.ts';
import { PROOF_BASE64 } from '../kernel/kernel-bytes.ts';
import { createKernel, SILENT_LEVEL, STATE } from '../kernel/kernel.ts';
import { createVariables } from '../kernel/variables.ts';

const PROBE = 'plugwire';

/**
 * Proves, before the first plugin is loaded, that the link through Extism holds: a guest must receive the kernel's own
 * functions, not wrappers, and an echo must come back whole. There is no slower path to fall back to.
 *
 * Throws `PluginLoadError` `instantiate`/`extism_incompatible`.
 */
export const proveLink = async (instantiate: Instantiate): Promise<void> => {
  const fault = await findFault(instantiate);
  if (fault === undefined) return;
  throw loadError(
    'instantiate',
    'extism_incompatible',
    `the installed @extism/extism does not link as 2.0.0-rc13 does: ${fault}. Install exactly that version.`,
  );
};

const findFault = async (instantiate: Instantiate): Promise<string | undefined> => {
  const kernel = createKernel(64 * 1024, {
    config: new Map(),
    variables: createVariables(0),
    log: { level: () => SILENT_LEVEL, write: () => undefined },
    charge: () => undefined,
    stop: () => {
      throw new Error('the proof stores nothing');
    },
  });
  let exports: WebAssembly.Exports | undefined;
  try {
    const module = await WebAssembly.compile(Buffer.from(PROOF_BASE64, 'base64'));
    ({ exports } = await instantiate(kernel, [{ name: 'main', module }], {}));
  } catch {
    return 'a plugin of two lines is not instantiated';
  }
  if (exports?.alloc !== kernel.functions.alloc) return 'the kernel’s functions arrive wrapped';
  if (!kernel.begin(PROBE, PROBE.length)) return 'the kernel takes no input';
  try {
    (exports.echo as () => void)();
  } catch {
    return 'an echo traps';
  }
  const output = kernel.text(kernel.state(STATE.outputAddress), kernel.state(STATE.outputLength));
  return output === PROBE ? undefined : 'an echo does not come back whole';
};
