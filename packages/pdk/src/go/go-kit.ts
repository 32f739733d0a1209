import type { LanguageKit } from '../kit/kit.ts';
import { readKitSources } from '../kit/kit-sources.ts';
import type { KitPlan } from '../plan/kit-plan.ts';
import { emitDecoders } from './emit-decoders.ts';
import { emitEncoders } from './emit-encoders.ts';
import { emitHostFunctions, emitHostImports, emitNoHostImports } from './emit-host-functions.ts';
import { emitExports, emitPlugin } from './emit-plugin.ts';
import { emitProject } from './emit-project.ts';
import { emitTypes } from './emit-types.ts';
import { createGoNames } from './go-names.ts';

const FOLDER = 'kit';

/** The kit for Go: a package `kit` next to the author's `main.go`. Files that end with `_wasm` are compiled for WebAssembly only. */
export const goKit: LanguageKit = {
  folder: FOLDER,
  emitKit: (plan) => {
    const names = namesOf(plan);
    const generated: readonly (readonly [string, string])[] = [
      ['contract_types.go', emitTypes(plan, names)],
      ['contract_decoders.go', emitDecoders(plan, names)],
      ['contract_encoders.go', emitEncoders(plan, names)],
      ['contract_plugin.go', emitPlugin(plan, names)],
      ['contract_exports_wasm.go', emitExports(plan)],
      ...(plan.hostFunctions.length === 0
        ? []
        : ([
            ['contract_host.go', emitHostFunctions(plan, names)],
            ['contract_host_wasm.go', emitHostImports(plan, names)],
            ['contract_host_other.go', emitNoHostImports(plan, names)],
          ] as const)),
    ];
    return [
      ...generated.map(([name, text]) => ({ path: `${FOLDER}/${name}`, text })),
      ...readKitSources('go', FOLDER),
    ];
  },
  emitProject: (plan) => emitProject(plan, namesOf(plan)),
};

const namesOf = (plan: KitPlan) =>
  createGoNames(
    plan,
    readKitSources('go', FOLDER).map(({ text }) => text),
  );
