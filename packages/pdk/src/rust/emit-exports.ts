import { ABI_ENVELOPE, IDENTITY_MAGIC } from '@plugwire/wire';

import type { FunctionPlan, KitPlan, VersionPlan } from '../plan/kit-plan.ts';
import { rustBytes, rustString, snakeName, typeName } from './spelling.ts';

/** Emits the exports of the module (handshake, self-check and each function) and the identity section. */
export const emitExports = (plan: KitPlan): string => {
  const identity = JSON.stringify({
    magic: [...IDENTITY_MAGIC],
    abi_envelope: ABI_ENVELOPE,
    plugin_name: plan.plugin.name,
    plugin_version: plan.plugin.version,
  });
  const functions = plan.functions.toSorted((left, right) => (left.name < right.name ? -1 : 1));
  return `//! The exports that the host calls, and the identity that it reads before.

use super::runtime::call::{answer, dispatch, unknown_version, version_of};
use super::runtime::handshake::{handshake, Function};
use super::runtime::self_check::{rewrite, self_check, Sample};
use super::types::*;

#[used]
#[cfg_attr(target_arch = "wasm32", link_section = "cc_lb.plugin.v1")]
static IDENTITY: [u8; ${new TextEncoder().encode(identity).length}] = *${rustBytes(identity)};

static FUNCTIONS: &[Function] = &[
${functions.map(emitEntry).join('')}];

#[export_name = "cc_lb_handshake"]
pub extern "C" fn answer_handshake() -> i32 {
    answer(|offer| handshake(offer, FUNCTIONS, crate::required_capabilities))
}

#[export_name = "cc_lb_self_check"]
pub extern "C" fn answer_self_check() -> i32 {
    answer(|request| self_check(request, FUNCTIONS))
}
${plan.functions.map(emitExport).join('')}`;
};

const emitEntry = ({ name, versions }: FunctionPlan): string => {
  const samples = versions.flatMap((version) =>
    (['request', 'response'] as const).map(
      (side) =>
        `            Sample { side: "${side}", text: ${rustString(version.sample[side])}, rewrite: rewrite::<${typeName(version[side].words)}> },\n`,
    ),
  );
  return `    Function {
        name: ${rustString(name)},
        versions: &[${versions.map(({ version }) => version).join(', ')}],
        samples: &[
${samples.join('')}        ],
    },
`;
};

const emitExport = ({ name, versions }: FunctionPlan): string => {
  const [first] = versions;
  const call = ({ version, words }: VersionPlan): string =>
    `dispatch(request, ${version}, crate::${snakeName(words)})`;
  const body =
    versions.length === 1 && first !== undefined
      ? `    answer(|request| ${call(first)})\n`
      : `    answer(|request| match version_of(request)? {
${versions.map((version) => `        ${version.version} => ${call(version)},\n`).join('')}        _ => unknown_version(),
    })
`;
  return `
#[export_name = ${rustString(name)}]
pub extern "C" fn answer_function_${name}() -> i32 {
${body}}
`;
};
