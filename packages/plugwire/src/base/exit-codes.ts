/** The exit codes of the command, by the kind of result. The list is closed, because scripts rely on it. docs/cli.md documents it. */
export const EXIT_CODES = {
  /** The command succeeded. */
  ok: 0,
  /** The plugin failed: it was refused, a response was wrong, or it is slower than the tolerance allows. */
  plugin: 1,
  /** The command line is wrong. */
  usage: 2,
  /** A file cannot be read or written, the disk failed, or a server cannot be reached. */
  system: 3,
  /** An input other than the plugin is wrong: contracts, a request, host functions, a configuration or a recording. */
  input: 4,
  /** A defect in this command. */
  defect: 5,
} as const;

/** One of {@link EXIT_CODES}. */
export type ExitKind = keyof typeof EXIT_CODES;
