/** The exit code of the command by what happened. Closed: docs/cli.md lists them, and scripts rely on them. */
export const EXIT_CODES = {
  /** Everything is as it should be. */
  ok: 0,
  /** The plugin fails: it was refused, an answer was wrong, or it is slower than it may be. */
  plugin: 1,
  /** The command line is wrong. */
  usage: 2,
  /** A file, the disk or a server: it cannot be read, written or reached. */
  system: 3,
  /** What goes with the plugin is wrong: contracts, a request, host functions, a configuration. */
  input: 4,
  /** A defect of this command. */
  defect: 5,
} as const;

/** One of {@link EXIT_CODES}. */
export type ExitKind = keyof typeof EXIT_CODES;
