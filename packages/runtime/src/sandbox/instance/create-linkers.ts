import type { Linker } from './guest-instance.ts';
import { type GuestLink, instantiateThroughExtism, type NamedModule } from '../../link/extism-link.ts';
import { planReplays } from '../../link/link-plan.ts';

/**
 * Returns a function that creates the linker of an instance. `modules` begins with `main`. The first instance of a guest is linked
 * through Extism, and the others in the same way without it (RATIONALE.md, "Why are later instances linked without Extism?").
 *
 * Extism returns only the exports of `main`. If there are other modules, the host needs their exports too. Then Extism only checks that
 * the modules can be linked, and the instance that serves is linked again.
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
