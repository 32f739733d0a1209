import pino from 'pino';

/** A real logger, of this level, and the lines that it writes, without process and time. */
export const keepLines = (
  level = 'trace',
): { readonly lines: Record<string, unknown>[]; readonly logger: pino.Logger } => {
  const lines: Record<string, unknown>[] = [];
  const write = (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>);
  return { lines, logger: pino({ level, base: null, timestamp: false }, { write }) };
};
