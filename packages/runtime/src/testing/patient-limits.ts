/** The limits of `@plugwire/testing`. Only tests of this package may import them. */
export { PATIENT_LIMITS } from '../../../testing/src/plugins/patient-limits.ts';
