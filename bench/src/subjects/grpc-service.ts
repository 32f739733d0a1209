/** The path of the service's only method, which is unary and passes bytes. */
export const CALL_PATH = '/plugwire.bench.Plugin/Call';

const MESSAGE_BYTES = 4 * 1024 * 1024;

/** Options of client and server: messages of up to 4 MiB. */
export const CHANNEL_OPTIONS = {
  'grpc.max_receive_message_length': MESSAGE_BYTES,
  'grpc.max_send_message_length': MESSAGE_BYTES,
} as const;
