import { CHANGE } from '../../metering/note-change.ts';
import { type GuestMemory, type LinkedModule, memoryBytes } from './linked-module.ts';
import { captureMemory, type MemoryImage } from './memory-image.ts';

/**
 * The state of an instance's modules after their start functions: memories, mutable globals and tables. Every function takes the modules
 * in the same order.
 */
export interface Snapshot {
  /**
   * Restores the state of the instance that was taken, adopted or transplanted last. Returns false if that is impossible, because a
   * memory or a table has grown or a segment was dropped. Then the instance must not be used any more.
   */
  restore(modules: readonly LinkedModule[]): boolean;
  /** Prepares a new instance, which already has this state, for `restore`. */
  adopt(modules: readonly LinkedModule[]): void;
  /** Whether the state can be copied to a new instance, so that its start functions need not run. */
  readonly canTransplant: boolean;
  /** Copies the state to a new instance and prepares it for `restore`. Throws the engine's `RangeError` if there is no memory left. */
  transplant(modules: readonly LinkedModule[]): void;
}

/**
 * The most memory of all modules together that is copied, in bytes. With more memory, every restore creates a new instance and runs the
 * start functions again (RATIONALE.md, "How is an instance restored?").
 */
const SNAPSHOT_BYTES = 64 * 1024 * 1024;

/** Takes a snapshot. Returns `undefined` if the memories are too large. Throws what the engine throws. */
export const takeSnapshot = (modules: readonly LinkedModule[]): Snapshot | undefined => {
  if (memoryBytes(modules) > SNAPSHOT_BYTES) return undefined;
  const noted = takeChanges(modules);
  const images = modules.map(({ memory, definesMemory }) =>
    memory !== undefined && definesMemory ? captureMemory(viewOf(memory)) : undefined,
  );
  // Changes of tables and dropped segments cannot be copied to another instance.
  const globals = noted === 0 ? storeGlobals(modules) : undefined;
  const savesTables = modules.some(({ writesTables }) => writesTables);

  const save = (instance: readonly LinkedModule[]): void => {
    for (const module of instance) {
      module.saveGlobals?.();
      if (savesTables) module.saveTables?.();
    }
  };

  save(modules);
  return {
    restore: (instance) => {
      if (memoryBytes(instance) > SNAPSHOT_BYTES) return false;
      if (!images.every((image, at) => image === undefined || canHaveSizeOf(image, instance[at])))
        return false;
      const changes = takeChanges(instance);
      if ((changes & CHANGE.irreversible) !== 0) return false;
      for (const module of instance) {
        module.restoreGlobals?.();
        if (changes !== 0) module.restoreTables?.();
      }
      writeImages(images, instance);
      return true;
    },
    adopt: save,
    canTransplant: globals !== undefined,
    transplant: (instance) => {
      for (const [at, image] of images.entries()) {
        const memory = instance[at]?.memory;
        if (image !== undefined) memory?.growTo(image.size);
      }
      for (const [at, bytes] of (globals ?? []).entries()) {
        const module = instance[at];
        if (bytes === undefined || module?.memory === undefined) continue;
        viewOf(module.memory).set(bytes);
        module.loadGlobals?.(0);
      }
      writeImages(images, instance);
      save(instance);
    },
  };
};

const viewOf = (memory: GuestMemory): Buffer => Buffer.from(memory.buffer, 0, memory.usedBytes());

const takeChanges = (modules: readonly LinkedModule[]): number =>
  modules.reduce((changes, module) => changes | (module.takeChanges?.() ?? 0), 0);

const canHaveSizeOf = (image: MemoryImage, module: LinkedModule | undefined): boolean =>
  module?.memory?.shrinkTo !== undefined || module?.memory?.usedBytes() === image.size;

const writeImages = (
  images: readonly (MemoryImage | undefined)[],
  modules: readonly LinkedModule[],
): void => {
  for (const [at, image] of images.entries()) {
    const memory = modules[at]?.memory;
    if (image === undefined || memory === undefined) continue;
    image.write(viewOf(memory));
    memory.shrinkTo?.(image.size);
  }
};

/**
 * Reads the mutable globals of each module as bytes. The module writes them to the beginning of its memory for a moment. Returns
 * `undefined` if a module has globals that cannot be stored.
 */
const storeGlobals = (modules: readonly LinkedModule[]): readonly (Uint8Array | undefined)[] | undefined => {
  const fits = ({ globalsBytes, memory }: LinkedModule): boolean =>
    globalsBytes !== undefined && globalsBytes <= (memory?.usedBytes() ?? 0);
  if (!modules.every(fits)) return undefined;
  return modules.map(({ globalsBytes = 0, memory, storeGlobals: store }) => {
    if (globalsBytes === 0 || memory === undefined) return undefined;
    const place = viewOf(memory).subarray(0, globalsBytes);
    const before = new Uint8Array(place);
    store?.(0);
    const stored = new Uint8Array(place);
    place.set(before);
    return stored;
  });
};
