import type { LanguageKit } from '../kit/kit.ts';
import { readKitSources } from '../kit/kit-sources.ts';
import type { KitPlan } from '../plan/kit-plan.ts';
import { emitDecoders } from './emit-decoders.ts';
import { emitEncoders } from './emit-encoders.ts';
import { emitExports } from './emit-exports.ts';
import { emitHostFunctions } from './emit-host-functions.ts';
import { emitProject } from './emit-project.ts';
import { emitTypes } from './emit-types.ts';
import { rustString } from './spelling.ts';

const FOLDER = 'src/kit';

/** The kit for Rust. It uses no crates, no standard library and no other PDK. RATIONALE.md explains why. */
export const rustKit: LanguageKit = {
  folder: FOLDER,
  emitKit: (plan) => [
    { path: `${FOLDER}/mod.rs`, text: emitModule(plan) },
    { path: `${FOLDER}/types.rs`, text: emitTypes(plan) },
    { path: `${FOLDER}/decode.rs`, text: emitDecoders(plan) },
    { path: `${FOLDER}/encode.rs`, text: emitEncoders(plan) },
    { path: `${FOLDER}/exports.rs`, text: emitExports(plan) },
    { path: `${FOLDER}/host.rs`, text: emitHostFunctions(plan) },
    ...readKitSources('rust', `${FOLDER}/runtime`),
  ],
  emitProject,
};

const emitModule = ({
  plugin,
  capabilities,
}: KitPlan): string => `//! The kit of ${plugin.name}. Do not edit: \`plugwire generate\` replaces this file.
//!
//! Write \`use kit::*;\` in the root of the crate to import the types of the contract and everything that handlers need.
#![allow(dead_code, unused_imports, unused_mut, clippy::all)]

mod decode;
mod encode;
mod exports;
pub mod host;
pub mod runtime;
pub mod types;

pub use runtime::alloc::{borrow::ToOwned, boxed::Box, format, string::{String, ToString}, vec, vec::Vec};
pub use runtime::{base64_decode, base64_encode, config, is_logged, log, set_variable, variable, Error, Json, JsonKind, LogLevel, Map};
pub use types::*;

/// Returns the capabilities that the handshake requires, out of those that the host offers. To choose them yourself, define a function with
/// this name and type in the root of the crate.
pub fn required_capabilities(_offered: &[String]) -> Result<Vec<&'static str>, Error> {
    Ok(Vec::from([${capabilities.map(rustString).join(', ')}]))
}
`;
