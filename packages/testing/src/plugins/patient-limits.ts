/**
 * The default time limits of test plugins, in milliseconds. The defaults of a host are for production. A busy CI machine needs longer to start
 * a plugin and for its first call.
 */
export const PATIENT_LIMITS = { deadlineMs: 10_000, initialisationMs: 60_000 } as const;
