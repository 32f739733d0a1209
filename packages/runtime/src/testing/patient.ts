/**
 * The deadline of a test that is not about one, in milliseconds: the default is for production, and a test machine that is busy
 * with other tests takes longer for the first call of a plugin.
 */
export const PATIENT_MS = 2_000;
