import picocolors from 'picocolors';

/** Colours for what is printed; all of them give the text back where there are none. */
export type Style = ReturnType<typeof picocolors.createColors>;

/** What decides about colours. */
export interface ColourFacts {
  readonly isTTY?: boolean | undefined;
}

/**
 * Chooses the colours of a stream: only on a terminal, and not if `NO_COLOR` is set or the terminal is dumb. `FORCE_COLOR` switches
 * them on everywhere.
 */
export const createStyle = ({ isTTY = false }: ColourFacts, env: Readonly<NodeJS.ProcessEnv>): Style => {
  const isForced = (env['FORCE_COLOR'] ?? '') !== '' && env['FORCE_COLOR'] !== '0';
  const isOff = (env['NO_COLOR'] ?? '') !== '' || env['TERM'] === 'dumb';
  return picocolors.createColors(!isOff && (isTTY || isForced));
};
