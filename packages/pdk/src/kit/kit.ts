import type { KitPlan } from '../plan/kit-plan.ts';

/** A file of a kit or of a project. */
export interface KitFile {
  /** The path relative to the folder of the plugin, with forward slashes. */
  readonly path: string;
  /** The content. Write it as UTF-8. */
  readonly text: string;
  /** Present if the file is a script that needs the permission to run. */
  readonly isExecutable?: true;
}

/** The code generator of a language. Both functions are pure: the same plan always gives the same bytes. */
export interface LanguageKit {
  /** The folder of the kit, relative to the folder of the plugin. `plugwire generate` owns everything in it. */
  readonly folder: string;
  /** Returns the files that `plugwire generate` replaces: types, codecs, exports and their runtime. All are in `folder`. */
  readonly emitKit: (plan: KitPlan) => readonly KitFile[];
  /** Returns the files that `plugwire new` writes once: handlers that return the samples, build script, test script and README. */
  readonly emitProject: (plan: KitPlan) => readonly KitFile[];
}
