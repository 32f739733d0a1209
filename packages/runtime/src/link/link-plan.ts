import {
  type GuestLink,
  linkModules,
  type NamedModule,
  providedFunctions,
  type RawHostFunctions,
} from './extism-link.ts';

/** One module to instantiate. */
interface LinkStep extends NamedModule {
  readonly imports: readonly WebAssembly.ModuleImportDescriptor[];
  /** The other modules that it imports from. */
  readonly providers: ReadonlySet<string>;
}

/** Modules in the order in which they are instantiated: each one once, before the modules that import it. `main` is the last. */
type LinkPlan = readonly LinkStep[];

/** The exports of instances, by the names of their modules. */
type LinkedExports = ReadonlyMap<string, WebAssembly.Exports>;

/** Creates and links new instances of a guest's modules. Throws what the engine throws. */
type Replay = () => LinkedExports;

/**
 * Plans how to link the modules of a guest without Extism. Returns a function that creates a {@link Replay} for a link. The modules
 * between the guest and the host are instantiated once for each link, because they have no state.
 */
export const planReplays = (
  modules: readonly NamedModule[],
  wasiNamespaces: readonly string[],
): ((link: GuestLink) => Replay) => {
  const between = linkModules(wasiNamespaces);
  const plan = planLink([...between, ...modules]);
  const lasting = new Set(between.map(({ name }) => name));
  return (link) => createReplay(plan, providedFunctions(link), lasting);
};

/**
 * Plans how to link modules as Extism links them. If a module has the name of an import's namespace, the import comes from that
 * module, else from a function of the host. `main` and the modules that it needs are instantiated depth first, in the order of their
 * imports. `check-imports.ts` has already refused what Extism refuses, and `prove-link.ts` checks that both ways of linking agree.
 */
const planLink = (modules: readonly NamedModule[]): LinkPlan => {
  // If two modules have the same name, Extism uses the first.
  const byName = new Map(modules.toReversed().map((entry) => [entry.name, entry]));
  const plan: LinkStep[] = [];
  const visited = new Set<string>();
  const visit = (name: string): void => {
    const entry = byName.get(name);
    if (entry === undefined || visited.has(name)) return;
    visited.add(name);
    const imports = WebAssembly.Module.imports(entry.module);
    const providers = new Set(imports.map((item) => item.module).filter((from) => byName.has(from)));
    for (const provider of providers) visit(provider);
    plan.push({ ...entry, imports, providers });
  };
  visit('main');
  return plan;
};

/** Creates a replay of a plan. Modules whose names are in `lasting` are instantiated only the first time. */
const createReplay = (
  plan: LinkPlan,
  hostFunctions: RawHostFunctions,
  lasting: ReadonlySet<string>,
): Replay => {
  const kept = new Map<string, WebAssembly.Exports>();
  /** Imports that are the same for every new instance. For a plugin of one module, these are all imports. */
  const constant = new Map<string, WebAssembly.Imports>();
  return () => {
    const linked = new Map(kept);
    for (const step of plan) {
      if (linked.has(step.name)) continue;
      const imports = constant.get(step.name) ?? importsOf(step, linked, hostFunctions);
      if ([...step.providers].every((name) => kept.has(name))) constant.set(step.name, imports);
      const { exports } = new WebAssembly.Instance(step.module, imports);
      linked.set(step.name, exports);
      if (lasting.has(step.name)) kept.set(step.name, exports);
    }
    return linked;
  };
};

const importsOf = (
  { imports, providers }: LinkStep,
  linked: LinkedExports,
  hostFunctions: RawHostFunctions,
): WebAssembly.Imports => {
  // Without prototypes, because a guest may use any name for an import, such as `__proto__`.
  const given = Object.create(null) as Record<string, WebAssembly.ModuleImports>;
  for (const { module: from, name } of imports) {
    const namespace = (given[from] ??= Object.create(null) as WebAssembly.ModuleImports);
    namespace[name] = providers.has(from)
      ? exportOf(linked, from, name)
      : (hostFunctions[from]?.[name] as WebAssembly.ImportValue);
  }
  return given;
};

/** Returns an export. If modules import each other in a circle, returns a function that looks the export up when it is called. */
const exportOf = (linked: LinkedExports, from: string, name: string): WebAssembly.ImportValue => {
  const provider = linked.get(from);
  if (provider !== undefined) return provider[name] as WebAssembly.ImportValue;
  let found: ((...values: unknown[]) => unknown) | undefined;
  return (...values: unknown[]) => {
    found ??= linked.get(from)?.[name] as (...values: unknown[]) => unknown;
    return found(...values);
  };
};
