import { collectedName } from '../../metering/collect-exports.ts';
import { PAGE_BYTES } from '../../metering/metering-limits.ts';
import { METERED_EXPORTS } from '../../metering/reserved-names.ts';
import type { RemoteMemory } from '../../wasi/guest-view.ts';

/** The memory of a linked module by its number, or of the only one; `undefined` if it has none. */
export const findMemory = (
  exports: WebAssembly.Exports,
  index: number,
): WebAssembly.Memory | RemoteMemory | undefined => {
  const memory = exports[METERED_EXPORTS.memory];
  if (index === 0 && memory instanceof WebAssembly.Memory) return memory;
  const find = (name: string) =>
    exports[collectedName(index, name)] as ((...values: number[]) => number) | undefined;
  const pages = find(METERED_EXPORTS.memoryPages);
  const load = find(METERED_EXPORTS.loadByte);
  const store = find(METERED_EXPORTS.storeByte);
  if (pages === undefined || load === undefined || store === undefined) return undefined;
  return { size: () => pages() * PAGE_BYTES, load, store };
};

/** How large a memory is, in bytes. */
export const memorySize = (memory: WebAssembly.Memory | RemoteMemory): number =>
  'size' in memory ? memory.size() : memory.buffer.byteLength;
