/** Whether something that was thrown is V8's error for an exhausted stack. Whatever was thrown, it never throws itself. */
export const isStackOverflow = (error: unknown): boolean => {
  try {
    return error instanceof RangeError && error.message.startsWith('Maximum call stack');
  } catch {
    return false; // a proxy, or a getter, of the host's own
  }
};
