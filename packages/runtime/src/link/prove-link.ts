import type { WasmExports } from '../base/web-assembly-types.ts';
import { loadError } from '../outcomes/load-error.ts';
import type { GuestLink, Instantiate, NamedModule } from './extism-link.ts';
import { planReplays } from './link-plan.ts';
import {
  PROOF_BASE64,
  PROOF_LEFT_BASE64,
  PROOF_MAIN_BASE64,
  PROOF_RIGHT_BASE64,
} from '../kernel/kernel-bytes.ts';
import { createKernel, type Kernel, SILENT_LEVEL, STATE } from '../kernel/kernel.ts';
import { createVariables } from '../kernel/variables.ts';

const PROBE = 'plugwire';

/** Links modules without Extism. Every instance after the first one is linked this way. Throws what the engine throws. */
export type Replay = (modules: readonly NamedModule[], link: GuestLink) => WasmExports;

/** Links modules with {@link planReplays}, and returns the exports of `main`. */
export const replayLink: Replay = (modules, link) => planReplays(modules, [])(link)().get('main') ?? {};

/**
 * Checks, before the first plugin is loaded, that the installed Extism links guests as Plugwire needs it. A guest must receive the
 * kernel's own functions, not wrappers, and an echo must return its whole input. There is no slower way of linking to fall back to.
 *
 * Also checks that modules linked without Extism get the same providers. The modules of this check have libraries that share a
 * library, a circle, a memory, a global and a table of another module, and a namespace that both a module and the host have.
 *
 * Throws `PluginLoadError` `instantiate`/`extism_incompatible`.
 */
export const proveLink = async (instantiate: Instantiate, replay: Replay): Promise<void> => {
  const fault = (await findFault(instantiate)) ?? (await findDifference(instantiate, replay));
  if (fault === undefined) return;
  throw loadError(
    'instantiate',
    'extism_incompatible',
    `the installed @extism/extism does not link modules as Plugwire needs it (${fault}): expected version 2.0.0-rc13. Install exactly that version.`,
  );
};

/** Creates a kernel for guests that only compute. They cannot store, log or read configuration. */
export const createProofKernel = (): Kernel =>
  createKernel(64 * 1024, {
    config: new Map(),
    variables: createVariables(0),
    log: { level: () => SILENT_LEVEL, write: () => undefined },
    charge: () => undefined,
    stop: () => {
      throw new Error('the proof stopped the call, but its modules never do');
    },
  });

const compile = async (base64: string): Promise<WebAssembly.Module> =>
  await WebAssembly.compile(Buffer.from(base64, 'base64'));

const findFault = async (instantiate: Instantiate): Promise<string | undefined> => {
  const kernel = createProofKernel();
  let exports: WasmExports | undefined;
  try {
    const modules = [{ name: 'main', module: await compile(PROOF_BASE64) }];
    ({ exports } = await instantiate(modules, { kernel, hostFunctions: {}, wasi: {} }));
  } catch {
    return 'it cannot instantiate a minimal plugin';
  }
  if (exports?.alloc !== kernel.functions.alloc) return 'it wraps the kernel’s functions';
  if (!kernel.begin(PROBE, PROBE.length)) return 'the kernel does not accept input';
  try {
    (exports.echo as () => void)();
  } catch {
    return 'a plugin that returns its input traps';
  }
  const output = kernel.text(kernel.state(STATE.outputAddress), kernel.state(STATE.outputLength));
  return output === PROBE ? undefined : 'a plugin that returns its input returns something else';
};

const findDifference = async (instantiate: Instantiate, replay: Replay): Promise<string | undefined> => {
  try {
    const modules = [
      { name: 'main', module: await compile(PROOF_MAIN_BASE64) },
      { name: 'left', module: await compile(PROOF_LEFT_BASE64) },
      { name: 'right', module: await compile(PROOF_RIGHT_BASE64) },
    ];
    const through = createWitness();
    const expected = through.told((await instantiate(modules, through.link)).exports);
    const replayed = createWitness();
    const seen = replayed.told(replay(modules, replayed.link));
    return expected.length > 1 && expected.join() === seen.join()
      ? undefined
      : 'linked modules import from other modules than planned';
  } catch {
    return 'linked modules cannot be instantiated as planned';
  }
};

/** Creates a link for the modules of the proof, which records the values that they report. */
const createWitness = () => {
  const kernel = createProofKernel();
  const told: unknown[] = [];
  const tell = (value: unknown): undefined => void told.push(value);
  const link: GuestLink = {
    kernel,
    // The module `left` must take precedence over this namespace of the host.
    hostFunctions: { 'plugwire:proof': { tell }, left: { count: () => -1 } },
    wasi: {},
  };
  return {
    link,
    told: (exports: WasmExports): readonly unknown[] => {
      (exports['run'] as () => void)();
      return [...told, exports['alloc'] === kernel.functions['alloc']];
    },
  };
};
