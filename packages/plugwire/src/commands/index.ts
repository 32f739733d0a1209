import { addCall } from './call.ts';
import type { AddCommand } from './command.ts';
import { addGenerate } from './generate.ts';
import { addInspect } from './inspect.ts';
import { addNew } from './new.ts';

/** Every command, in the order of `plugwire --help`. A new one is a file of this folder and a line here. */
export const COMMANDS: readonly AddCommand[] = [addNew, addGenerate, addInspect, addCall];
