import { webcrypto } from 'node:crypto';
// oxlint-disable-next-line import/no-unassigned-import -- @peculiar/x509 needs it before anything of its own is loaded
import 'reflect-metadata';

import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from '@peculiar/x509';

import { clock } from '../base/clock.ts';

/** A certificate and its key, as PEM. The key never leaves the memory of this process. */
export interface Certificate {
  readonly certificate: string;
  readonly key: string;
}

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
/** How long before its creation a certificate becomes valid, in milliseconds. go-plugin uses the same 30 seconds. */
const BEFORE_MS = 30_000;
/** How long after its creation a certificate expires, in milliseconds: about 30 years, as in go-plugin. */
const VALID_MS = 30 * 365 * 24 * 3_600_000;

/** Creates a self-signed certificate for `localhost`, as both sides of AutoMTLS use it. */
export const createCertificate = async (): Promise<Certificate> => {
  const crypto = webcrypto as Crypto;
  const keys = await crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const nowMs = clock.unixMs();
  const certificate = await X509CertificateGenerator.createSelfSigned(
    {
      name: 'CN=localhost, O=Plugwire',
      notBefore: new Date(nowMs - BEFORE_MS),
      notAfter: new Date(nowMs + VALID_MS),
      signingAlgorithm: ALGORITHM,
      keys,
      extensions: [
        new BasicConstraintsExtension(true, undefined, true),
        new KeyUsagesExtension(
          KeyUsageFlags.digitalSignature | KeyUsageFlags.keyAgreement | KeyUsageFlags.keyCertSign,
          true,
        ),
        new ExtendedKeyUsageExtension([ExtendedKeyUsage.clientAuth, ExtendedKeyUsage.serverAuth]),
        new SubjectAlternativeNameExtension([{ type: 'dns', value: 'localhost' }]),
      ],
    },
    crypto,
  );
  const key = Buffer.from(await crypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64');
  return { certificate: certificate.toString('pem'), key: toPem('PRIVATE KEY', key) };
};

/** Converts a certificate from DER to PEM. */
export const certificateToPem = (der: Buffer): string => toPem('CERTIFICATE', der.toString('base64'));

const toPem = (label: string, base64: string): string =>
  `-----BEGIN ${label}-----\n${base64.replaceAll(/.{64}/g, '$&\n').trimEnd()}\n-----END ${label}-----\n`;
