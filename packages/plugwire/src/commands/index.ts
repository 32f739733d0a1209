import { addBench } from './bench.ts';
import { addCall } from './call.ts';
import type { AddCommand } from './command.ts';
import { addConfig } from './config.ts';
import { addContract } from './contract.ts';
import { addGenerate } from './generate.ts';
import { addIdentity } from './identity.ts';
import { addInspect } from './inspect.ts';
import { addNew } from './new.ts';
import { addRecord } from './record.ts';
import { addReplay } from './replay.ts';
import { addStatus } from './status.ts';
import { addVerify } from './verify.ts';

/** Every command, in the order of `plugwire --help`. To add one, add a file to this folder and a line here. */
export const COMMANDS: readonly AddCommand[] = [
  addNew,
  addContract,
  addGenerate,
  addInspect,
  addVerify,
  addCall,
  addBench,
  addIdentity,
  addConfig,
  addStatus,
  addRecord,
  addReplay,
];
