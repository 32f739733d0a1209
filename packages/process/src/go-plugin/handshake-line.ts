import { isIP } from 'node:net';

import { loadError } from '@plugwire/runtime';
import type { PluginAddress } from '../multiplex/plugin-address.ts';

/** The handshake line that a plugin prints before it serves. */
export interface HandshakeLine extends PluginAddress {
  /** The version of the application’s protocol that the plugin chose. */
  readonly appVersion: number;
  /** Its certificate, in DER; `undefined` if it has none. */
  readonly certificate: Buffer | undefined;
  /** Whether the broker and the plugin share one connection. */
  readonly multiplexes: boolean;
}

/** The version of go-plugin’s own protocol. */
const CORE_VERSION = '1';
/** Shorter values are left over from old versions of go-plugin, and are ignored. */
const LONGEST_LEFTOVER = 50;

/** Whether a line looks like a handshake line: it starts with two numbers. Other lines are ordinary output. */
export const looksLikeHandshake = (line: string): boolean => /^\d+\|\d+\|/.test(line.trim());

/**
 * Reads `CORE|APP|NETWORK|ADDRESS|PROTOCOL|CERTIFICATE|MULTIPLEX`.
 *
 * Throws `PluginLoadError` `handshake`: `handshake_line`, `core_version`, `app_version`, `network_unknown`, `protocol_unknown`,
 * `bad_certificate`.
 */
export const parseHandshakeLine = (line: string, offered: readonly number[]): HandshakeLine => {
  const [core, app = '', network, address, protocol, certificate = '', multiplexes = ''] = line
    .trim()
    .split('|');
  if (core !== CORE_VERSION) {
    throw loadError(
      'handshake',
      'core_version',
      `the plugin uses version ${core} of go-plugin's own protocol, expected ${CORE_VERSION}: build it with a current go-plugin.`,
    );
  }
  if (network === undefined || address === undefined || address === '') {
    throw loadError(
      'handshake',
      'handshake_line',
      'the plugin’s handshake line has fewer than four fields: expected CORE|APP|NETWORK|ADDRESS|PROTOCOL.',
    );
  }
  const appVersion = Number(app);
  if (!offered.includes(appVersion)) {
    throw loadError(
      'handshake',
      'app_version',
      `the plugin chose version ${app} of the application's protocol, expected one of ${offered.join(', ')}: bind functions for it, or update the plugin.`,
    );
  }
  if (protocol !== 'grpc') throw refuseProtocol(protocol);
  return {
    ...checkAddress(network, address),
    appVersion,
    certificate: readCertificate(certificate),
    multiplexes: /^(1|t|T|TRUE|true|True)$/.test(multiplexes),
  };
};

/** The error for a protocol that is not supported. */
export const refuseProtocol = (protocol: string | undefined): Error =>
  protocol === undefined || protocol === '' || protocol === 'netrpc'
    ? loadError(
        'handshake',
        'protocol_unknown',
        'the plugin uses net/rpc, which only Go programs support: build it for gRPC, with GRPCServer: plugin.DefaultGRPCServer.',
      )
    : loadError(
        'handshake',
        'protocol_unknown',
        'the plugin uses an unknown protocol: expected grpc. Build it with a current go-plugin.',
      );

/**
 * Checks that the address of a plugin is on this machine.
 *
 * Throws `PluginLoadError` `handshake`/`network_unknown`.
 */
export const checkAddress = (network: string, address: string): PluginAddress => {
  if (network === 'unix' && address.startsWith('/')) return { network, address };
  if (network === 'tcp' && isLocal(address)) return { network, address };
  throw loadError(
    'handshake',
    'network_unknown',
    'the address of the plugin is not on this machine: expected a tcp port, such as 127.0.0.1:1234, or the absolute path of a unix socket.',
  );
};

const isLocal = (address: string): boolean => {
  const [, host = '', port = ''] =
    /^(?:\[([^\]]*)\]|[^:]*):(\d+)$/.exec(address) === null ? [] : splitAddress(address);
  const isPort = Number(port) >= 1 && Number(port) <= 65_535;
  if (!isPort) return false;
  if (host === 'localhost' || host === '') return true;
  if (isIP(host) === 4) return host.startsWith('127.') || host === '0.0.0.0';
  return host === '::' || host === '::1' || host.toLowerCase().startsWith('::ffff:127.');
};

const splitAddress = (address: string): readonly [string, string, string] => {
  const at = address.lastIndexOf(':');
  return [address, address.slice(0, at).replace(/^\[(.*)\]$/, '$1'), address.slice(at + 1)];
};

const readCertificate = (text: string): Buffer | undefined => {
  if (text.length <= LONGEST_LEFTOVER) return undefined;
  const der = Buffer.from(text, 'base64');
  // Node ignores invalid base64 characters, so the result is encoded again and compared.
  if (der.toString('base64').replace(/=+$/, '') === text.replace(/=+$/, '')) return der;
  throw loadError(
    'handshake',
    'bad_certificate',
    'the certificate in the plugin’s handshake line is not base64: build the plugin with a current go-plugin.',
  );
};
