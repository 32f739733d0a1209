import type { KitPlan } from '../plan/kit-plan.ts';

/** One file of a kit or of a project. */
export interface KitFile {
  /** Relative to the folder of the plugin, with forward slashes. */
  readonly path: string;
  readonly text: string;
  /** The file is a script: it gets the permission to run. */
  readonly isExecutable?: true;
}

/** What a language adds to the plan of a kit. Both functions are pure: one plan gives the same bytes every time. */
export interface LanguageKit {
  /** The folder of the kit, relative to that of the plugin: `generate` owns everything in it. */
  readonly folder: string;
  /** The files that `generate` owns and replaces: types, codecs, exports and the runtime below them. All in one folder. */
  readonly emitKit: (plan: KitPlan) => readonly KitFile[];
  /** The files that `new` writes once and the author then owns: handlers that answer with the samples, build script, test, README. */
  readonly emitProject: (plan: KitPlan) => readonly KitFile[];
}
