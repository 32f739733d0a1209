import type { Linker } from './guest-instance.ts';
import { type GuestLink, instantiateThroughExtism, type NamedModule } from '../../link/extism-link.ts';
import { planReplays } from '../../link/link-plan.ts';

/**
 * Creates what links the modules of a guest, `main` first, for each of its instances: the first one through Extism, the others as
 * it linked that one.
 *
 * Extism gives out the exports of `main` alone. Where there are other modules the host needs those of each, so what Extism has
 * linked is the proof that it can be, and what serves is linked again.
 */
export const createLinkers = (
  modules: readonly NamedModule[],
  wasiNamespaces: readonly string[],
): ((link: GuestLink) => Linker) => {
  const createReplay = planReplays(modules, wasiNamespaces);
  return (link) => {
    const replay = createReplay(link);
    const again: Linker['again'] = () => {
      const linked = replay();
      return modules.map(({ name }) => linked.get(name) ?? {});
    };
    return {
      first: async () => {
        const { exports } = await instantiateThroughExtism(modules, link);
        return modules.length === 1 ? [exports] : again();
      },
      again,
    };
  };
};
