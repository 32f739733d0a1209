import pino from 'pino';

/** Creates a real logger with this level, and returns it with the lines that it writes, without process and time. */
export const keepLines = (
  level = 'trace',
): { readonly lines: Record<string, unknown>[]; readonly logger: pino.Logger } => {
  const lines: Record<string, unknown>[] = [];
  const write = (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>);
  return { lines, logger: pino({ level, base: null, timestamp: false }, { write }) };
};
