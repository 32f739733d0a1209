import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');

/** Collects all that nothing holds, at once. What the calling function has had in its own variables may still be held by it. */
export const collectGarbage = runInNewContext('gc') as () => void;
