/**
 * What a plugin of a test has time for, where the test says nothing of it: the defaults of a host are for production, and a CI
 * machine that is busy takes longer to start a plugin, and for its first call.
 */
export const PATIENT_LIMITS = { deadlineMs: 10_000, initialisationMs: 60_000 } as const;
