import type { CallCode, LoadCode, LoadStage } from '@plugwire/runtime';

/** Advice for the codes of each load stage, except the codes of a call. */
type LoadAdvice = {
  readonly [Stage in LoadStage]: Readonly<Record<Exclude<LoadCode<Stage>, CallCode>, string>>;
};

const REBUILD = 'Build the plugin again, and check that the file was copied completely.';
const ACCEPT =
  'The kit of plugwire generate writes it correctly. To write it by hand, see docs/protocol.md, section 2.';
const SELF_CHECK =
  'The kit of plugwire generate writes it correctly. To write it by hand, see docs/protocol.md, section 3.';

const GO_PLUGIN = 'Build the plugin with a current go-plugin, and start it with plugin.Serve.';

/** Advice for plugin authors, by the stage and code of a failed load. The type requires advice for every code. */
export const LOAD_ADVICE: LoadAdvice = {
  read: {
    not_found: 'Check the path, and check that the build wrote the file there.',
    not_a_file: 'Pass the path of the .wasm file, not of its folder.',
    unreadable: 'Check the permissions of the file.',
    not_executable: 'Make the file executable: chmod +x.',
    wrong_architecture: 'Build the executable for the processor and system that the message names.',
    no_interpreter: 'Install the interpreter that the first line names, or correct that line.',
    hash_mismatch: 'Find out who changed the file, or use its new SHA-256.',
  },
  identity: {
    not_wasm: 'Pass the .wasm file that the build wrote.',
    section_missing:
      'Add the identity: plugwire identity FILE --name NAME --version VERSION. Kits for Rust and C add it themselves.',
    section_twice:
      'Remove one of the sections, or replace both: plugwire identity FILE --name NAME --version VERSION.',
    section_too_large: 'Replace the section: plugwire identity FILE --name NAME --version VERSION.',
    payload_undecodable: 'Replace the section: plugwire identity FILE --name NAME --version VERSION.',
    magic_mismatch: 'Replace the section: plugwire identity FILE --name NAME --version VERSION.',
    field_invalid: 'Replace the section: plugwire identity FILE --name NAME --version VERSION.',
    name_in_use: 'Close the plugin that uses the name, or load this one under another name.',
    name_required: 'Load the plugin with a name: the option `name` of load.',
  },
  compile: {
    invalid_module: REBUILD,
    module_too_large:
      'Build for release, strip debug information, or let the host raise limits.moduleBytes. plugwire inspect shows the size of each section.',
    unsupported_feature:
      'Switch the feature off in the toolchain, for example with -C target-feature=-… or -mno-….',
    reserved_name: 'Rename the import or export.',
    memory_too_large: 'Link with a smaller initial memory, or let the host raise limits.memoryBytes.',
    table_too_large: 'Use fewer function pointers, or let the host raise limits.tableElements.',
    function_too_large: 'Build with optimisation for size, or split the function.',
    too_many_definitions: 'Build for release, which removes unused functions, or split the plugin.',
    arity_too_large: 'Pass a pointer to a structure instead of so many values.',
    too_many_locals: 'Build with optimisation, or split the function.',
    nesting_too_deep: 'Build with optimisation, or split the function.',
    too_many_branch_targets: 'Split the switch of the function, or use a table.',
    compile_cost_too_high: 'Build with optimisation for size, or split the function.',
    wasi_disabled: 'Build without WASI (wasm32-unknown-unknown), or let the host load it with wasi: true.',
    load_thread_ended: 'Load it again, with more memory.',
  },
  instantiate: {
    import_unknown:
      'Build without the import, or pass a module that exports this host function with --host. plugwire inspect lists all imports.',
    import_mismatch: 'Declare the import with the type that the message names. Handles are i64.',
    import_circular: 'Remove the import cycle between the modules.',
    initialiser_mismatch: 'Remove the parameters of _start, _initialize or hs_init, or rename the function.',
    instantiation_failed: REBUILD,
    extism_incompatible: 'Install the version of @extism/extism that Plugwire names.',
    start_failed: 'The message contains the error of the operating system.',
    start_timeout: 'Look at the log lines of the process, or let the host raise startTimeoutMs.',
    storage_not_opened: 'Check the storage of the host.',
  },
  handshake: {
    export_missing: `Export cc_lb_handshake, without parameters and with an i32 as its result. ${ACCEPT}`,
    empty_output: `Set the accept message as the output before cc_lb_handshake returns 0. ${ACCEPT}`,
    not_utf8: `Write the accept message as UTF-8. ${ACCEPT}`,
    not_json: `Write one JSON object and nothing after it. ${ACCEPT}`,
    accept_malformed: `Write exactly the six fields of an accept message. ${ACCEPT}`,
    schema_version_mismatch: 'Write the handshake_schema_version from the offer.',
    envelope_version_mismatch: 'Write the envelope_version from the offer.',
    too_many_functions: 'List only functions from the offer, or split the plugin.',
    too_many_versions: 'Remove the oldest versions.',
    too_many_capabilities: 'Require only what the plugin uses.',
    chosen_not_supported: 'List each chosen function in plugin_supported too.',
    chosen_not_offered: 'Choose only functions from the offer.',
    chosen_not_implemented: 'List each chosen function in implemented_functions too.',
    version_not_offered: 'Choose the highest version that the offer and the plugin share.',
    version_not_supported: 'List the chosen version in plugin_supported, or choose another.',
    version_downgrade: 'For each function, choose the highest version that the offer and the plugin share.',
    function_unknown: 'List only functions from the offer. Check that --contract names the right contract.',
    version_out_of_range: 'Number versions from 1 to 65535.',
    capability_not_offered: 'Grant the capability with --grant, or build the plugin without it.',
    function_not_exported: 'Export the function under its name: the linker may have removed it.',
    function_not_declared: 'List the function in implemented_functions, or rename the export.',
    handshake_line: GO_PLUGIN,
    core_version: GO_PLUGIN,
    app_version: 'Build the plugin for a version of the application’s protocol that the host offers.',
    network_unknown: GO_PLUGIN,
    protocol_unknown: GO_PLUGIN,
    bad_certificate: GO_PLUGIN,
    tls_required: GO_PLUGIN,
    not_multiplexed: GO_PLUGIN,
    no_common_function:
      'Pass the contracts that the plugin was built for (--contract), or generate its kit again with plugwire generate.',
  },
  self_check: {
    export_missing: `Export cc_lb_self_check, without parameters and with an i32 as its result. ${SELF_CHECK}`,
    empty_output: `Set the result as the output before cc_lb_self_check returns 0. ${SELF_CHECK}`,
    not_utf8: `Write the result as UTF-8. ${SELF_CHECK}`,
    not_json: `Write one JSON object and nothing after it. ${SELF_CHECK}`,
    response_malformed: `Write exactly status, failures and completed_at. ${SELF_CHECK}`,
    time_not_positive: 'If the plugin has no clock, copy initiated_at of the request to completed_at.',
    too_many_failures: 'List the first 16 failures only.',
    success_with_failures: 'Set the status to failure, or list no failures.',
    failure_without_failures: 'List at least one failure, with its stage and a message.',
    not_serving: 'Register the gRPC health service, and let it return SERVING for the service “plugin”.',
    failure_reported:
      'The plugin’s own check failed; its message is above. It may need configuration values (--config).',
  },
};
