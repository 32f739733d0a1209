import { assemblyscriptKit } from '../assemblyscript/assemblyscript-kit.ts';
import { cKit } from '../c/c-kit.ts';
import { goKit } from '../go/go-kit.ts';
import type { Language } from '../base/language.ts';
import type { LanguageKit } from '../kit/kit.ts';
import { rustKit } from '../rust/rust-kit.ts';

/** The kit of each language. To add a language, add a folder to `src` and a line here. */
export const LANGUAGE_KITS: Readonly<Partial<Record<Language, LanguageKit>>> = {
  assemblyscript: assemblyscriptKit,
  c: cKit,
  go: goKit,
  rust: rustKit,
};
