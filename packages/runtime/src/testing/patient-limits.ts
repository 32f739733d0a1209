/**
 * Limits of time for tests that are not about time: the defaults are for production, and a test machine that is busy with other
 * tests takes longer to start a plugin, and for its first call.
 */
export const PATIENT_LIMITS = { deadlineMs: 10_000, initialisationMs: 60_000 } as const;
