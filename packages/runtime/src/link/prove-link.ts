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

/** Links modules without Extism, as every instance after the first one is linked. */
export type Replay = (modules: readonly NamedModule[], link: GuestLink) => WasmExports;

/** Links as {@link planReplays} says. */
export const replayLink: Replay = (modules, link) => planReplays(modules, [])(link)().get('main') ?? {};

/**
 * Proves, before the first plugin is loaded, that the link through Extism holds: a guest must receive the kernel's own
 * functions, not wrappers, and an echo must come back whole. There is no slower path to fall back to. It also proves that
 * modules which are linked without Extism are linked to the same providers: libraries that share a library, a circle, a memory,
 * a global and a table of another module, and a namespace that both a module and the host have.
 *
 * Throws `PluginLoadError` `instantiate`/`extism_incompatible`.
 */
export const proveLink = async (instantiate: Instantiate, replay: Replay): Promise<void> => {
  const fault = (await findFault(instantiate)) ?? (await findDifference(instantiate, replay));
  if (fault === undefined) return;
  throw loadError(
    'instantiate',
    'extism_incompatible',
    `the installed @extism/extism does not link as 2.0.0-rc13 does: ${fault}. Install exactly that version.`,
  );
};

/** A kernel for guests that only compute. */
export const createProofKernel = (): Kernel =>
  createKernel(64 * 1024, {
    config: new Map(),
    variables: createVariables(0),
    log: { level: () => SILENT_LEVEL, write: () => undefined },
    charge: () => undefined,
    stop: () => {
      throw new Error('the proof stores nothing');
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
      : 'linked modules get other providers than planned';
  } catch {
    return 'linked modules are not instantiated as planned';
  }
};

/** A link for the modules of the proof, and what they tell of it. */
const createWitness = () => {
  const kernel = createProofKernel();
  const told: unknown[] = [];
  const tell = (value: unknown): undefined => void told.push(value);
  const link: GuestLink = {
    kernel,
    // A module is found before a namespace of the host's.
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
