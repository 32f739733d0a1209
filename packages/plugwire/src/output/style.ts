import picocolors from 'picocolors';

/** Functions that colour text. Without colours they return the text unchanged. */
export type Style = ReturnType<typeof picocolors.createColors>;

/** The properties of a stream that decide about colours. */
export interface ColourFacts {
  readonly isTTY?: boolean | undefined;
}

/**
 * Creates the style of a stream. Colours are on if the stream is a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`. `FORCE_COLOR`
 * switches them on everywhere.
 */
export const createStyle = ({ isTTY = false }: ColourFacts, env: Readonly<NodeJS.ProcessEnv>): Style => {
  const isForced = (env['FORCE_COLOR'] ?? '') !== '' && env['FORCE_COLOR'] !== '0';
  const isOff = (env['NO_COLOR'] ?? '') !== '' || env['TERM'] === 'dumb';
  return picocolors.createColors(!isOff && (isTTY || isForced));
};
