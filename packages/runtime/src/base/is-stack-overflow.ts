/** Returns whether a thrown value is the engine's error for an exhausted stack. Never throws. */
export const isStackOverflow = (error: unknown): boolean => {
  try {
    return error instanceof RangeError && error.message.startsWith('Maximum call stack');
  } catch {
    return false; // A proxy or a getter of the host threw.
  }
};
