import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');

/** Collects garbage now, so that the next measurement does not pay for it. */
export const collectGarbage = runInNewContext('gc') as () => void;
