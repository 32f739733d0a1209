/** A service with one unary method over bytes, which client and server share. */
export const CALL_PATH = '/plugwire.bench.Plugin/Call';

const MESSAGE_BYTES = 4 * 1024 * 1024;

export const CHANNEL_OPTIONS = {
  'grpc.max_receive_message_length': MESSAGE_BYTES,
  'grpc.max_send_message_length': MESSAGE_BYTES,
} as const;
