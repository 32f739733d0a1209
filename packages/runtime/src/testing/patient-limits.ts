/** Those of `@plugwire/testing`, whose sources are not for this package but for its tests. */
export { PATIENT_LIMITS } from '../../../testing/src/plugins/patient-limits.ts';
