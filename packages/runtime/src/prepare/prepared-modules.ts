import type { MeteredFacts } from '../metering/meter-module.ts';
import type { PreparedModule } from './module-preparer.ts';

/** The prepared modules of a process, kept as long as a plugin uses them. */
export interface PreparedModules {
  /** Returns the module with this key, or makes it. Concurrent calls share one result, also if it is a refusal. */
  findOrMake(key: string, make: () => Promise<PreparedModule>): Promise<PreparedModule>;
}

/** An entry. Only plugins hold the module itself. */
interface Kept {
  readonly module: WeakRef<WebAssembly.Module>;
  readonly metered: MeteredFacts;
  readonly warmed: Promise<void>;
}

/** Creates an empty collection. */
export const createPreparedModules = (): PreparedModules => {
  const kept = new Map<string, Kept>();
  const making = new Map<string, Promise<PreparedModule>>();
  const collected = new FinalizationRegistry<string>((key) => {
    // The key may have a new module by now.
    if (kept.get(key)?.module.deref() === undefined) kept.delete(key);
  });

  const find = (key: string): PreparedModule | undefined => {
    const entry = kept.get(key);
    const module = entry?.module.deref();
    if (entry === undefined || module === undefined) return undefined;
    const { metered, warmed } = entry;
    return { prepared: { ok: true, module, metered }, warmed };
  };

  const keep = (key: string, { prepared, warmed }: PreparedModule): void => {
    if (!prepared.ok) return;
    const { module, metered } = prepared;
    const entry = { module: new WeakRef(module), metered, warmed };
    kept.set(key, entry);
    collected.register(module, key);
    warmed.catch(() => {
      if (kept.get(key) === entry) kept.delete(key);
    });
  };

  const makeAndKeep = async (key: string, make: () => Promise<PreparedModule>): Promise<PreparedModule> => {
    try {
      const made = await make();
      keep(key, made);
      return made;
    } finally {
      making.delete(key);
    }
  };

  return {
    findOrMake: async (key, make) => {
      const found = find(key) ?? making.get(key);
      if (found !== undefined) return await found;
      const made = makeAndKeep(key, make);
      making.set(key, made);
      return await made;
    },
  };
};
