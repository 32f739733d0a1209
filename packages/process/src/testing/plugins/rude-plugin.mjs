// A server that answers the health check of go-plugin correctly, and violates gRPC in all other calls. The first argument selects how.
import { createServer } from 'node:http2';

const frame = (bytes) => {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(bytes.length, 1);
  return Buffer.concat([head, bytes]);
};
const HEADERS = { ':status': 200, 'content-type': 'application/grpc+proto' };
const respond = (stream, body, trailers) => {
  stream.respond(HEADERS, { waitForTrailers: trailers !== undefined });
  if (trailers !== undefined) stream.on('wantTrailers', () => stream.sendTrailers(trailers));
  stream.end(body);
};
const BEHAVIOURS = {
  silent: () => {},
  'close-within': (stream) => {
    stream.respond(HEADERS);
    stream.write(frame(Buffer.alloc(1000)).subarray(0, 100));
    setTimeout(() => stream.session.destroy(), 20);
  },
  'no-status': (stream) => respond(stream, frame(Buffer.alloc(0))),
  'no-status-and-no-message': (stream) => respond(stream, Buffer.alloc(0)),
  'half-a-message': (stream) =>
    respond(stream, frame(Buffer.alloc(10)).subarray(0, 8), { 'grpc-status': '0' }),
  'two-messages': (stream) =>
    respond(stream, Buffer.concat([frame(Buffer.alloc(0)), frame(Buffer.alloc(0))]), { 'grpc-status': '0' }),
  'no-message': (stream) => respond(stream, Buffer.alloc(0), { 'grpc-status': '0' }),
  'no-protobuf': (stream) => respond(stream, frame(Buffer.from([0xff, 0xff, 0xff])), { 'grpc-status': '0' }),
  'odd-status': (stream) => respond(stream, Buffer.alloc(0), { 'grpc-status': 'secret' }),
  'http-error': (stream) => {
    stream.respond({ ':status': 500, 'content-type': 'text/html' });
    stream.end('<p>secret</p>');
  },
  reset: (stream) => stream.close(2),
  'compressed-garbage': (stream) => {
    const body = frame(Buffer.from('secret'));
    body[0] = 1;
    stream.respond({ ...HEADERS, 'grpc-encoding': 'gzip' }, { waitForTrailers: true });
    stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
    stream.end(body);
  },
  'claims-a-gigabyte': (stream) => {
    stream.respond(HEADERS);
    stream.write(Buffer.from([0, 0x40, 0, 0, 0]));
  },
};

const server = createServer();
server.on('session', (session) => session.on('error', () => {}));
server.on('stream', (stream, headers) => {
  stream.on('error', () => {});
  if (headers[':path'].endsWith('/Check'))
    return respond(stream, frame(Buffer.from([8, 1])), { 'grpc-status': '0' });
  if (headers[':path'].startsWith('/proto.')) return BEHAVIOURS[process.argv[2]](stream);
  return respond(stream, Buffer.alloc(0), { 'grpc-status': '12' });
});
server.listen(0, '127.0.0.1', () => console.log(`1|1|tcp|127.0.0.1:${server.address().port}|grpc`));
